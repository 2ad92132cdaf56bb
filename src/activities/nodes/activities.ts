import { ApplicationFailure } from '@temporalio/common';
import type { Activities, OnHost } from '../../contract/activities';
import { FAILURES } from '../../contract/failures';
import { TELLING_STEPS, type LedgerEntry } from '../../contract/ledger';
import { generationOf, majorOf } from '../../elasticsearch/generations';
import { readNodes, type ClusterNode } from '../../elasticsearch/looks/nodes';
import { reachCluster } from '../../elasticsearch/looks/reach';
import { editText, readHostFile } from '../../hosts/read-file';
import { excerpt } from '../../hosts/errors';
import { familyOf } from '../../hosts/family';
import { fileStep } from '../../hosts/steps';
import type { HostStep } from '../../hosts/step';
import { hostRef, NoSuchHost, plannedNode, type HostRef } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import type { Phase } from '../../contract/phases';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';
import { countBothSides, countStaying } from './counts';
import { dataFoldersStep, holdsNoShard } from './data-folders';
import { nodeAnswers, excerptOfLogs, missingFiles } from './scripts';
import {
  expectsNodes,
  newNodeConfig,
  oldNodeConfig,
  securityFiles,
  seedOf,
  withExpectedNodes,
  withSeeds,
  type NodeVersion,
  shownSettings,
} from './settings';

/** Seconds that a new node has to answer on its own address; a JVM on a busy machine takes its time. */
const START_SECONDS = 180;
/** systemd gives Elasticsearch 75 s by itself. */
const STOP_SECONDS = 120;

type NodeActivities = Pick<
  Activities,
  'configureNewNode' | 'alignOldNode' | 'startNewNode' | 'setExpectedNodes' | 'pointSeedsAtNew'
>;

/** Activities that change elasticsearch.yml and the service of old and new nodes ("Turn it all on" in the story). */
export function createNodeActivities(deps: Deps): NodeActivities {
  return {
    async configureNewNode({ host }: OnHost) {
      const scope = await deps.scope();
      const { plan, hosts } = scope;
      const path = plan.elasticsearch.configFile;
      const { version, nodes } = await lookAt(scope, 'old');
      const [firstOld] = plan.hosts.old;
      const node = plan.hosts.new.find((one) => one.name === host);
      if (!node || !firstOld) throw new NoSuchHost(`the plan has no new host named "${host}"`);
      const oldText = await readHostFile(hosts, hostRef(plan, firstOld.name), path);
      const text = await readHostFile(hosts, hostRef(plan, host), path);
      const counts = await countBothSides(scope, nodes, version.major);
      const edited = editText(host, path, () => newNodeConfig(text, oldText, plan, node, version, counts));
      await refuseMissingFiles(scope, host, edited);
      return [
        await writeConfig(scope, host, edited, 'join', 'elasticsearch-yml', 'make the node a member of the cluster'),
      ];
    },

    async alignOldNode({ host }: OnHost) {
      const scope = await deps.scope();
      const { version, nodes } = await lookAt(scope, 'old');
      const counts = await countBothSides(scope, nodes, version.major);
      return changeConfig(
        scope,
        host,
        'join',
        'elasticsearch-yml',
        'let the node find both sides after a reboot',
        (text) => oldNodeConfig(text, scope.plan, version, counts),
      );
    },

    async startNewNode({ host }: OnHost) {
      const scope = await deps.scope();
      const ref = hostRef(scope.plan, host);
      try {
        const noted = await scope.hosts.apply(ref, dataFoldersStep(scope.plan));
        return [noted, await scope.hosts.apply(ref, startServiceStep(scope.plan, host))];
      } catch (error) {
        throw await withLogs(scope, ref, error);
      }
    },

    async setExpectedNodes({ host, expected }: { host: string; expected: number }) {
      const scope = await deps.scope();
      const path = scope.plan.elasticsearch.configFile;
      const text = await readHostFile(scope.hosts, hostRef(scope.plan, host), path);
      const { version, nodes } = await lookAt(scope, 'new');
      if (!editText(host, path, () => expectsNodes(text, version))) return [];
      const counts = countStaying(scope, expected, nodes);
      const edited = editText(host, path, () => withExpectedNodes(text, counts, version));
      const summary = `wait at a full restart for ${counts.data} data nodes, of ${expected} nodes that stay`;
      return [await writeConfig(scope, host, edited, 'drain', `expected-nodes-${expected}`, summary)];
    },

    async pointSeedsAtNew({ host }: OnHost) {
      const scope = await deps.scope();
      const seeds = scope.plan.hosts.new.map((node) => seedOf(scope.plan, node));
      const { discovery } = (await lookAt(scope, 'new')).version;
      return changeConfig(scope, host, 'teardown', 'seeds', 'point the seeds at the new nodes only', (text) =>
        withSeeds(text, seeds, discovery),
      );
    },
  };
}

