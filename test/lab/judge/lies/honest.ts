import { canonicalHash } from '../../../../lab/app/canonical';
import type { LedgerLine, OpenedLine, RequestLine, UpdateLine } from '../../../../lab/app/journal';
import { generateDocument } from '../../../../lab/data/generate';
import { OTHERS_INDEX, OTHERS_SETTINGS } from '../../../../lab/data/others';
import { SEED } from '../../../../lab/data/load';
import { documentCounts, indexShapes } from '../../../../lab/data/shapes';
import type { Collected } from '../../../../lab/judge/collected';
import type { UnitEvent } from '../../../../lab/judge/journals';
import type { HostRequests } from '../../../../lab/judge/requests';
import type { SettingsSeen } from '../../../../lab/judge/settings';
import type { Mode, Word } from '../../../../lab/judge/types';
import type { Documents } from '../../../../lab/judge/writes';
import { layoutHosts } from '../../../../lab/layout';
import { looksOf } from './looks';
import { sharedRegisters } from './registers';
import { snapshotsOf } from './snapshots';

/** A document of the final cluster. */
export interface Stored {
  index: string;
  id: string;
  source: Record<string, unknown>;
  seqNo: number;
  primaryTerm: number;
}

/** Everything that a judge collects, as data alone, so that a lie is a copy of it with one thing changed. */
export type Story = Omit<Collected, 'documents'> & { stored: Stored[] };

/** Seconds of a story, from its beginning. */
export const AT = {
  mark: 20,
  bridge: 30,
  newNodes: 40,
  moving: [50, 60],
  apps: [80, 84],
  drains: [100, 106],
  teardown: 125,
  end: 140,
} as const;

const BEGAN = Date.UTC(2026, 0, 10);

/** A moment of a story in ms since the epoch. @param second from its beginning */
export const at = (second: number): number => BEGAN + second * 1000;

const HOSTS = layoutHosts({ old: 2, new: 2, shape: 'plain' });
const LOADED = { oldNodes: 2, docs: 400 };
const EVERY_MS = 200;
/** How long an app is away when it is restarted. */
const RESTART_MS = 1_500;

/** An honest run: two old nodes moved to two new ones, or back again after the switch. */
export function honest(mode: Mode = 'migrated'): Story {
  const apps = ['app-1', 'app-2'].map((host, index) => appOf(host, AT.apps[index] ?? 0));
  const registers = sharedRegisters();
  const { before, after } = snapshotsOf(mode);
  const migrated = mode === 'migrated';
  return {
    lab: { clusterName: 'shop', hosts: HOSTS },
    mode,
    watchedFrom: at(0),
    from: at(AT.mark),
    to: at(AT.end),
    excuses: [],
    words: [word('big-switch', 79), ...(migrated ? drainWords() : [])],
    falls: [],
    secretsSeen: [],
    requests: apps.map(({ requests }) => requests),
    ledger: apps.flatMap(({ ledger }) => ledger),
    updates: apps.flatMap(({ updates }) => updates),
    ...registers,
    stored: [...loadedDocuments(), ...apps.flatMap(({ stored }) => stored)],
    loaded: LOADED,
    replicas: {},
    finalHealth: 'green',
    finalNodes: migrated ? ['new-1', 'new-2'] : ['old-1', 'old-2'],
    looks: looksOf(mode),
    before,
    after,
    settings: { before: settings(), after: settings() },
    units: {
      old: ['old-1', 'old-2'].flatMap((host, index) => [
        started(host, -200),
        ...(migrated ? [stopping(host, AT.drains[index] ?? 0)] : []),
      ]),
      new: ['new-1', 'new-2'].flatMap((host) => [
        started(host, AT.newNodes),
        ...(migrated ? [] : [stopping(host, AT.teardown - 5)]),
      ]),
      app: ['app-1', 'app-2'].flatMap((host, index) => [
        started(host, -100),
        stopping(host, AT.apps[index] ?? 0),
        started(host, (AT.apps[index] ?? 0) + 0.5),
      ]),
    },
    places: ['app-1', 'app-2'].map((host) =>
      migrated
        ? { host, endpoints: ['https://198.18.2.11:9243'], peers: ['198.18.2.11:9243'] }
        : { host, endpoints: ['http://198.18.1.11:9200'], peers: ['198.18.1.11:9200'] },
    ),
    oldNodesRunning: migrated ? 0 : 2,
    primaryBytes: 50_000_000,
  };
}

