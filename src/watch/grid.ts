import { bytes, count } from '../text/format';
import type { HostView } from '../view/hosts';
import { shardMap, type Cell, type CellKind, type NodeCells, type ShardMap } from '../view/shard-map';
import type { View } from '../view/view';
import { fit, line, shorten, spread, styled, type Line, type Span, type Style } from './text';

/** What each kind of copy looks like, on the side that it is on. */
const MARK: Record<CellKind, string> = { primary: '■', replica: '□', moving: '▶', arriving: '▷', starting: '+' };

/** Of several copies that share one mark, the first of these is shown. */
const FIRST: CellKind[] = ['moving', 'arriving', 'starting', 'primary', 'replica'];

const HOST_MARK: Record<HostView['mark'], [sign: string, style: Style]> = {
  good: ['●', 'good'],
  busy: ['◐', 'key'],
  off: ['○', 'dim'],
  bad: ['✗', 'bad'],
  unknown: ['?', 'warn'],
};

/** Columns between the two sides. */
const BETWEEN = 2;

interface Node {
  host?: HostView;
  cells: NodeCells;
}

/** The hosts of both sides with their shards, old on the left and new on the right, in exactly so many lines. */
export function gridLines(view: View, columns: number, rows: number): Line[] {
  if (rows < 1) return [];
  const map = view.places ? shardMap(view.places, view.hosts) : withoutPlaces(view.hosts);
  const nodes = map.nodes.map((cells) => ({ cells, host: view.hosts.find((host) => host.node === cells.node) }));
  const left = nodes.filter(({ cells }) => cells.side === 'old');
  const right = nodes.filter(({ cells }) => cells.side !== 'old');
  const width = Math.floor((columns - BETWEEN) / 2);
  const most = Math.max(left.length, right.length, 1);
  const room = rows - 2;
  const each = Math.max(1, Math.min(Math.floor(room / most), linesWanted(map, width)));
  const per = perMark(map, width, each);
  const sides = [left, right].map((side) => sideLines(side, { width, each, per, room }));
  const body = Array.from({ length: Math.min(room, Math.max(...sides.map((side) => side.length))) }, (_, i) => [
    ...fit(sides[0]?.[i] ?? [], width),
    { text: ' '.repeat(BETWEEN) },
    ...fit(sides[1]?.[i] ?? [], columns - width - BETWEEN),
  ]);
  const lines = [headLine(view, map, columns), ...body, fit(legend(map, per), columns)].slice(0, rows);
  return [...lines, ...Array.from({ length: rows - lines.length }, () => fit([], columns))];
}

/** Before the first picture: the nodes of the plan, with nothing known of them. */
function withoutPlaces(hosts: readonly HostView[]): ShardMap {
  return shardMap({ t: 0, nodes: [], members: 0, indices: {} }, hosts);
}

function headLine({ hosts, places }: View, map: ShardMap, columns: number): Line {
  const hub = hosts.find(({ role }) => role === 'hub');
  const groups = places
    ? `groups: ${count(map.groups.old)} old only, ${count(map.groups.both)} both, ${count(map.groups.new)} new only`
    : 'shards not seen yet';
  const none = map.groups.none > 0 ? [styled('bad', `, ${count(map.groups.none)} without a copy`)] : [];
  const via = hub ? line(...signOf(hub), ` ${shorten(hub.name, 16)} `, styled('dim', hub.state)) : [];
  return spread([styled('bold', 'shards  '), { text: groups }, ...none], via, columns);
}

function signOf(host: HostView | undefined): Span[] {
  const [sign, style] = HOST_MARK[host?.mark ?? 'unknown'];
  return [styled(style, sign)];
}

/** Lines that a node with the most copies fills, its name included. */
function linesWanted(map: ShardMap, width: number): number {
  const most = Math.max(0, ...map.nodes.map(({ cells }) => cells.length));
  return 1 + Math.max(1, Math.ceil(most / (width - 2)));
}

