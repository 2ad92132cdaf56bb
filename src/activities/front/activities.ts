import { ApplicationFailure } from '@temporalio/common';
import type { Activities, OnHost } from '../../contract/activities';
import { FAILURES } from '../../contract/failures';
import type { LedgerEntry } from '../../contract/ledger';
import { nodesCa } from '../../elasticsearch/client/endpoints/secured';
import { readNodes } from '../../elasticsearch/looks/nodes';
import { reachCluster } from '../../elasticsearch/looks/reach';
import { hostRef, NoSuchHost } from '../../plan/hosts';
import { cut } from '../../text/harmless';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';
import { compareVersions } from '../preflight/cluster/hosts';
import { lookAtFronts } from './proof';
import { frontSteps, haproxyPackage, passwordHashScript } from './steps';
import { haproxyVersionScript, haproxyVersionOn, type HaproxyVersion } from './version';

/** A reload and two health checks take a few seconds; a front that is not there by then is broken. */
const PROOF_SECONDS = 30;
const PAUSE_SECONDS = 2;

/** Activities of the phase `front`: HAProxy with TLS and basic auth on each new node. See docs/decisions/0005-front.md. */
export function createFrontActivities(deps: Deps): Pick<Activities, 'installFront' | 'proveFronts'> {
  return {
    async installFront({ host }: OnHost) {
      const scope = await deps.scope();
      const { plan, hosts } = scope;
      const node = plan.hosts.new.find((one) => one.name === host);
      if (!node) throw new NoSuchHost(`the plan has no new host named "${host}"`);
      const entries: LedgerEntry[] = [await hosts.apply(hostRef(plan, host), haproxyPackage(hostRef(plan, host)))];
      const hash = plan.elasticsearch.auth ? undefined : await passwordHash(scope, deps, host);
      const ca = await nodesCa(scope, deps.secrets);
      const look = { haproxy: await haproxyOf(scope, host), elasticsearch: await versionOf(scope), hash, nodesCa: ca };
      for (const step of frontSteps(plan, node, look)) entries.push(await hosts.apply(hostRef(plan, host), step));
      return entries;
    },

    async proveFronts() {
      const scope = await deps.scope();
      const deadline = Date.now() + PROOF_SECONDS * 1000;
      for (;;) {
        const facts = await lookAtFronts(scope, deps, true);
        const bad = facts.filter(({ ok }) => !ok);
        if (bad.length === 0) {
          const { apps, new: fresh } = scope.plan.hosts;
          return {
            proven: `every app host reaches every front by https and password, and the old nodes by ${scope.plan.elasticsearch.https ? 'https' : 'plain http'}`,
            facts: { fronts: fresh.length, appHosts: apps.length },
          };
        }
        if (Date.now() >= deadline) {
          const said = bad.map(({ name, seen }) => `not proven: ${name} (${seen})`).join('; ');
          throw ApplicationFailure.retryable(said, FAILURES.PROOF_FAILED);
        }
        deps.heartbeat();
        await deps.sleep(PAUSE_SECONDS * 1000);
      }
    },
  };
}

async function haproxyOf({ plan, hosts }: Scope, host: string): Promise<HaproxyVersion> {
  const ref = hostRef(plan, host);
  const said = await hosts.ask(ref, haproxyVersionScript(ref));
  const version = haproxyVersionOn(ref, said);
  if (!version) throw new Error(`${host}: HAProxy does not say its version (${cut(said.trim(), 100)})`);
  return version;
}

/** The oldest in the cluster: what clients are told must be true of every node. */
async function versionOf(scope: Scope): Promise<string> {
  const { client } = await reachCluster(scope, 'new');
  const [oldest] = (await readNodes(client)).map((node) => node.version).sort(compareVersions);
  if (oldest === undefined) throw new Error('the cluster does not tell its version');
  return oldest;
}

async function passwordHash(scope: Scope, deps: Deps, host: string): Promise<string> {
  const { plan, hosts } = scope;
  const { username, password } = plan.front.auth;
  const secrets = { FRONT_PASSWORD: await deps.secrets.resolve(password) };
  const hash = (await hosts.ask(hostRef(plan, host), passwordHashScript(username), { secrets })).trim();
  if (!/^\$6\$rounds=1000\$[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{86}$/.test(hash)) {
    throw new Error(`${host}: openssl did not give a SHA-512 crypt hash; check its version (1.1.1 or later)`);
  }
  return hash;
}