/** That a gate may be passed. */
export const word = (gate: string, second: number): Word => ({ gate, at: at(second) });

function drainWords(): Word[] {
  return [word('drain:old-1', 90), word('drain:old-2', 102), word('teardown', AT.teardown - 2)];
}

/** A start of a service. */
export const started = (host: string, second: number): UnitEvent => ({ host, what: 'started', at: at(second) });
/** A stop of a service. */
export const stopping = (host: string, second: number): UnitEvent => ({ host, what: 'stopping', at: at(second) });

/** What is set in the cluster, by others. */
function settings(): SettingsSeen {
  const index = { 'index.number_of_shards': '3', 'index.number_of_replicas': '1', 'index.uuid': 'u-1' };
  return {
    ...structuredClone({ persistent: OTHERS_SETTINGS.persistent, transient: OTHERS_SETTINGS.transient }),
    votingExclusions: ['ghost'],
    indices: { products: { ...index, ...OTHERS_INDEX.settings }, carts: { ...index } },
  };
}

function loadedDocuments(): Stored[] {
  return [...documentCounts(indexShapes(LOADED.oldNodes), LOADED.docs)].flatMap(([index, total]) =>
    Array.from({ length: total }, (_, number) => ({
      ...{ index, id: `${index}-${number}`, source: generateDocument(index, number, SEED) },
      ...{ seqNo: number, primaryTerm: 1 },
    })),
  );
}

/** What one app did. */
interface Done {
  requests: HostRequests;
  ledger: LedgerLine[];
  updates: UpdateLine[];
  stored: Stored[];
}

/** One app: half of its requests write; at the end it updates each of ten documents twice. */
function appOf(host: string, restart: number): Done {
  const lines: RequestLine[] = [];
  const opened: OpenedLine[] = [];
  const ledger: LedgerLine[] = [];
  const stored: Stored[] = [];
  for (let t = at(0); t < at(AT.end + 5); t += EVERY_MS) {
    if (t >= at(restart) && t < at(restart) + RESTART_MS) continue;
    const number = (t - BEGAN) / EVERY_MS;
    const id = `${host}-${number}`;
    const op = number % 2 === 0 ? ('write' as const) : ('search' as const);
    opened.push({ open: id, t, op });
    lines.push({ t, op, ms: 5 + (number % 20), ok: true, status: 200, endpoint: 'http://198.18.1.11:9200', id });
    if (op !== 'write') continue;
    const source = { writeId: id, host, total: number };
    stored.push({ index: 'orders-2025', id: `d-${id}`, source, seqNo: number, primaryTerm: 1 });
    ledger.push({ writeId: id, index: 'orders-2025', id: `d-${id}`, hash: canonicalHash(source), t: t + 5 });
  }
  const updates = Array.from({ length: 20 }, (_, seen): UpdateLine => {
    return { index: 'sessions', id: `${host}-${seen % 10}`, seen, seqNo: 500 + seen, primaryTerm: 1, t: at(100) };
  });
  for (const { index, id, seen, seqNo, primaryTerm } of updates.slice(10)) {
    stored.push({ index, id, source: { seen, host }, seqNo, primaryTerm });
  }
  return { requests: { host, lines, opened }, ledger, updates, stored };
}

/** What the judge collected in a story. */
export function collectedIn({ stored, ...rest }: Story): Collected {
  return { ...rest, documents: documentsOf(stored) };
}

function documentsOf(stored: Stored[]): Documents {
  const place = (index: string, id: string) => `${index}/${id}`;
  const known = new Map(stored.map((one) => [place(one.index, one.id), one]));
  return {
    get: (asked) => Promise.resolve(asked.map(({ index, id }) => known.get(place(index, id))?.source)),
    updated: (asked) =>
      Promise.resolve(
        asked.map(({ index, id }) => {
          const one = known.get(place(index, id));
          return one && { seqNo: one.seqNo, primaryTerm: one.primaryTerm, seen: one.source['seen'] };
        }),
      ),
    loaded: (index) => Promise.resolve(stored.filter((one) => one.index === index && 'number' in one.source).length),
    async *written() {
      for (const { index, id, source } of stored) {
        if (typeof source['writeId'] === 'string') yield { writeId: source['writeId'], place: place(index, id) };
      }
    },
  };
}