/** How many copies one mark stands for, so that the fullest node fits. */
function perMark(map: ShardMap, width: number, each: number): number {
  const most = Math.max(1, ...map.nodes.map(({ cells }) => cells.length));
  const marks = each > 1 ? (each - 1) * (width - 2) : compactRoom(width);
  return Math.max(1, Math.ceil(most / marks));
}

/** In one line, the name of a node has the left half. */
function compactRoom(width: number): number {
  return Math.floor(width / 2);
}

interface Room {
  width: number;
  /** Lines for each node. */
  each: number;
  /** Copies for each mark. */
  per: number;
  /** Lines for all. */
  room: number;
}

function sideLines(nodes: Node[], { width, each, per, room }: Room): Line[] {
  const fitting = nodes.length * each <= room ? nodes : nodes.slice(0, Math.max(0, Math.floor((room - 1) / each)));
  const lines = fitting.flatMap((node) =>
    each > 1 ? tallNode(node, { width, each, per }) : [flatNode(node, width, per)],
  );
  const hidden = nodes.length - fitting.length;
  return hidden > 0
    ? [...lines, line(styled('dim', `  and ${hidden} more ${hidden === 1 ? 'node' : 'nodes'}`))]
    : lines;
}

function tallNode(node: Node, { width, each, per }: { width: number; each: number; per: number }): Line[] {
  const marks = marksOf(node.cells, per);
  const perLine = width - 2;
  const rows = Array.from({ length: each - 1 }, (_, i) => [
    { text: '  ' },
    ...joined(marks.slice(i * perLine, (i + 1) * perLine)),
  ]);
  const { cells, host } = node;
  const held = cells.cells.filter(({ kind }) => kind !== 'arriving').length;
  const figures = host?.copies === undefined ? '' : `${count(held)}  ${bytes(cells.bytes)}`;
  return [spread(nameSpans(node), line(styled('dim', figures)), width), ...rows];
}

function flatNode(node: Node, width: number, per: number): Line {
  const name = fit(nameSpans(node), width - compactRoom(width) - 1);
  return [...name, { text: ' ' }, ...joined(marksOf(node.cells, per))];
}

function nameSpans({ host, cells }: Node): Span[] {
  const style = cells.side === 'other' ? undefined : cells.side;
  const master = host?.master ? [styled('key', ' master')] : [];
  // What is as it is meant to be needs no words: the sign says it.
  const state = !host ? ' not in the plan' : host.mark === 'good' ? '' : ` ${host.state}`;
  return [
    ...signOf(host),
    { text: ` ${shorten(cells.node, 18)}`, ...(style && { style }) },
    ...master,
    styled('dim', state),
  ];
}

function marksOf({ cells, side }: NodeCells, per: number): Span[] {
  return Array.from({ length: Math.ceil(cells.length / per) }, (_, i) => {
    const kind = firstKind(cells.slice(i * per, (i + 1) * per));
    const on = side === 'other' ? undefined : side;
    const style = kind === 'primary' || kind === 'replica' ? on : ('key' as const);
    return { text: MARK[kind], ...(style && { style }) };
  });
}

function firstKind(cells: Cell[]): CellKind {
  return FIRST.find((kind) => cells.some((cell) => cell.kind === kind)) ?? 'replica';
}

/** Neighbours of one style as one span: less to paint. */
function joined(spans: Span[]): Line {
  const line: Line = [];
  for (const { text, style } of spans) {
    const last = line.at(-1);
    if (last && last.style === style) last.text += text;
    else line.push({ text, ...(style && { style }) });
  }
  return line;
}

function legend({ unassigned, omitted }: ShardMap, per: number): Line {
  const lost = unassigned.length > 0 ? [styled('bad', `${count(unassigned.length)} unassigned  `)] : [];
  const left = omitted > 0 ? `${count(omitted)} copies too many to show  ` : '';
  const several = per > 1 ? `  one mark: up to ${count(per)} copies` : '';
  return line(...lost, styled('dim', `${left}■ primary  □ replica  ▶ leaves  ▷ comes  + starts${several}`));
}
