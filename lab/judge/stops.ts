import { meet, type Span } from './spans';
import type { UnitEvent } from './journals';
import type { Excuse, Mode, Word } from './types';
import type { Look } from './watch';

/** A word may be so old when what it allows begins, ms: an approval counts for half an hour, and a drain takes its time. */
const OLDEST_WORD_MS = 60 * 60_000;
/** A look at where copies are that is older, ms, says nothing of the moment of a stop. */
const OLDEST_LOOK_MS = 15_000;

/** What was done, and when; what was said is given apart. */
export interface Deeds extends Span {
  mode: Mode;
  excuses: Excuse[];
  /** Of Elasticsearch on old and new hosts, and of the app. */
  units: Record<'old' | 'new' | 'app', UnitEvent[]>;
  looks: Look[];
  /** Hosts whose bridge only a teardown may take away, in a migration. */
  bridged: Set<string>;
}

const iso = (at: number) => new Date(at).toISOString();

/** Stops that lie between the marks, and that no fault makes. */
function stopsOf(events: UnitEvent[], { from, to, excuses }: Deeds): UnitEvent[] {
  return events.filter(
    ({ host, what, at }) =>
      what === 'stopping' &&
      at >= from &&
      at <= to &&
      !excuses.some(
        (excuse) => (excuse.belowGreen === true || excuse.apps?.includes(host)) && meet(excuse, { from: at, to: at }),
      ),
  );
}

/** What was done without a word before it, or on one that was too old. */
export function withoutWord(words: Word[], deeds: Deeds): string[] {
  const before = (gate: string, at: number) => words.filter((word) => word.gate === gate && word.at <= at).at(-1);
  const judged = (what: string, gate: string, at: number, oldest = OLDEST_WORD_MS): string[] => {
    const word = before(gate, at);
    if (!word) return [`${iso(at)} ${what} without the word ${gate}`];
    return at - word.at > oldest ? [`${iso(at)} ${what} on a word of ${iso(word.at)}`] : [];
  };
  return [
    ...stopsOf(deeds.units.old, deeds).flatMap(({ host, at }) => judged(`${host} was stopped`, `drain:${host}`, at)),
    // On the way back an app is restarted long after the word that it is an answer to.
    ...stopsOf(deeds.units.app, deeds).flatMap(({ host, at }) =>
      judged(
        `the app on ${host} was restarted`,
        'big-switch',
        at,
        deeds.mode === 'migrated' ? OLDEST_WORD_MS : Infinity,
      ),
    ),
    ...bridgesGone(deeds).flatMap(({ host, at }) => judged(`the bridge of ${host} was taken away`, 'teardown', at)),
  ];
}

/** When each host was first seen without the bridge for good: it was taken away before that. */
function bridgesGone({ mode, looks, bridged }: Deeds): { host: string; at: number }[] {
  if (mode !== 'migrated') return [];
  return [...bridged].flatMap((host) => {
    const own = looks.filter((look) => look.host === host);
    const last = own.findLastIndex(({ tun }) => Object.keys(tun).length > 0);
    const gone = last < 0 ? undefined : own[last + 1];
    return gone ? [{ host, at: gone.from }] : [];
  });
}

/** Nodes that were stopped while they had copies, or of which nobody told shortly before. */
export function stoppedFull(deeds: Deeds): string[] {
  const stops = [...stopsOf(deeds.units.old, deeds), ...stopsOf(deeds.units.new, deeds)];
  return stops.flatMap(({ host, at }) => {
    const known = deeds.looks
      .filter(({ viewed }) => viewed <= at && viewed >= at - OLDEST_LOOK_MS)
      .map((look) => ({ look, copies: copiesOn(host, look) }))
      .filter(({ copies }) => copies !== undefined);
    const last = known.reduce<(typeof known)[number] | undefined>(
      (latest, one) => (latest && latest.look.viewed > one.look.viewed ? latest : one),
      undefined,
    );
    if (!last) return [`${iso(at)} ${host} was stopped, and nobody tells what it had`];
    const { copies, look } = last;
    return copies === 0 ? [] : [`${iso(at)} ${host} was stopped with ${copies} copies on it, as ${look.host} knows`];
  });
}

/** Copies on a host as a node knows it, none where the cluster has no such node; undefined when it knows nothing. */
function copiesOn(host: string, { view }: Look): number | undefined {
  const nodes = Object.entries(view?.nodes ?? {});
  if (nodes.length === 0) return undefined;
  const id = nodes.find(([, { name }]) => name === host)?.[0];
  return id === undefined ? 0 : (view?.routing_nodes?.nodes?.[id] ?? []).length;
}
