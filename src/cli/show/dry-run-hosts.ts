import type { DryRun, DryRunChange, DryRunStep } from '../../contract/dry-run';
import { counted } from '../../text/format';
import { below, term, type Piece, type Shown } from '../../text/terminal';
import type { Io } from '../io';

/** Columns that stand before what belongs to a step, and before the lines of a file. */
const UNDER_STEP = '      ';
const UNDER_FILE = '        ';

/**
 * Each host with every step on it in order, and what the step would change: files as diffs, rules, packages, services.
 * What is the same on another host is shown there only.
 */
export function showHosts(io: Io, { hosts, steps }: Pick<DryRun, 'hosts' | 'steps'>): Shown {
  const shownOn = new Map<string, string>();
  const parts = hosts.map(({ name, role, address }) => {
    const own = steps.filter((step) => step.host === name);
    const title = term`${io.colours.bold(name)} (${role}, ${address})`;
    if (own.length === 0) return term`${title}\n  nothing`;
    return below([title, ...own.flatMap((step) => showStep(io, step, shownOn))]);
  });
  return below(parts, '\n\n');
}

function showStep(io: Io, step: DryRunStep, shownOn: Map<string, string>): Piece[] {
  const { phase, summary, changed, stays, changes, host } = step;
  const { green, dim } = io.colours;
  if (!changed) return [dim(`  = ${phase}: ${summary}: so already`)];
  const head = term`  ${green('+')} ${phase}: ${summary}${stays ? ' (stays)' : ''}`;
  if (changes.length === 0) return [head];
  const whole = alreadyOn(shownOn, [phase, step.step, changes], host);
  if (whole !== undefined) return [term`${head}: as on ${whole}`];
  return [head, ...changes.flatMap((change) => showChange(io, change, alreadyOn(shownOn, change, host)))];
}

/** The host on which the same was shown before; otherwise it is noted that this host has it now. */
function alreadyOn(shownOn: Map<string, string>, what: unknown, host: string): string | undefined {
  const key = JSON.stringify(what);
  const first = shownOn.get(key);
  if (first === undefined) shownOn.set(key, host);
  return first === host ? undefined : first;
}

function showChange(io: Io, change: DryRunChange, sameOn: string | undefined): Piece[] {
  const { green, red } = io.colours;
  switch (change.kind) {
    case 'packages':
      return change.packages.map(({ name, version }) => `${UNDER_STEP}package ${name}${version ? ` ${version}` : ''}`);
    case 'service': {
      const { unit, from, to } = change;
      const after = `${to.enabled ? 'enabled' : 'disabled'}, ${to.running ? 'active' : 'inactive'}`;
      return [`${UNDER_STEP}service ${unit}: ${from.enabled}, ${from.active} → ${after}`];
    }
    case 'rules':
      return [
        ...change.added.map((rule) => term`${UNDER_STEP}rule ${green(`+ ${rule}`)}`),
        ...change.removed.map((rule) => term`${UNDER_STEP}rule ${red(`- ${rule}`)}`),
        ...leftOut(change.linesLeftOut),
      ];
    case 'file':
      return showFile(io, change, sameOn);
  }
}

function showFile(io: Io, change: Extract<DryRunChange, { kind: 'file' }>, sameOn: string | undefined): Piece[] {
  const { path, state, mode, owner, target, diff, linesLeftOut } = change;
  const words = { new: 'new file', edited: 'edit', 'made-there': 'made on the host' };
  const rights = [...(mode ? [`mode ${mode}`] : []), ...(owner ? [`owner ${owner}`] : [])];
  const link = target === undefined ? '' : ` → ${target}`;
  const head = [`${target === undefined ? words[state] : 'link'} ${path}${link}`, ...rights].join(', ');
  if (diff !== undefined && sameOn !== undefined) return [`${UNDER_STEP}${head}: as on ${sameOn}`];
  return [`${UNDER_STEP}${head}`, ...(diff === undefined ? [] : diffLines(io, diff)), ...leftOut(linesLeftOut)];
}

/** A unified diff without what its head line has said already. */
function diffLines(io: Io, diff: string): Shown[] {
  const { green, red, dim } = io.colours;
  const lines = diff.split('\n').filter((line) => !/^(---|\+\+\+) \//.test(line));
  return lines
    .filter((line) => !line.startsWith('@@ -0,0 '))
    .map((line) => {
      const colour = line.startsWith('+')
        ? green
        : line.startsWith('-')
          ? red
          : line.startsWith('@@')
            ? dim
            : (text: string) => term`${text}`;
      return line === '' ? term`` : term`${UNDER_FILE}${colour(line.trimEnd())}`;
    });
}

function leftOut(lines: number | undefined): string[] {
  return lines === undefined
    ? []
    : [`${UNDER_FILE}and ${counted(lines, 'more line')}, left out as the whole is too large`];
}
