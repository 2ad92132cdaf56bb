import type { Agent } from 'node:http';
import { isIPv4 } from 'node:net';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Secrets } from '../../secrets/secrets';
import type { Claim, Claimer } from '../../contract/claim';
import type { LedgerEntry, UndoResult } from '../../contract/ledger';
import type { Owner } from '../../contract/under';
import { plannedNode, type HostRef } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { excerpt, hostBusy, scriptFailed, stepFailed, unreachable } from '../errors';
import { givenUp, refusedByHost, type Fence, type MayAct } from '../fence';
import { ForwardAgent, ForwardTlsAgent } from './forward-agent';
import type { Hosts, Recorded, ScriptOptions, ScriptResult, UndoSelector } from '../hosts';
import { claimScript, readClaim, readRecorded, recordedScript, releaseScript, renewScript } from '../ledger/claim';
import { ANSWER, LOCK_BUSY, LOCK_SECONDS, type LedgerPlace } from '../ledger/place';
import { applyScript, forgetScript } from '../ledger/scripts';
import { undoScript } from '../ledger/undo-scripts';
import { readSaved, savedScript } from '../ledger/saved';
import { readUndoSeconds, undoSecondsScript } from '../ledger/undo-time';
import { keepScript, keptScript, readKept, unkeepScript } from '../ledger/records';
import { providerOf } from '../provider';
import { TIMED_OUT } from '../script';
import { envelope } from './envelope';
import { SshPool } from './pool';
import type { Trust } from '../shown-ca';
import type { HostStep } from '../step';

/** What hosts over SSH are made from. */
export interface SshHostsOptions {
  plan: Plan;
  secrets: Secrets;
  /** Name under which hosts keep their ledger: the plan's name. */
  migration: string;
  log: Logger;
  /** Called every few seconds while a script runs. */
  heartbeat?: () => void;
  /** Asked right before each script; default: nobody else can act, so nothing is asked and hosts are told nothing. */
  mayAct?: MayAct;
  /** Folder of all ledgers on a host; default `/var/lib/bigswitch`. */
  ledgerRoot?: string;
  /** Folder for lock files on a host; default `/run`, where root alone can put one, unlike in `/run/lock`. */
  lockFolder?: string;
  /** Seconds that a step waits for another one on the same host; default {@link LOCK_SECONDS}. */
  lockSeconds?: number;
  /** Seconds for the undo of all steps together that say nothing of their own time; default {@link UNDO_SECONDS}. */
  undoSeconds?: number;
  /** Seconds for connecting and logging in; default 15. */
  connectSeconds?: number;
}

const DEFAULT_SECONDS = 60;
const STEP_SECONDS = 120;
/**
 * Seconds for the undo of all steps together that say nothing of their own time: it may purge packages and stop services, one
 * after the other.
 */
export const UNDO_SECONDS = 900;
/** Exit codes above this one tell of a signal. */
const KILLED = 128;
/** The host ends a script by itself; the worker gives up this much later. */
const GRACE_SECONDS = 10;

const stepAnswer = z.union([
  z.object({ changed: z.boolean(), at: z.string() }),
  z.object({ failed: z.enum(['save', 'apply', 'verify']), code: z.number() }),
]);
const undoAnswer = z.union([
  z.object({ undone: z.string() }),
  z.object({ failed: z.literal('undo'), step: z.string(), code: z.number() }),
]);

/** The hosts of a plan, over SSH. See `Hosts`, and docs/ARCHITECTURE.md for the ledger's files. */
export function createSshHosts(options: SshHostsOptions): Hosts {
  return new SshHosts(options);
}

class SshHosts implements Hosts {
  private readonly pool: SshPool;
  private readonly place: LedgerPlace;
  private readonly agents = new Map<string, ForwardAgent | ForwardTlsAgent>();

  constructor(private readonly options: SshHostsOptions) {
    this.pool = new SshPool({
      ssh: options.plan.ssh,
      secrets: options.secrets,
      provider: providerOf(options.plan),
      readySeconds: options.connectSeconds ?? 15,
    });
    this.place = {
      root: options.ledgerRoot ?? '/var/lib/bigswitch',
      locks: options.lockFolder ?? '/run',
      migration: options.migration,
      ...(options.lockSeconds === undefined ? {} : { lockSeconds: options.lockSeconds }),
    };
  }

