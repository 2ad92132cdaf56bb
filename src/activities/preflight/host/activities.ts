import { get } from 'node:http';
import { ApplicationFailure } from '@temporalio/common';
import pMap from 'p-map';
import type { Activities } from '../../../contract/activities';
import type { Check } from '../../../contract/evidence';
import { excerpt, isNoAccess, readNotBegun, type NotBegun } from '../../../hosts/errors';
import type { Hosts, ScriptResult } from '../../../hosts/hosts';
import { quote } from '../../../hosts/script';
import { hostRef, plannedNode, type HostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import type { Deps } from '../../deps';
import type { Scope } from '../../../elasticsearch/scope';
import { passed, refused } from '../check';
import { appChecks } from './app';
import { commonChecks, rootCheck } from './checks';
import { clockSkew, HostFacts, type ClockSkew } from './facts';
import { networkChecks } from './network';
import { nodeChecks } from './node';
import type { FrontChain } from './app-script';
import { preflightScript } from './script';
import { trafficChecks } from './traffic';

const SCRIPT_SECONDS = 90;
const FORWARD_MS = 10_000;
/** Seconds of doubt about a clock above which it is worth a second look, with the connection made. */
const DOUBT_SECONDS = 1;

interface Look {
  facts: HostFacts;
  result: ScriptResult;
  skew: ClockSkew | undefined;
}

/** The look at one host before anything is changed: read-only, and every problem is a check, not an error. */
export function createPreflightHostActivities(deps: Deps): Pick<Activities, 'preflightHost'> {
  return {
    async preflightHost({ host }) {
      const scope = await deps.scope();
      const ref = hostRef(scope.plan, host);
      try {
        return await lookAt(deps, scope, ref);
      } catch (error) {
        const notBegun = readNotBegun(error);
        if (notBegun) return [unanswered(ref, notBegun)];
        if (!isNoAccess(error)) throw error;
        const remedy = `see whether \`ssh -p ${ref.ssh.port} ${ref.ssh.user}@${ref.ssh.address}\` works from the worker; a migration needs every host of the plan`;
        return [refused('ssh', host, error.message, remedy)];
      }
    },
  };
}

async function lookAt(deps: Deps, scope: Scope, ref: HostRef): Promise<Check[]> {
  const { plan, hosts } = scope;
  const chains = ref.role === 'app' ? await frontChains(plan, hosts) : [];
  const { facts, result, skew } = await look(plan, hosts, ref, chains);
  const reached = passed('ssh', `reached at ${ref.ssh.address}:${ref.ssh.port}, with the pinned host key`, ref.name);
  if (result.code !== 0 || !facts.complete)
    return [reached, unanswered(ref, { code: result.code ?? -1, said: result.stderr })];
  const root = rootCheck(ref, facts);
  // Without root the rest would fail for this one reason.
  if (root.result !== 'ok') return [reached, root];
  const checks = [reached, root, ...commonChecks(plan, ref, facts, skew)];
  if (ref.role !== 'app') checks.push(...networkChecks(plan, ref, facts), ...trafficChecks(plan, ref, facts));
  if (ref.role === 'old' || ref.role === 'new') {
    checks.push(...nodeChecks(plan, ref, facts, Date.now()), await forwarding(plan, hosts, ref));
  }
  const app = plan.hosts.apps.find((one) => one.name === ref.name);
  if (app) {
    const { template } = app.config;
    checks.push(...appChecks(plan, app, facts, template && (await deps.secrets.resolve(template))));
  }
  return checks;
}

/** Connecting takes its time, which would pass for a clock that is wrong: then it is asked once more. */
async function look(plan: Plan, hosts: Hosts, ref: HostRef, chains: FrontChain[]): Promise<Look> {
  const once = async (): Promise<Look> => {
    const sent = Date.now();
    const result = await hosts.read(ref, preflightScript(plan, ref, chains), { timeoutSeconds: SCRIPT_SECONDS });
    const facts = new HostFacts(result.stdout);
    return { facts, result, skew: clockSkew(facts, sent, Date.now()) };
  };
  const first = await once();
  return first.skew && first.skew.plusMinus > DOUBT_SECONDS ? once() : first;
}

function unanswered({ name, ssh }: HostRef, { code, said }: NotBegun): Check {
  const why = excerpt(said);
  if (ssh.sudo && /sudo/.test(said)) {
    const remedy = `let ${ssh.user} use sudo without a password (a file in /etc/sudoers.d: \`${ssh.user} ALL=(ALL) NOPASSWD: ALL\`)`;
    return refused('root', name, `sudo refused: ${why}`, remedy);
  }
  const seen = `a script that only looks ended with exit code ${code}${why ? `: ${why}` : ''}`;
  const remedy = `see whether \`ssh ${ssh.user}@${ssh.address} sh -c true\` ends well: no start-up file of the login's shell may end it or read its input; \`sh\`, \`timeout\` and the commands of coreutils must work`;
  return refused('look', name, seen, remedy);
}

/** The certificates that the fronts will show; a host that does not give its own has a failed check of its own. */
async function frontChains(plan: Plan, hosts: Hosts): Promise<FrontChain[]> {
  const read = async ({ name, address }: Plan['hosts']['new'][number]): Promise<FrontChain[]> => {
    try {
      const chain = await hosts.ask(hostRef(plan, name), `cat ${quote(plan.front.certificate.chain)}`);
      return [{ host: name, address, chain: chain.trim() }];
    } catch (error) {
      if (error instanceof ApplicationFailure) return [];
      throw error;
    }
  };
  return (await pMap(plan.hosts.new, read, { concurrency: 16 })).flat();
}

/** OpenSSH's reason when its configuration or the key's options forbid a forward (RFC 4254, 5.1). */
const PROHIBITED = 1;

/** Elasticsearch is asked through the SSH connection: tried for real, since sshd and the key's options may forbid it. */
async function forwarding(plan: Plan, hosts: Hosts, ref: HostRef): Promise<Check> {
  const check = 'ssh-forwarding';
  const port = plan.elasticsearch.httpPort;
  const target = `${plannedNode(plan, ref.name).address}:${port}`;
  const error = await tryForward(hosts, ref, port);
  if (error === undefined) return passed(check, `${target} is reached through SSH`, ref.name);
  if (isNoAccess(error)) throw error;
  const { reason, message } = error as Error & { reason?: unknown };
  if (reason === PROHIBITED || /prohibited/i.test(message)) {
    const remedy = `set \`AllowTcpForwarding local\` for ${ref.ssh.user} in its sshd_config, and no \`restrict\`, \`no-port-forwarding\` or \`permitopen\` that forbids ${target} at its key`;
    return refused(check, ref.name, `its sshd forbids to reach ${target} through SSH (${message})`, remedy);
  }
  // On a new host nothing listens yet: a refused connection shows that it was allowed to try.
  if (ref.role === 'new' && /refused/i.test(message)) {
    return passed(check, `${target} may be asked through SSH; nothing listens there yet`, ref.name);
  }
  const remedy = 'see whether Elasticsearch answers there, by `curl` on the host itself';
  return refused(check, ref.name, `${target} does not answer through SSH (${message})`, remedy);
}

/** Asks through the SSH connection; any answer will do. @returns undefined when there was one */
function tryForward(hosts: Hosts, ref: HostRef, port: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const request = get({ agent: hosts.agent(ref), port, path: '/', timeout: FORWARD_MS }, (response) => {
      response.resume();
      resolve(undefined);
    });
    // A node that speaks TLS hangs up on plain http: it was reached all the same.
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve(request.reusedSocket || /socket hang up|Parse Error/i.test(error.message) ? undefined : error),
    );
    request.on('timeout', () => request.destroy(new Error(`no answer in ${FORWARD_MS / 1000} s`)));
  });
}
