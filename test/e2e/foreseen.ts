import type { Copy, Look } from '../../lab/judge';
import { differences } from '../../lab/judge';
import type { DryRun, DryRunChange, DryRunMove } from '../../src/contract/dry-run';
import type { Report } from '../../src/contract/report';
import type { Assertion } from './promises';

/** What a dry run foresaw, what the run then did, and what the judge saw of hosts and shards meanwhile. */
export interface Run {
  dryRun: DryRun;
  report: Report;
  /** Bytes that crossed the bridge while shards moved, as the judge counted them. */
  bridgeBytes: number;
  /** About as many of them as were the apps' own, which no dry run foresees. */
  ordinaryBytes: number;
  before: Look;
  atSwitch: Look;
  atTeardown: Look;
}

/** Phases whose changes stand when the gate of the big switch is open. */
const BEFORE_SWITCH = ['bridge', 'redirect', 'join', 'front'];
/** Part of the bytes that the dry run may be wrong by. */
const BYTES_OFF = 0.1;
/** Folders that the judge looks through file by file. */
const LOOKED_THROUGH = /^\/(etc|usr\/local|root|home|srv)\//;
/** What packages bring with them, and what account and service managers write by themselves. */
const BROUGHT =
  /^\/etc\/(openvpn\/update-resolv-conf|haproxy\/(errors\/.*|haproxy\.cfg)|(default|init\.d|network\/if-(up|down)\.d|logrotate\.d)\/(openvpn|haproxy)|libnl-3\/.*|rsyslog\.d\/.*|rc\d\.d\/.*|(passwd|group|shadow|gshadow|subuid|subgid)-?|ld\.so\.cache|systemd\/system\/[^/]*\.wants\/.*)$/;
/** The books that openssl keeps beside the certificates which it signs on the hub; only it knows their numbers. */
const BOOKS =
  /^\/etc\/openvpn\/bigswitch\/(complete|(serial|crlnumber|index\.txt(\.attr)?)(\.old)?|issued\/[0-9A-F]+\.pem)$/;

/** Whether a file is one that a step must foresee, and that the judge would see. */
function counts(path: string): boolean {
  return LOOKED_THROUGH.test(path) && !BROUGHT.test(path) && !BOOKS.test(path);
}

/** Holds what was foreseen against what was done: steps, files, rules, packages, services, places, bytes, time, gates. */
export function checkForeseen(run: Run): Assertion[] {
  const { dryRun, report } = run;
  const known = dryRun.unknown.map(({ what, why }) => `${what} (${why})`);
  return [
    compared('the dry run left nothing unknown', [], known),
    compared('every step', doneSteps(report), foreseenSteps(dryRun)),
    compared(
      'every gate, in order',
      report.gates.map(({ gate }) => gate),
      dryRun.gates.map(({ gate }) => gate),
      true,
    ),
    compared('every file', filesDone(run), filesForeseen(dryRun)),
    compared(
      'every redirect',
      rulesDone(run),
      changesOf(dryRun, 'rules', (one) => one.added),
    ),
    compared(
      'every package',
      packagesDone(run),
      changesOf(dryRun, 'packages', (one) => one.packages.map((each) => each.name)),
    ),
    ...servicesRun(run),
    compared(
      'the place of every shard at the big switch',
      placesOf(run.atSwitch.copies),
      placesOf(
        moved(
          run.before.copies,
          dryRun.moves.filter(({ phase }) => phase === 'replicate'),
        ),
      ),
    ),
    compared(
      'the place of every shard before teardown',
      nodesOf(run.atTeardown.copies),
      nodesOf(moved(run.before.copies, dryRun.moves)),
    ),
    bytesWithin(run),
    timeWithin(run),
  ];
}

/** Both must have the same, in any order unless `ordered`. */
function compared(what: string, done: string[], foreseen: string[], ordered = false): Assertion {
  const [one, other] = ordered ? [done, foreseen] : [[...done].sort(), [...foreseen].sort()];
  const notForeseen = one.filter((each) => !other.includes(each));
  const notDone = other.filter((each) => !one.includes(each));
  const ok = JSON.stringify(one) === JSON.stringify(other);
  const list = (name: string, names: string[]) =>
    names.length > 0 ? [`${name}: ${names.slice(0, 8).join(', ')}`] : [];
  const differs = [...list('not foreseen', notForeseen), ...list('foreseen, but not so', notDone)];
  return {
    promise: `${what} was foreseen`,
    ok,
    seen: ok ? `${one.length}` : differs.join('; ') || 'in another order, or another number of times',
  };
}

function doneSteps(report: Report): string[] {
  return report.changes.filter(({ changed }) => changed).map(({ host, phase, step }) => `${host} ${phase} ${step}`);
}

function foreseenSteps(dryRun: DryRun): string[] {
  return dryRun.steps.filter(({ changed }) => changed).map(({ host, phase, step }) => `${host} ${phase} ${step}`);
}