  async read(host: HostRef, script: string, options: ScriptOptions = {}): Promise<ScriptResult> {
    return this.run(host, script, options);
  }

  async ask(host: HostRef, script: string, options: ScriptOptions = {}): Promise<string> {
    return stdoutOf(host, await this.run(host, script, options), options);
  }

  async apply(host: HostRef, step: HostStep): Promise<LedgerEntry> {
    const script = applyScript(this.place, host.name, step, await this.fence());
    const timeoutSeconds = (step.timeoutSeconds ?? STEP_SECONDS) + LOCK_SECONDS;
    const what = `${host.name}: step ${step.id} (${step.summary})`;
    const result = await this.change(host, script, { timeoutSeconds, secrets: step.secrets }, what);
    const [last] = answers(result.stdout).slice(-1);
    const answer = stepAnswer.safeParse(last);
    const stderr = excerpt(result.stderr, step.secrets);
    if (!answer.success) {
      this.refuseUnknown(what, result);
      throw stepFailed(`${what} ended with exit code ${result.code} and no answer${stderr ? `: ${stderr}` : ''}`);
    }
    if ('failed' in answer.data) {
      throw stepFailed(
        `${what} failed in ${answer.data.failed} with exit code ${answer.data.code}${stderr ? `: ${stderr}` : ''}`,
      );
    }
    const { changed, at } = answer.data;
    this.options.log.info({ host: host.name, step: step.id, phase: step.phase, changed }, step.summary);
    return { host: host.name, phase: step.phase, step: step.id, summary: step.summary, changed, at };
  }

  async undo(host: HostRef, selector: UndoSelector = {}): Promise<UndoResult> {
    const said = readUndoSeconds(host.name, await this.ask(host, undoSecondsScript(this.place, selector)));
    const { undoSeconds = UNDO_SECONDS, lockSeconds = LOCK_SECONDS } = this.options;
    const script = undoScript(this.place, selector, await this.fence());
    const what = `${host.name}: undo`;
    const result = await this.change(host, script, { timeoutSeconds: lockSeconds + undoSeconds + said }, what);
    const undone: string[] = [];
    for (const line of answers(result.stdout)) {
      const answer = undoAnswer.parse(line);
      if ('failed' in answer) {
        throw stepFailed(
          `${what} of step ${answer.step} failed with exit code ${answer.code}: ${excerpt(result.stderr)}; its record is kept on the host under ${this.place.root}/${this.place.migration}/steps`,
        );
      }
      undone.push(answer.undone);
    }
    this.refuseUnknown(what, result);
    if (result.code !== 0) throw stepFailed(`${what} ended with exit code ${result.code}: ${excerpt(result.stderr)}`);
    this.options.log.info({ host: host.name, undone }, 'undone');
    return { host: host.name, undone };
  }

  async forget(host: HostRef): Promise<void> {
    await this.changeRecord(host, forgetScript(this.place, await this.fence()));
  }

  async claim(host: HostRef, claimer: Claimer, from?: string): Promise<Claim> {
    const claim = readClaim(await this.changeRecord(host, claimScript(this.place, claimer, from)));
    if (!claim) throw scriptFailed(`${host.name}: it was not told who holds it`);
    return claim;
  }

  async release(host: HostRef, owner: Owner): Promise<void> {
    await this.changeRecord(host, releaseScript(this.place, owner));
  }

  async renew(host: HostRef): Promise<void> {
    const fence = await this.fence();
    if (fence) await this.ask(host, renewScript(this.place, fence));
  }

  async recorded(host: HostRef): Promise<Recorded> {
    const timeoutSeconds = DEFAULT_SECONDS + LOCK_SECONDS;
    return readRecorded(host.name, await this.ask(host, recordedScript(this.place), { timeoutSeconds }));
  }

  async saved(host: HostRef, step: string): Promise<string | undefined> {
    return readSaved(host.name, await this.ask(host, savedScript(this.place, step)));
  }

  async keep(host: HostRef, name: string, record: unknown): Promise<void> {
    await this.changeRecord(host, keepScript(this.place, name, record, await this.fence()));
  }

  async kept(host: HostRef): Promise<Record<string, unknown>> {
    return readKept(host.name, await this.ask(host, keptScript(this.place)));
  }

  async unkeep(host: HostRef, name: string): Promise<void> {
    await this.changeRecord(host, unkeepScript(this.place, name, await this.fence()));
  }

