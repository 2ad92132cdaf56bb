import * as lies from './lies';
import type { World } from './world';

/** Something that a guard must not believe, or not go on with; by what it is. */
export type Bad = [what: string, change: (world: World) => void];

const BROKEN = {
  '503': lies.status(503),
  '502': lies.status(502),
  '429': lies.status(429),
  '403': lies.status(403),
  html: lies.html,
  'another shape': lies.wrongShape,
  'nothing at all': lies.empty,
  'half an answer': lies.cutOff,
  'a lost connection': lies.lost,
};

/** Each question to the cluster is answered in each way that can't be read. */
export function unreadable(questions: Record<string, RegExp>): Bad[] {
  return Object.entries(questions).flatMap(([question, path]) =>
    Object.entries(BROKEN).map(([what, lie]): Bad => {
      return [`${what} for ${question}`, ({ cluster }) => cluster.tell(lies.about(path, lie))];
    }),
  );
}

/** Health that is not green and at rest, in every way, and a table that does not fit to it. */
export const UNREST: Bad[] = [
  ['a health that timed out', ({ cluster }) => cluster.tell(lies.health({ timed_out: true }))],
  ['red without a master', ({ cluster }) => cluster.tell(lies.redWithoutMaster)],
  ['red', ({ cluster }) => cluster.tell(lies.health({ status: 'red', unassigned_shards: 1 }))],
  ['yellow', ({ cluster }) => cluster.tell(lies.health({ status: 'yellow' }))],
  ['a shard that is unassigned', ({ cluster }) => cluster.tell(lies.health({ unassigned_shards: 1 }))],
  ['a shard that is being made', ({ cluster }) => cluster.tell(lies.health({ initializing_shards: 1 }))],
  ['a shard on its way', ({ cluster }) => cluster.tell(lies.health({ relocating_shards: 1 }))],
  ['a task that is pending', ({ cluster }) => cluster.tell(lies.health({ number_of_pending_tasks: 1 }))],
  ['a shard table that is too short', ({ cluster }) => cluster.tell(lies.tableWithout('products'))],
  [
    'a shard table that is too long',
    ({ cluster }) => cluster.tell(lies.health({ active_shards: cluster.state.table.length - 1 })),
  ],
];

/** The same where the balancer may work: that it moves copies is no unrest then. */
export const NOT_WHOLE: Bad[] = UNREST.filter(([what]) => what !== 'a shard on its way');

/** The balancer works from the moment in which it may: a copy is on its way from one node to another, and the master has to do. */
export function balances({ cluster }: World, index: string, from: string, to: string): void {
  const counted = { relocating_shards: 1, number_of_pending_tasks: 2 };
  cluster.tell(lies.health(counted), lies.copy(cluster, index, from, { state: 'RELOCATING', relocating_node: to }));
}

/** Nodes that answer, and are not the cluster that is moved. */
export const NOT_OURS: Bad[] = [
  [
    'nodes in clusters of their own',
    ({ cluster, plan }) => {
      const names = [...plan.hosts.old, ...plan.hosts.new].map(({ name }) => name);
      cluster.tell(...names.map((name) => lies.clusterOfItsOwn(cluster, name)));
    },
  ],
  ['the uuid of another cluster', ({ cluster }) => cluster.tell(lies.otherUuid())],
  ['nodes without a master', ({ cluster }) => cluster.tell(lies.master(cluster, null))],
  ['another cluster’s name', ({ cluster }) => cluster.tell(lies.about(lies.VIEW, lies.but(rename)))],
];

function rename(answer: { cluster_name: string }): void {
  answer.cluster_name = 'another';
}

/** Puts a copy on another node, in truth. */
export function placed({ cluster }: World, index: string, from: string, to: string): void {
  const copy = cluster.state.table.find((one) => one.index === index && one.node === from);
  if (!copy) throw new Error(`there is no copy of ${index} on ${from}`);
  copy.node = to;
}
