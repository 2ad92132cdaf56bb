/** Rules of ours in one table of the packet filter: in chains of our own, to which the built-in ones jump. */
export interface OwnRules {
  table: 'nat' | 'filter';
  /** What they are, as a sentence in a script names them: no apostrophe. */
  what: string;
  /** Names that begin with `BIGSWITCH_`. */
  chains: string[];
  /** Each stands first in its built-in chain; `match` narrows it, as `iptables-save` writes it. */
  jumps: { from: string; match?: string; chain: string }[];
  /** The lines of our chains as `iptables-save` lists them. */
  lines: string[];
}

/** The rules as `iptables-restore --noflush` takes them: our chains are replaced in one piece, and nothing else is touched. */
export function restoreText({ table, chains, lines }: Pick<OwnRules, 'table' | 'chains' | 'lines'>): string {
  return [`*${table}`, ...chains.map((chain) => `:${chain} - [0:0]`), ...lines, 'COMMIT', ''].join('\n');
}

const jump = ({ from, match, chain }: OwnRules['jumps'][number]) =>
  [from, ...(match === undefined ? [] : [match]), '-j', chain].join(' ');

/** The jumps from the built-in chains to ours, as `iptables-save` lists them. */
export function jumpLines({ jumps }: Pick<OwnRules, 'jumps'>): string[] {
  return jumps.map((one) => `-A ${jump(one)}`);
}

/** sh lines that load the rules, and make the built-in chains jump to ours, once. */
export function loadRules(rules: OwnRules): string {
  return [`iptables-restore --noflush -w 10 <<'EOF_RULES'`, `${restoreText(rules)}EOF_RULES`, makeJumps(rules)].join(
    '\n',
  );
}

/** sh lines that make the built-in chains jump to ours; a jump that is there is not made twice. */
export function makeJumps({ table, jumps }: Pick<OwnRules, 'table' | 'jumps'>): string {
  return jumps
    .map((one) => {
      const first = jump(one).replace(one.from, `${one.from} 1`);
      return `iptables -w 10 -t ${table} -C ${jump(one)} 2>/dev/null || iptables -w 10 -t ${table} -I ${first}`;
    })
    .join('\n');
}

/** sh lines that remove our jumps and chains and nothing else; run twice, they change nothing. */
export function removeRules({ table, chains, jumps }: Pick<OwnRules, 'table' | 'chains' | 'jumps'>): string {
  return chains
    .flatMap((chain) => [
      ...jumps
        .filter((one) => one.chain === chain)
        .map((one) => `while iptables -w 10 -t ${table} -D ${jump(one)} 2>/dev/null; do :; done`),
      `if iptables -w 10 -t ${table} -S ${chain} >/dev/null 2>&1; then
  iptables -w 10 -t ${table} -F ${chain}
  iptables -w 10 -t ${table} -X ${chain}
fi`,
    ])
    .join('\n');
}

/** sh lines that exit non-zero unless exactly these rules are in our chains, and each is jumped to once. */
export function rulesAreLoaded(rules: OwnRules): string {
  return `wanted=$(sort <<'EOF_WANTED'
${rules.lines.join('\n')}
EOF_WANTED
)
${wantedAreLoaded(rules)}`;
}

/** The same for the rules of a file on the host. */
export function rulesOfFileAreLoaded(rules: Omit<OwnRules, 'lines'>, file: string): string {
  return `wanted=$(grep '^-A ' ${file} | sort)
${wantedAreLoaded(rules)}`;
}

function wantedAreLoaded({ table, what, jumps }: Omit<OwnRules, 'lines'>): string {
  return `${table}=$(iptables-save -t ${table})
loaded=$(printf '%s\\n' "$${table}" | grep '^-A BIGSWITCH_' | sort)
[ "$wanted" = "$loaded" ] || { echo 'the chains BIGSWITCH_* of the ${table} table do not hold the ${what}' >&2; exit 1; }
${jumps
  .map(
    (one) =>
      `[ "$(printf '%s\\n' "$${table}" | grep -c '^-A ${jump(one)}$')" = 1 ] || { echo '${one.from} does not jump to ${one.chain} once' >&2; exit 1; }`,
  )
  .join('\n')}`;
}
