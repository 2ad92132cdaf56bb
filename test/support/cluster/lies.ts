import { replyOf } from '../../../src/dry-run/cluster/access';
import { ClusterModel } from '../../../src/dry-run/cluster/model';
import type { ClusterState } from '../../../src/dry-run/cluster/state';
import type { Asked, Lie } from './cluster';

/** Paths of the questions that are lied about most. */
export const HEALTH = /^\/_cluster\/health$/;
export const TABLE = /^\/_cluster\/state\/routing_table/;
export const VOTING = /^\/_cluster\/state\/metadata/;
export const NODES = /^\/_nodes\//;
export const SETTINGS = /^\/_cluster\/settings$/;
export const VIEW = /^\/_cluster\/state\/master_node,nodes$/;
export const ANY = /^/;

/** Lies only where the path is like this. */
export function about(path: RegExp, lie: Lie): Lie {
  return (asked, truth) => (path.test(asked.path) ? lie(asked, truth) : undefined);
}

/** Lies only when this host's node is asked. */
export function from(host: string, lie: Lie): Lie {
  return (asked, truth) => (asked.host === host ? lie(asked, truth) : undefined);
}

/** Lies only where this is asked for among the parts of the answer. */
export function onlyWhere(part: string, lie: Lie): Lie {
  return (asked, truth) => (asked.query.get('filter_path')?.includes(part) ? lie(asked, truth) : undefined);
}

/** Tells the truth so many times, then lies for good. */
export function after(times: number, lie: Lie): Lie {
  let told = 0;
  return (asked, truth) => {
    told += 1;
    return told > times ? lie(asked, truth) : undefined;
  };
}

/** Lies so many times, then tells the truth for good. */
export function atFirst(times: number, lie: Lie): Lie {
  let told = 0;
  return (asked, truth) => {
    told += 1;
    return told <= times ? lie(asked, truth) : undefined;
  };
}

/** A status instead of an answer. */
export function status(code: number): Lie {
  return () => ({ status: code, body: JSON.stringify({ error: { reason: `it answers ${code}` } }) });
}

/** A page for people, as a proxy answers when nobody is behind it. */
export const html: Lie = () => ({ status: 200, body: '<html><body>It works!</body></html>', contentType: 'text/html' });
/** JSON of another kind: what a node of another product, or another question, would have answered. */
export const wrongShape: Lie = () => ({ status: 200, body: '{"tagline":"You Know, for Search"}' });
/** Nothing at all, with a status that is fine. */
export const empty: Lie = () => ({ status: 200, body: '' });
/** The first half of the answer. */
export const cutOff: Lie = (_asked, truth) => {
  const reply = truth();
  return { ...reply, body: reply.body.slice(0, reply.body.length / 2) };
};
/** The connection is lost before anything comes. */
export const lost: Lie = () => {
  throw new Error('socket hang up');
};

/** The true answer with a change; the shape of the answer is whatever the API gives. */
export function but(change: (answer: any) => void): Lie {
  return (_asked, truth) => {
    const reply = truth();
    const answer: unknown = JSON.parse(reply.body);
    change(answer);
    return { ...reply, body: JSON.stringify(answer) };
  };
}

/** Health with other figures. */
export function health(figures: Record<string, unknown>): Lie {
  return about(
    HEALTH,
    but((answer) => Object.assign(answer, figures)),
  );
}

/** A node that lost its master between question and answer. */
export const redWithoutMaster = health({ status: 'red' });

/** The shard table lacks an index. */
export function tableWithout(index: string): Lie {
  return about(
    TABLE,
    but((answer) => delete answer.routing_table.indices[index]),
  );
}

type Routing = { state: string; primary: boolean; node: string | null; relocating_node: string | null };

/** One copy of a shard is told otherwise in the table. */
export function copy(
  { state }: { state: ClusterState },
  index: string,
  node: string,
  change: Partial<Omit<Routing, 'primary'>>,
): Lie {
  const id = idOf(state, node);
  const told = { ...change, ...(change.relocating_node && { relocating_node: idOf(state, change.relocating_node) }) };
  return about(
    TABLE,
    but((answer) => {
      for (const copies of Object.values<Routing[]>(answer.routing_table.indices[index].shards)) {
        for (const one of copies) if (one.node === id) Object.assign(one, told);
      }
    }),
  );
}

