import type { DryRun } from '../../contract/dry-run';
import { PHASES, type Phase } from '../../contract/phases';
import { bytes, counted, dateTime, duration, list, money } from '../../text/format';
import { below, term, type Piece, type Shown } from '../../text/terminal';
import type { Io } from '../io';
import { showHosts } from './dry-run-hosts';
import { showMoves, sizeOf } from './dry-run-moves';
import { table } from './table';

/**
 * What a migration would do, for a person: what matters first, then everything, host by host.
 * @param part `summary` leaves out shards, settings and hosts
 */
export function showDryRun(io: Io, plan: DryRun, part: 'all' | 'summary' = 'all'): Shown {
  const { bold } = io.colours;
  const section = (title: string, body: Shown | undefined) => body && term`${bold(title)}\n${body}`;
  const head = term`${bold(plan.name)}: what a migration would do, as of ${dateTime(plan.takenAt)}. Nothing was changed.`;
  const parts = [
    term`${head}\n${verdict(io, plan)}`,
    table(io, summary(plan)),
    section('Risks', risks(io, plan)),
    section(
      'What could not be foreseen',
      rows(
        io,
        plan.unknown.map(({ what, why }) => [what, why]),
      ),
    ),
    section('Order', order(io, plan)),
    section('Disks of the new nodes at the end', disks(io, plan)),
    ...(part === 'summary'
      ? []
      : [
          section('Shards', showMoves(io, plan.moves)),
          section('Settings of the cluster and of indices', settings(io, plan)),
          section('Hosts', showHosts(io, plan)),
        ]),
  ];
  return below(parts, '\n\n');
}

/** A table; nothing where it has no row. */
function rows(io: Io, cells: Piece[][], head?: string[]): Shown | undefined {
  return cells.length === 0 ? undefined : table(io, cells, head);
}

/** Whether preflight would let this migration go on. */
export function isRefused({ risks: all }: Pick<DryRun, 'risks'>): boolean {
  return all.some((risk) => risk.severity === 'refused');
}

function verdict(io: Io, plan: DryRun): Shown {
  const { green, red, yellow } = io.colours;
  const refused = plan.risks.filter((risk) => risk.severity === 'refused').length;
  if (refused > 0) return red(`Preflight would refuse it: ${counted(refused, 'check')} failed.`);
  if (plan.unknown.length > 0) {
    return yellow(`Preflight would let it go on, but ${counted(plan.unknown.length, 'part')} could not be foreseen.`);
  }
  return green('Preflight would let it go on, and every part could be foreseen.');
}

function summary(plan: DryRun): string[][] {
  const { cluster, checks, cost, link, time } = plan;
  const names = (role: string) => list(plan.hosts.filter((host) => host.role === role).map((host) => host.name));
  const changing = plan.steps.filter((step) => step.changed);
  const staying = changing.filter((step) => step.stays).length;
  return [
    ...(cluster
      ? [
          [
            'cluster',
            `${cluster.clusterName} ${cluster.version}: ${counted(cluster.nodes, 'node')}, ` +
              `${counted(cluster.indices, 'index', 'indices')}, ${counted(cluster.shards, 'shard')}, ` +
              `${bytes(cluster.primaryBytes)} of primaries`,
          ],
        ]
      : []),
    ['move', `from ${names('old')} to ${names('new')}, over ${names('hub')}; apps on ${names('app')}`],
    ['changes', `${counted(changing.length, 'step')}; ${staying} of them stay when it has ended`],
    [
      'gates',
      list(
        plan.gates.map(({ gate }) => gate),
        10,
      ),
    ],
    ['bytes', `${bytes(plan.bytes.bridge)} over the bridge${within(plan)}`],
    ['link', `${range(link.lowMBps, link.highMBps)} MiB/s: ${link.why}`],
    ['time', `${span(time.total)}, without the time in which gates wait for people`],
    ...(cost?.egress ? [['egress', `${money(cost.egress.total, cost.currency)} once`]] : []),
    ...(cost?.monthly
      ? [
          [
            'a month',
            `${money(cost.monthly.old, cost.currency)} before, ${money(cost.monthly.new, cost.currency)} after: ` +
              `${money(Math.abs(cost.monthly.saving), cost.currency)} ${cost.monthly.saving < 0 ? 'more' : 'saved'}`,
          ],
        ]
      : []),
    ['checks', `${checks.ok} ok, ${counted(checks.warn, 'warning')}, ${checks.failed} failed`],
  ];
}

