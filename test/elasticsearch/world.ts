import { TEST_SERVER } from '../activities/deps';
import type { Claim, Claimer } from '../../src/contract/claim';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import pino from 'pino';
import type { Deps } from '../../src/activities/deps';
import type { Scope } from '../../src/elasticsearch/scope';
import { createClusterAccess } from '../../src/elasticsearch/client/over-ssh';
import type { Hosts, Recorded, ScriptResult } from '../../src/hosts/hosts';
import type { Trust } from '../../src/hosts/shown-ca';
import type { HostStep } from '../../src/hosts/step';
import { parsePlan } from '../../src/plan/parse';
import type { Secrets } from '../../src/secrets/secrets';
import type { Plan, PlanInput } from '../../src/plan/schema';

/** A node of the plan that a test makes. */
export interface TestNode {
  name: string;
  address: string;
}

/** A valid plan around the given nodes; what the cluster's activities don't look at is filled in. */
export function testPlan(old: TestNode[], fresh: TestNode[], more: Partial<PlanInput> = {}): Plan {
  return parsePlan({
    version: 1,
    name: 'test',
    elasticsearch: { clusterName: 'real' },
    ssh: { privateKey: 'env:KEY', knownHosts: 'file:/known_hosts' },
    bridge: {},
    hosts: {
      hub: { name: 'hub', addressForOld: '127.0.9.1', addressForNew: '127.0.9.1' },
      old,
      new: fresh,
      apps: [
        {
          name: 'app-1',
          address: '127.0.8.1',
          config: { path: '/etc/app.yaml', format: 'yaml', set: { urls: '{{urls}}' } },
          restart: 'true',
          check: 'true',
        },
      ],
    },
    front: {
      certificate: { chain: '/etc/front.crt', key: '/etc/front.key' },
      auth: { username: 'app', password: 'env:PASSWORD' },
    },
    ...more,
  });
}

/** Hosts without SSH: records are kept in memory, connections go straight to the address, steps are handed to the test. */
export class LocalHosts implements Hosts {
  readonly records = new Map<string, unknown>();
  readonly applied: HostStep[] = [];
  /** What a script prints, decided by the test. */
  answer: (host: string, script: string) => string = () => '';
  onApply: (host: string, step: HostStep) => Promise<void> = async () => undefined;
  readonly #agent = new Agent({ keepAlive: true });
  #secured: TlsAgent | undefined;

  async read(host: { name: string }, script: string): Promise<ScriptResult> {
    return { code: 0, stdout: this.answer(host.name, script), stderr: '' };
  }

  async ask(host: { name: string }, script: string) {
    return this.answer(host.name, script);
  }

  async apply(host: { name: string }, step: HostStep) {
    this.applied.push(step);
    await this.onApply(host.name, step);
    const { phase, id, summary } = step;
    return { host: host.name, phase, step: id, summary, changed: true, at: new Date().toISOString() };
  }

  async undo(host: { name: string }) {
    return { host: host.name, undone: [] };
  }

  async forget() {
    this.records.clear();
  }

  async claim(_host: unknown, { workflow: owner, run, namespace, server }: Claimer): Promise<Claim> {
    return { migration: 'test', owner, run, namespace, server };
  }

  async release() {
    // Nothing is claimed here.
  }

  async renew() {
    // Nothing is claimed here.
  }

  async recorded(_host?: { name: string }): Promise<Recorded> {
    return { steps: [] };
  }

  async saved(): Promise<undefined> {
    return undefined;
  }

  async keep(_host: unknown, name: string, record: unknown) {
    // What is kept must survive being written down.
    this.records.set(name, JSON.parse(JSON.stringify(record)));
  }

  async kept() {
    return Object.fromEntries([...this.records].sort(([a], [b]) => a.localeCompare(b)));
  }

  async unkeep(_host: unknown, name: string) {
    this.records.delete(name);
  }

  agent(_host: { name: string }, trust?: Trust) {
    if (trust === undefined) return this.#agent;
    if (!('ca' in trust)) throw new Error('nodes of this world show no CA');
    return (this.#secured ??= new TlsAgent({ keepAlive: true, ca: trust.ca }));
  }

  async close() {
    this.#agent.destroy();
    this.#secured?.destroy();
  }
}

/** Dependencies of activities around a plan, with the real access to the cluster. @param secrets default: each is the same word */
export async function testDeps(
  plan: Plan,
  secrets: Secrets = { resolve: async () => 'secret' },
): Promise<{ deps: Deps; scope: Scope; hosts: LocalHosts }> {
  const hosts = new LocalHosts();
  const scope = { plan, hosts, cluster: await createClusterAccess({ plan, hosts, secrets }) };
  const deps: Deps = {
    scope: async () => scope,
    secrets,
    log: pino({ level: 'silent' }),
    server: TEST_SERVER,
    heartbeat: () => undefined,
    sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  };
  return { deps, scope, hosts };
}
