import { statusOf } from './health';
import type { UnitEvent } from './journals';
import { meet, type Span } from './spans';
import type { Excuse } from './types';
import type { Look } from './watch';

/** Longest time that a node may say nothing of itself, or that two may follow different masters, ms. */
const LONGEST_MS = 5_000;
/** A look may be on its way when a service is stopped, ms. */
const ON_ITS_WAY_MS = 2_000;
/** What a node says that is in no cluster yet. */
const NO_CLUSTER = '_na_';

/** How the nodes' own views are to be. */
export interface ViewRules extends Span {
  clusterName: string;
  /** Names of the nodes. */
  nodes: Set<string>;
  /** Starts and stops of Elasticsearch. */
  units: UnitEvent[];
  excuses: Excuse[];
  /** Copies that there must be. */
  copies: number;
  /** Nodes that there must be. */
  least: number;
}

/** What the nodes' own views say. */
export interface ViewCounts {
  views: number;
  /** The first 20 reasons why the nodes were not one whole cluster. */
  badViews: string[];
}

type Reason = Span & { words: string; neverExcused?: boolean };

/** The cluster that a node says it is in; undefined when it says nothing, or is in none. */
export function clusterOf({ view }: Look): string | undefined {
  const uuid = view?.cluster_uuid;
  return typeof uuid === 'string' && uuid !== NO_CLUSTER ? uuid : undefined;
}

/** Looks at what each node knew by itself, from a span's start to its end. */
export function countViews(looks: Look[], rules: ViewRules): ViewCounts {
  const all = looks.filter(({ host }) => rules.nodes.has(host));
  const within = all.filter(({ from, to }) => to >= rules.from && from <= rules.to);
  const broken = rules.excuses.filter(({ belowGreen }) => belowGreen === true);
  const reasons = [
    ...strangers(
      within,
      all.map(clusterOf).find((uuid) => uuid !== undefined),
    ),
    ...silences(within, rules.units),
    ...twoMasters(within),
    ...tooFew(within, rules),
  ];
  const bad = reasons
    .filter((reason) => reason.neverExcused || !broken.some((excuse) => meet(excuse, reason)))
    .sort((a, b) => a.from - b.from);
  return {
    views: within.filter((look) => clusterOf(look) !== undefined).length,
    badViews: bad.slice(0, 20).map(({ from, words }) => `${new Date(from).toISOString()} ${words}`),
  };
}

/** Nodes in another cluster than the one that there was: no fault makes one. */
function strangers(looks: Look[], uuid: string | undefined): Reason[] {
  return looks
    .filter((look) => (clusterOf(look) ?? uuid) !== uuid)
    .map((look) => ({ ...look, words: `${look.host} is in a cluster of its own`, neverExcused: true }));
}

/** Nodes that were in the cluster, were not stopped, and said nothing of themselves, twice at least. */
function silences(looks: Look[], units: UnitEvent[]): Reason[] {
  return [...new Set(looks.map(({ host }) => host))].flatMap((host) => {
    const stops = units.filter((event) => event.host === host && event.what === 'stopping').map(({ at }) => at);
    const found: Reason[] = [];
    let last: number | undefined;
    let silent: Look[] = [];
    const flush = () => {
      const [one, ...more] = silent;
      const to = endOf(silent.at(-1));
      if (one && more.length > 0 && to - one.from > LONGEST_MS) {
        found.push({ from: one.from, to, words: `${host} said nothing for ${to - one.from} ms` });
      }
      silent = [];
    };
    for (const look of looks.filter((each) => each.host === host)) {
      if (clusterOf(look) !== undefined) {
        flush();
        last = endOf(look);
      } else if (last !== undefined) {
        const since = last;
        if (stops.some((at) => at >= since - ON_ITS_WAY_MS && at <= endOf(look) + ON_ITS_WAY_MS)) {
          flush();
          last = undefined;
        } else silent.push(look);
      }
    }
    flush();
    return found;
  });
}

const endOf = (look: Look | undefined): number => look?.viewed ?? look?.to ?? 0;

/** Spans in which two nodes followed different masters. */
function twoMasters(looks: Look[]): Reason[] {
  const claims: (Span & { host: string; master: string })[] = [];
  const latest = new Map<string, (typeof claims)[number]>();
  for (const look of looks) {
    const { host, from, view } = look;
    const master = view?.master_node ?? undefined;
    const claim = latest.get(host);
    if (master === undefined) latest.delete(host);
    else if (claim?.master === master) claim.to = from;
    else {
      const next = { host, master, from, to: from };
      latest.set(host, next);
      claims.push(next);
    }
  }
  return claims.flatMap((one, index) =>
    claims.slice(index + 1).flatMap((other) => {
      const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)];
      if (one.master === other.master || to - from <= LONGEST_MS) return [];
      return [{ from, to, words: `${one.host} and ${other.host} followed different masters for ${to - from} ms` }];
    }),
  );
}

/** Looks that say of fewer nodes than either side has, or of fewer copies than there must be. */
function tooFew(looks: Look[], { clusterName, copies, least }: ViewRules): Reason[] {
  return looks.flatMap((look) => {
    if (statusOf(look, clusterName) === undefined) return [];
    const { number_of_nodes: nodes, active_shards: active } = look.body as Record<string, unknown>;
    const words = [
      ...(Number(nodes) >= least ? [] : [`${look.host} knows of ${String(nodes)} nodes, there must be ${least}`]),
      ...(Number(active) >= copies ? [] : [`${look.host} knows of ${String(active)} copies, there must be ${copies}`]),
    ];
    return words.map((one) => ({ from: look.from, to: look.to, words: one }));
  });
}