/** Who votes, by name: the configuration that is committed, and the one that is accepted where that is another. */
export function voting({ state }: { state: ClusterState }, committed: string[], accepted = committed): Lie {
  const ids = (names: string[]) => names.map((name) => idOf(state, name));
  return about(
    VOTING,
    but((answer) => {
      answer.metadata.cluster_coordination.last_committed_config = ids(committed);
      answer.metadata.cluster_coordination.last_accepted_config = ids(accepted);
    }),
  );
}

/** Another node is the elected master; null for none. */
export function master({ state }: { state: ClusterState }, name: string | null): Lie {
  return about(
    /^\/_cluster\/state\//,
    but((answer) => {
      if (name === null) delete answer.master_node;
      else answer.master_node = idOf(state, name);
    }),
  );
}

/** The uuid of another cluster. */
export function otherUuid(): Lie {
  return about(
    /^\/_cluster\/state\//,
    but((answer) => {
      answer.cluster_uuid = 'another';
      if (answer.metadata) answer.metadata.cluster_uuid = 'another';
    }),
  );
}

/** This node has founded a cluster of its own, of the same name, green and empty, and answers for that. */
export function clusterOfItsOwn({ state }: { state: ClusterState }, node: string): Lie {
  const own = state.nodes.filter(({ name }) => name === node);
  const model = new ClusterModel({
    ...structuredClone(state),
    clusterUuid: 'of-its-own',
    master: node,
    voters: [node],
    voteless: [],
    nodes: own,
    disks: state.disks.filter((disk) => disk.node === node).map((disk) => ({ ...disk, shards: 0, indexBytes: 0 })),
    settings: { persistent: {}, transient: {}, defaults: state.settings.defaults },
    indices: [],
    table: [],
  });
  return from(node, (asked: Asked) => replyOf(model, asked));
}

/** A node of the cluster, as its id in answers. */
export function idOf(state: ClusterState, name: string): string {
  return state.nodes.find((node) => node.name === name)?.id ?? name;
}

const REROUTE = /^\/_cluster\/reroute$/;

/** The move that a reroute asks for; undefined for every other request. */
function moveOf({
  path,
  body,
}: Asked): { index: string; shard: number; from_node: string; to_node: string } | undefined {
  const commands = REROUTE.test(path) ? (body as { commands?: { move: any }[] } | undefined)?.commands : undefined;
  return commands?.[0]?.move;
}

/** Moves of an index to these nodes are taken on, and fail there before anybody looks. */
export function neverArrives(index: string, ...nodes: string[]): Lie {
  return (asked) => {
    const move = moveOf(asked);
    if (move?.index !== index || !nodes.includes(move.to_node)) return undefined;
    return { status: 200, body: '{"acknowledged":true}' };
  };
}

/** Moves of an index are taken on, are seen under way with so many bytes, one number a look, and then break off. */
export function breaksOff({ state }: { state: ClusterState }, index: string, bytes: number[]): Lie {
  let move: ReturnType<typeof moveOf>;
  let looks = 0;
  const there = (asked: Asked) => neverArrives(index, moveOf(asked)?.to_node ?? '');
  return (asked, truth) => {
    const begun = moveOf(asked);
    if (begun?.index === index) [move, looks] = [begun, 0];
    if (begun || !move) return there(asked)(asked, truth);
    const { from_node: from, to_node: to } = move;
    const recovered = bytes[looks];
    if (asked.path === '/_recovery') {
      looks += 1;
      if (recovered === undefined) return undefined;
      const way = { id: 0, type: 'PEER', stage: 'INDEX', source: { name: from }, target: { name: to } };
      const size = { total_in_bytes: COPY, recovered_in_bytes: recovered };
      const shards = [{ ...way, index: { size }, translog: { recovered: 0 } }];
      return { status: 200, body: JSON.stringify({ [index]: { shards } }) };
    }
    if (recovered === undefined) return undefined;
    return copy({ state }, index, from, { state: 'RELOCATING', relocating_node: to })(asked, truth);
  };
}

/** Bytes of a copy that breaks off. */
const COPY = 1_000_000;
