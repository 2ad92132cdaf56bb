import type { PhaseRecord } from '../../contract/phases';
import type { OpenGate, Status } from '../../contract/messages';
import { PHASES } from '../../contract/phases';
import { tryingSentence } from '../../contract/trying';
import { duration, list } from '../../text/format';
import { below, term, type Piece, type Shown } from '../../text/terminal';
import { progressFigures } from '../../workflows/state/details';
import { heldSentence, rollbackSentence } from '../../view/held';
import { wordOf } from '../../view/outcome';
import { typed } from '../migrations';
import type { Io } from '../io';
import { showEvidence } from './evidence';
import { table } from './table';

/** What `bigswitch status` shows. */
export interface StatusView {
  /** The migration's name. */
  name: string;
  workflowId: string;
  runId: string;
  /** Temporal's word: `RUNNING`, `COMPLETED`, … */
  execution: string;
  status: Status;
  /** Link to the run in Temporal's UI, where that is known. */
  link?: string;
}

/** A migration on one screen: where it is, what it waits for, and what to type. */
export function showStatus(io: Io, view: StatusView, now: number): Shown {
  const { status, execution } = view;
  const { bold } = io.colours;
  const number = PHASES.indexOf(status.phase);
  const where = `phase ${number} of ${PHASES.length - 1}, ${status.phase}`;
  const parts = [
    below([term`${bold(status.name)}: ${outcome(io, status, execution)}, ${where}`, status.doing]),
    trouble(io, status, typed(view)),
    status.progress ? `Progress: ${progressFigures(status.progress)}` : undefined,
    phases(io, status, now),
    facts(io, status),
    status.gate ? gate(io, typed(view), status.gate) : undefined,
    view.link ? `In the UI: ${view.link}` : undefined,
  ];
  return below(parts, '\n\n');
}

const COLOUR = { good: 'green', warn: 'yellow', bad: 'red' } as const;

function outcome(io: Io, status: Status, execution: string): Shown {
  // A run that was terminated can't say so itself.
  const dead = status.outcome === 'running' && execution !== 'RUNNING';
  const { word, tone } = dead
    ? { word: execution.toLowerCase().replaceAll('_', ' '), tone: 'bad' as const }
    : wordOf(status);
  return io.colours[COLOUR[tone]](word);
}

function trouble(io: Io, status: Status, which: string): Shown | undefined {
  const { red, yellow } = io.colours;
  const { blocked, asks, progress, possible, trying = [] } = status;
  const back = possible.includes('rollback') ? [`To go back:   bigswitch rollback ${which} --reason WHY`] : [];
  const held = heldSentence(status);
  const way = rollbackSentence(status);
  const stuck = progress?.stuck;
  const told: Piece[] = [
    ...(way ? [term`${yellow('Way back:')} ${way}`] : []),
    ...(blocked !== undefined
      ? [term`${red('Blocked:')} ${blocked}`, `To try again: bigswitch resume ${which}`, ...back]
      : []),
    ...(asks !== undefined
      ? [term`${yellow('It asks:')} ${asks}`, ...back, `To go on:     bigswitch resume ${which}`]
      : []),
    ...(held ? [term`${yellow(held)}`, ...(blocked === undefined ? [`To go on: bigswitch resume ${which}`] : [])] : []),
    ...(progress?.waits !== undefined ? [term`${yellow('Waits:')} ${progress.waits}`] : []),
    ...(stuck ? [term`${red('Stuck:')} ${stuck.sentence} ${stuck.action}`] : []),
    ...trying.map((one) => term`${yellow('Tried again:')} ${tryingSentence(one)}`),
  ];
  return told.length === 0 ? undefined : below(told);
}

function phases(io: Io, status: Status, now: number): Shown | undefined {
  const rows = status.phases.map((record) => phaseRow(io, record, status, now));
  return rows.length === 0 ? undefined : table(io, rows);
}

function phaseRow(io: Io, record: PhaseRecord, { outcome: word }: Status, now: number): Piece[] {
  const end = record.endedAt === undefined ? now : Date.parse(record.endedAt);
  const ended = record.endedAt !== undefined;
  const mark = ended ? io.colours.green('✓') : word === 'running' ? io.colours.yellow('…') : io.colours.red('✗');
  const seconds = Math.max(0, end - Date.parse(record.startedAt)) / 1000;
  return [mark, record.phase, ended || word === 'running' ? duration(seconds) : '', record.summary ?? ''];
}

function facts(io: Io, { cluster, bridge, switchedApps, drained, draining }: Status): Shown | undefined {
  const rows = [
    ...(cluster
      ? [['cluster', `${cluster.clusterName} ${cluster.version}, ${cluster.nodes} nodes, ${cluster.shards} shards`]]
      : []),
    ...(bridge ? [['bridge', `${bridge.throughputMBps.toFixed(1)} MiB/s, packets up to ${bridge.mtu} bytes`]] : []),
    ...(switchedApps.length > 0 ? [['apps on fronts', list(switchedApps)]] : []),
    ...(draining ? [['draining', draining]] : []),
    ...(drained.length > 0 ? [['drained', list(drained)]] : []),
  ];
  return rows.length === 0 ? undefined : table(io, rows);
}

function gate(io: Io, which: string, open: OpenGate): Shown {
  const { bold } = io.colours;
  const given = open.approvals.length > 0 ? ` (${open.approvals.join(', ')})` : '';
  return below([
    term`${bold(`Gate ${open.gate}`)} waits for a person: ${open.approvals.length} of ${open.approvalsNeeded} approvals${given}`,
    '',
    showEvidence(io, open.evidence),
    '',
    open.evidence.holds
      ? `To approve: bigswitch approve ${which} --gate ${open.gate} --token ${open.token}`
      : 'It can be approved once all of this holds; it is looked at again every minute.',
  ]);
}