/** What steps before the big switch change of one kind, as `host thing`. */
function changesOf<K extends DryRunChange['kind']>(
  { steps }: DryRun,
  kind: K,
  things: (change: Extract<DryRunChange, { kind: K }>) => string[],
): string[] {
  const all = steps
    .filter(({ phase, changed }) => changed && BEFORE_SWITCH.includes(phase))
    .flatMap(({ host, changes }) =>
      changes
        .filter((change): change is Extract<DryRunChange, { kind: K }> => change.kind === kind)
        .flatMap((change) => things(change).map((thing) => `${host} ${thing}`)),
    );
  return [...new Set(all)];
}

function filesForeseen(dryRun: DryRun): string[] {
  return changesOf(dryRun, 'file', ({ path }) => (counts(path) ? [path] : []));
}

/** Files that are new or other than before, as the judge saw them on the hosts. */
function filesDone({ before, atSwitch }: Run): string[] {
  const files = differences(before.hosts, atSwitch.hosts).flatMap(({ host, what }) => {
    const path = /^(?:content|file) (.*)$/.exec(what)?.[1] ?? '';
    const isFolder = atSwitch.hosts[host]?.[`file ${path}`]?.startsWith('d ') ?? true;
    return counts(path) && !isFolder ? [`${host} ${path}`] : [];
  });
  return [...new Set(files)];
}

function rulesDone({ before, atSwitch }: Run): string[] {
  return differences(before.hosts, atSwitch.hosts).flatMap(({ host, what, after }) => {
    const rule = /^iptables-\w+ (?:nat|filter): (.*)$/.exec(what)?.[1];
    return rule !== undefined && after !== undefined ? [`${host} ${rule}`] : [];
  });
}

function packagesDone({ before, atSwitch }: Run): string[] {
  return differences(before.hosts, atSwitch.hosts).flatMap(({ host, what, after }) => {
    const name = /^package (\S+)$/.exec(what)?.[1];
    return name !== undefined && after !== undefined ? [`${host} ${name}`] : [];
  });
}

/** Each service is as its last step before the big switch was to leave it. */
function servicesRun({ dryRun, atSwitch }: Run): Assertion[] {
  const last = new Map<string, { host: string; unit: string; running: boolean }>();
  for (const { host, phase, changes } of dryRun.steps) {
    for (const change of changes) {
      if (change.kind !== 'service' || !BEFORE_SWITCH.includes(phase)) continue;
      const unit = /\.\w+$/.test(change.unit) ? change.unit : `${change.unit}.service`;
      last.set(`${host} ${unit}`, { host, unit, running: change.to.running });
    }
  }
  const wrong = [...last.values()].filter(({ host, unit, running }) => {
    const active = atSwitch.hosts[host]?.[`unit ${unit}`]?.startsWith('active/') ?? false;
    return active !== running;
  });
  const ok = last.size > 0 && wrong.length === 0;
  const seen = ok
    ? `${last.size}`
    : wrong.map(({ host, unit }) => `${host} ${unit}`).join(', ') || 'no service is foreseen';
  return [{ promise: 'the state of every service was foreseen', ok, seen }];
}

/** Where copies are after these moves; a copy that is made anew comes from its primary. */
function moved(copies: readonly Copy[], moves: readonly DryRunMove[]): Copy[] {
  const placed = copies.map((copy) => ({ ...copy }));
  for (const { index, shard, primary, from, to } of moves) {
    const copy = placed.find(
      (one) => one.index === index && one.shard === shard && one.node === from && one.primary === primary,
    );
    if (copy) copy.node = to;
    else placed.push({ index, shard, primary, node: to });
  }
  return placed;
}

function placesOf(copies: readonly Copy[]): string[] {
  return copies.map(({ index, shard, primary, node }) => `${index}/${shard}${primary ? ' primary' : ''} on ${node}`);
}

/** Which copy is the primary changes when nodes leave, and nobody promised which. */
function nodesOf(copies: readonly Copy[]): string[] {
  return copies.map(({ index, shard, node }) => `${index}/${shard} on ${node}`);
}

/** What moves alone cost lies between all bytes that crossed and those without the apps' own. */
function bytesWithin({ dryRun, bridgeBytes, ordinaryBytes }: Run): Assertion {
  const { bridge: foreseen } = dryRun.bytes;
  const moves = bridgeBytes - ordinaryBytes;
  return {
    promise: `bytes over the bridge were foreseen within ${BYTES_OFF * 100} %`,
    ok: bridgeBytes >= foreseen * (1 - BYTES_OFF) && moves <= foreseen * (1 + BYTES_OFF),
    seen: `${foreseen} foreseen, ${bridgeBytes} while shards moved, of which about ${ordinaryBytes} the apps'`,
  };
}

function timeWithin({ dryRun, report }: Run): Assertion {
  const waited = report.gates.reduce((sum, { waitedSeconds }) => sum + waitedSeconds, 0);
  const took = (Date.parse(report.endedAt) - Date.parse(report.startedAt)) / 1000 - waited;
  const { low, high } = dryRun.time.total;
  return {
    promise: 'the time was in its range',
    ok: took >= low && took <= high,
    seen: `${Math.round(low)} to ${Math.round(high)} s foreseen, ${Math.round(took)} s without the gates' waits`,
  };
}