/** Stops and disables an old node's service; the undo enables and starts it again. Only for a node that holds nothing. */
export function stopServiceStep(plan: Plan, host: string): HostStep {
  return familyOf(hostRef(plan, host)).services.step({
    phase: 'drain',
    id: TELLING_STEPS.NODE_STOPPED,
    summary: 'stop Elasticsearch and keep it from starting at boot',
    unit: plan.elasticsearch.service,
    enabled: false,
    running: false,
    readySeconds: STOP_SECONDS,
  });
}

function startServiceStep(plan: Plan, host: string): HostStep {
  const { services } = familyOf(hostRef(plan, host));
  const step = services.step({
    phase: 'join',
    id: TELLING_STEPS.NODE_STARTED,
    summary: 'start Elasticsearch, now and at boot',
    unit: plan.elasticsearch.service,
    enabled: true,
    running: true,
    proof: nodeAnswers(plan, plannedNode(plan, host).address),
    readySeconds: START_SECONDS,
  });
  return { ...step, harmless: holdsNoShard(plan, services.isRunning(plan.elasticsearch.service)) };
}

/** The nodes of the cluster and its version, asked of a member; nodes of one major version speak the same settings. */
async function lookAt(scope: Scope, prefer: 'old' | 'new'): Promise<{ version: NodeVersion; nodes: ClusterNode[] }> {
  const nodes = await readNodes((await reachCluster(scope, prefer)).client);
  const major = majorOf(nodes);
  return { version: { major, discovery: generationOf(major).discovery }, nodes };
}

async function changeConfig(
  scope: Scope,
  host: string,
  phase: Phase,
  id: string,
  summary: string,
  edit: (text: string) => string,
): Promise<LedgerEntry[]> {
  const path = scope.plan.elasticsearch.configFile;
  const text = await readHostFile(scope.hosts, hostRef(scope.plan, host), path);
  return [
    await writeConfig(
      scope,
      host,
      editText(host, path, () => edit(text)),
      phase,
      id,
      summary,
    ),
  ];
}

function writeConfig(scope: Scope, host: string, content: string, phase: Phase, id: string, summary: string) {
  const { plan, hosts } = scope;
  // The file may hold passwords of keystores, so it travels as a secret.
  const step = fileStep({
    phase,
    id,
    summary,
    path: plan.elasticsearch.configFile,
    content,
    secret: true,
    shows: shownSettings(plan),
  });
  return hosts.apply(hostRef(plan, host), step);
}

async function refuseMissingFiles(scope: Scope, host: string, config: string): Promise<void> {
  const files = securityFiles(config);
  if (files.length === 0) return;
  const { plan, hosts } = scope;
  const missing = await hosts.ask(hostRef(plan, host), missingFiles(files, plan.elasticsearch.configFile));
  if (missing.trim() === '') return;
  throw ApplicationFailure.nonRetryable(
    `${host}: the old nodes' security settings name files that are missing here: ${missing.trim().split('\n').join(', ')}; ` +
      'make this node its own (and its keystore entries), then send resume',
    FAILURES.STEP_FAILED,
  );
}

/** The same failure with what Elasticsearch itself wrote, since its service's journal is often empty. */
async function withLogs(scope: Scope, ref: HostRef, error: unknown): Promise<unknown> {
  if (!(error instanceof ApplicationFailure) || error.type !== FAILURES.STEP_FAILED) return error;
  const { stdout } = await scope.hosts.read(ref, excerptOfLogs(scope.plan, ref));
  if (stdout.trim() === '') return error;
  return ApplicationFailure.retryable(
    `${error.message}; its log says: ${excerpt(stdout, {}, 600)}`,
    FAILURES.STEP_FAILED,
  );
}