function within({ bytes: sent }: DryRun): string {
  const parts = [
    ...(sent.newNetwork > 0 ? [`${bytes(sent.newNetwork)} within the new network`] : []),
    ...(sent.oldNetwork > 0 ? [`${bytes(sent.oldNetwork)} within the old network`] : []),
  ];
  return parts.map((part) => `, ${part}`).join('');
}

function range(low: number, high: number): string {
  const round = (value: number) => String(Number(value.toFixed(value < 10 ? 1 : 0)));
  return round(low) === round(high) ? round(low) : `${round(low)} to ${round(high)}`;
}

function span({ low, high }: { low: number; high: number }): string {
  return low === high ? duration(low) : `${duration(low)} to ${duration(high)}`;
}

function risks(io: Io, { risks: all }: DryRun): Shown | undefined {
  const { red, yellow } = io.colours;
  const words = { refused: red('✗ refused'), waived: yellow('! waived'), warning: yellow('! warning') };
  return rows(
    io,
    all.map(({ severity, check, subject, seen, todo }) => [
      words[severity],
      subject === '' ? check : `${check} (${subject})`,
      todo === undefined ? seen : term`${seen}\nTo do: ${todo}`,
    ]),
  );
}

/** Phases with the gates that stand before them, in the order in which they come. */
function order(io: Io, plan: DryRun): Shown | undefined {
  const gateRow = ({ gate, approvals, what }: DryRun['gates'][number]) => [
    io.colours.yellow(`gate ${gate}`),
    counted(approvals, 'approval'),
    what,
  ];
  const gatesOf = (phase: Phase) =>
    plan.gates.filter(({ gate }) => gate.replace(/^big-/, '').split(':')[0] === phase).map(gateRow);
  const cells = PHASES.flatMap((phase) => {
    const time = plan.time.phases.find((one) => one.phase === phase);
    const what = work(plan, phase);
    return [...gatesOf(phase), ...(time ? [[phase, span(time), what]] : [])];
  });
  return rows(io, cells);
}

function work(plan: DryRun, phase: Phase): string {
  const steps = plan.steps.filter((step) => step.phase === phase && step.changed);
  const moving = plan.moves.filter((move) => move.phase === phase);
  const hosts = new Set(steps.map((step) => step.host)).size;
  return [
    ...(steps.length > 0 ? [`${counted(steps.length, 'step')} on ${counted(hosts, 'host')}`] : []),
    ...(moving.length > 0 ? [`${counted(moving.length, 'shard')}, ${bytes(sizeOf(moving))}`] : []),
  ].join('; ');
}

function disks(io: Io, plan: DryRun): Shown | undefined {
  const cells = plan.disks.map(({ node, path, totalBytes, freeBytes, shards, over }) => [
    node,
    path ?? '',
    `${bytes(Math.max(0, freeBytes))} of ${bytes(totalBytes)}`,
    counted(shards, 'shard'),
    over === 'none' ? io.colours.green('below every watermark') : io.colours.red(`over the ${over} watermark`),
  ]);
  return rows(io, cells, ['node', 'path', 'left', 'holds', '']);
}

function settings(io: Io, plan: DryRun): Shown | undefined {
  const cells = plan.settings.map(({ on, key, from, to, phase, stays }) => [
    phase,
    on,
    key,
    `${from ?? 'unset'} → ${to ?? 'unset'}${stays ? ' (stays)' : ''}`,
  ]);
  return rows(io, cells, ['phase', 'of', 'setting', 'from → to']);
}
