import type { PlanInput } from '../../src/plan/schema';
import { esRequest } from '../es';
import { exec } from '../lab';
import { hostsOf, urlOf } from '../layout';
import type { Narrator } from './narrator';
import { operate, startMigration } from './operator';
import { writePlan, type Stage } from './stage';

/** One input that must be refused, and the words that its message must have: what, where, what to do. */
interface Refusal {
  title: string;
  plan?: (plan: PlanInput) => unknown;
  /** Makes the world unfit. */
  before?: (stage: Stage) => Promise<unknown>;
  /** Puts it right again. */
  after?: (stage: Stage) => Promise<unknown>;
  says: RegExp[];
}

const REFUSALS: Refusal[] = [
  {
    title: 'an unknown field',
    plan: (plan) => ({ ...plan, colour: 'blue' }),
    says: [/colour: unknown field/, /remove/],
  },
  {
    title: 'a missing host',
    plan: (plan) => ({ ...plan, hosts: { ...plan.hosts, hub: undefined } }),
    says: [/hosts\.hub: is missing/],
  },
  {
    title: 'a duplicate address',
    plan: (plan) => ({
      ...plan,
      hosts: { ...plan.hosts, new: plan.hosts.new.map((host) => ({ ...host, address: plan.hosts.old[0]?.address })) },
    }),
    says: [/hosts\.new\.0: address "198\.18\.1\.11" is also that of hosts\.old\.0/],
  },
  {
    title: 'overlapping networks',
    plan: (plan) => ({ ...plan, bridge: { ...plan.bridge, cidr: '198.18.1.0/24' } }),
    says: [/bridge\.cidr: 198\.18\.1\.0\/24 overlaps/, /choose/],
  },
  {
    title: 'an unreachable host',
    plan: (plan) => ({
      ...plan,
      hosts: {
        ...plan.hosts,
        new: plan.hosts.new.map((host, i) => (i === 0 ? { ...host, ssh: { address: '198.18.2.250' } } : host)),
      },
    }),
    says: [/new-1/, /ssh/],
  },
  {
    title: 'a wrong cluster name',
    plan: (plan) => ({ ...plan, elasticsearch: { ...plan.elasticsearch, clusterName: 'warehouse' } }),
    says: [/warehouse/, /shop/],
  },
  {
    title: 'an Elasticsearch version that can not join',
    before: (stage) =>
      onFirstNew(
        stage,
        'cd /opt/elasticsearch/lib && for j in elasticsearch-[78].*.jar; do mv $j keep-$j; touch elasticsearch-6.8.23.jar; done',
      ),
    after: (stage) =>
      onFirstNew(
        stage,
        'cd /opt/elasticsearch/lib && rm -f elasticsearch-6.8.23.jar && for j in keep-*.jar; do mv $j ${j#keep-}; done',
      ),
    says: [/new-1/, /6\.8\.23/],
  },
  {
    title: 'a closed index',
    before: async (stage) => {
      await ask(stage, 'PUT', '/old-prices', { settings: { 'index.number_of_replicas': 1 } });
      await ask(stage, 'POST', '/old-prices/_close');
    },
    after: (stage) => ask(stage, 'DELETE', '/old-prices'),
    says: [/old-prices/, /open|delete/],
  },
  {
    title: 'a yellow cluster',
    before: (stage) => ask(stage, 'PUT', '/too-many-copies', { settings: { 'index.number_of_replicas': 9 } }),
    after: (stage) => ask(stage, 'DELETE', '/too-many-copies'),
    says: [/yellow/],
  },
];

function onFirstNew(stage: Stage, script: string): Promise<string> {
  const [host] = hostsOf(stage.lab.hosts, 'new');
  if (!host) throw new Error('the lab has no new host');
  return exec(host, `set -e; ${script}`);
}

function ask(stage: Stage, method: string, path: string, body?: unknown): Promise<unknown> {
  const [host] = hostsOf(stage.lab.hosts, 'old');
  if (!host) throw new Error('the lab has no old host');
  return esRequest(urlOf(host), method, path, { body });
}

/** Hosts on which anything of bigswitch is to be found. */
async function touched(stage: Stage): Promise<string[]> {
  const script =
    'ls -d /var/lib/bigswitch /etc/bigswitch 2>/dev/null; iptables-save 2>/dev/null | grep -i bigswitch; ip -o link | grep -i bigswitch; true';
  const found = await Promise.all(stage.lab.hosts.map(async (host) => [host.name, await exec(host, script)] as const));
  return found.filter(([, text]) => text.trim() !== '').map(([name, text]) => `${name}: ${text.trim()}`);
}

/**
 * Shows that bad input is refused before any host is changed, each with one message that says what, where and what to do.
 * @returns whether each was refused so
 */
export async function showRefusals(stage: Stage, narrator: Narrator, signal: AbortSignal): Promise<boolean> {
  narrator.part('bad input is refused before any host is changed');
  let all = true;
  for (const [index, refusal] of REFUSALS.entries()) {
    signal.throwIfAborted();
    const problem = await tryRefusal(stage, refusal, `refusal-${index + 1}`, signal);
    narrator.result(problem === undefined, `${refusal.title}${problem === undefined ? '' : `: ${problem}`}`);
    all &&= problem === undefined;
  }
  return all;
}

async function tryRefusal(
  stage: Stage,
  refusal: Refusal,
  id: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  await refusal.before?.(stage);
  try {
    const plan = refusal.plan ? refusal.plan(stage.plan) : stage.plan;
    await startMigration(stage.temporal, id, writePlan(stage, id, plan));
    const ended = await watchQuietly(stage, id, signal);
    if (ended.ok) return 'it was not refused';
    const message = ended.message ?? '';
    const missing = refusal.says.filter((words) => !words.test(message));
    if (missing.length > 0) return `its message does not say ${missing.map(String).join(' and ')}: ${message}`;
    const traces = await touched(stage);
    return traces.length > 0 ? `hosts were touched: ${traces.join('; ')}` : undefined;
  } finally {
    await refusal.after?.(stage);
  }
}

/** Waits for the end without telling; a run that goes on past preflight is stopped, for it was not refused. */
async function watchQuietly(stage: Stage, id: string, signal: AbortSignal) {
  const silent = { part: () => {}, event: () => {}, progress: () => {}, warn: () => {}, result: () => {} };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(120_000)]);
  return operate(stage.temporal, id, silent, { manual: true, signal: limit });
}