  agent(host: HostRef, trust?: Trust): Agent {
    const key = JSON.stringify([host.name, trust]);
    const made = this.agents.get(key);
    if (made) return made;
    const isNode = host.role === 'old' || host.role === 'new';
    const address = isNode ? plannedNode(this.options.plan, host.name).address : host.ssh.address;
    if (!isIPv4(address)) throw unreachable(host.name, `"${address}" is not an address to forward to`);
    const forward = (port: number) => this.pool.forward(host, address, port);
    const agent = trust ? new ForwardTlsAgent(forward, address, trust) : new ForwardAgent(forward);
    this.agents.set(key, agent);
    return agent;
  }

  async close(): Promise<void> {
    for (const agent of this.agents.values()) agent.destroy();
    this.agents.clear();
    await this.pool.close();
  }

  /**
   * A step that never had its turn, or was killed, has not said no.
   * @throws ApplicationFailure HostBusy or ScriptFailed (retry)
   */
  private refuseUnknown(what: string, { code, stderr }: ScriptResult): void {
    if (code === LOCK_BUSY) throw hostBusy(`${what} had to wait too long: ${excerpt(stderr)}`);
    if (code === null || code > KILLED) throw scriptFailed(`${what} was killed on the host (exit code ${code})`);
  }

  /** Under what a script changes a host. @throws ApplicationFailure GivenUp when the activity says nothing of that */
  private async fence(): Promise<Fence | undefined> {
    const { mayAct } = this.options;
    if (mayAct === undefined) return undefined;
    const fence = await mayAct();
    if (fence === undefined) throw givenUp('it was not told under what it may change a host');
    return fence;
  }

  /** Runs a script that carries its fence. @throws ApplicationFailure GivenUp or NotHeld when the host refused it */
  private async change(host: HostRef, script: string, options: ScriptOptions, what?: string): Promise<ScriptResult> {
    const result = await this.run(host, script, options, what);
    const refusal = refusedByHost(host.name, result.code, result.stderr);
    if (refusal) throw refusal;
    return result;
  }

  /** Changes what the ledger keeps, after whoever holds its lock. */
  private async changeRecord(host: HostRef, script: string): Promise<string> {
    const options = { timeoutSeconds: DEFAULT_SECONDS + LOCK_SECONDS };
    return stdoutOf(host, await this.change(host, script, options), options);
  }

  /** Runs a script in its envelope; a time-out is an error, any other exit code of the script's own is a result. */
  private async run(
    host: HostRef,
    script: string,
    options: ScriptOptions,
    what = `${host.name}: a script`,
  ): Promise<ScriptResult> {
    const seconds = options.timeoutSeconds ?? DEFAULT_SECONDS;
    const begun = Date.now();
    const beat = setInterval(() => {
      try {
        this.options.heartbeat?.();
      } catch {
        // A cancelled activity is told so by Temporal; a throw from a timer would end the worker.
      }
    }, 5_000);
    try {
      const sent = envelope(host, script, options.secrets, seconds);
      const result = await this.pool.exec(host, sent.command, sent.stdin, {
        timeoutSeconds: seconds + GRACE_SECONDS,
        fresh: options.freshConnection,
        end: sent.end,
        before: this.options.mayAct,
      });
      // A script's own last command may end with the same code, but not so late.
      if (result.code === TIMED_OUT && Date.now() - begun >= seconds * 1000 - 500) {
        throw scriptFailed(
          `${what} was ended on the host after ${seconds} s: ${excerpt(result.stderr, options.secrets)}`,
        );
      }
      return sent.open(result);
    } finally {
      clearInterval(beat);
    }
  }
}

/** @throws ApplicationFailure ScriptFailed unless it exited 0 */
function stdoutOf(host: HostRef, { code, stdout, stderr }: ScriptResult, { secrets }: ScriptOptions): string {
  if (code === 0) return stdout;
  throw scriptFailed(`${host.name}: a script ended with exit code ${code}: ${excerpt(stderr, secrets)}`);
}

/** The JSON objects with which a ledger script answered. */
function answers(stdout: string): unknown[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith(`${ANSWER} `))
    .map((line) => {
      try {
        return JSON.parse(line.slice(ANSWER.length + 1)) as unknown;
      } catch {
        return undefined;
      }
    });
}
