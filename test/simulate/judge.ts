import type { OpenGate, Status } from '../../src/contract/messages';
import { TELLING_STEPS } from '../../src/contract/ledger';
import type { GateName } from '../../src/contract/phases';
import { payloadConverter } from '../../src/workflows/payload-converter';
import { changes } from './attempts';
import { commandsIn } from './people';
import type { ActivityCall } from './temporal/activities';
import type { Execution } from './temporal/execution';
import type { Job } from './temporal/sandbox';
import type { Rule } from './rules';
import type { Server } from './temporal/server';
import { Words } from './words';
import { clusterFree, isAsBefore, networkGone } from './world/ended';
import type { World } from './world/world';

/** A rule that was broken. */
export interface Violation {
  rule: Rule;
  what: string;
}

/** Beside everything, and without a change to what is migrated but the throttle. */
const ASIDE = ['observe', 'setThrottle', 'notify', 'registered'];
/** What moves apps or quorum, or belongs to that. */
const SWITCHING = ['switchApp', 'watchApps', 'moveQuorum', 'setThrottle'];
const LARGEST_PAYLOAD = 2 * 2 ** 20;
const LONGEST_HISTORY = 51_200;
/** Events in which a run must have gone on in a new one after it was told to. */
const GOES_ON_WITHIN = 1_500;

/** Looks at everything that happens, from outside, and says which promise was broken. */
export class Judge {
  readonly violations: Violation[] = [];
  private readonly words: Words;
  private status?: Status;
  /** Who has paused and not gone on since. */
  private readonly holders = new Set<string>();

  constructor(
    private readonly server: () => Server,
    readonly world: World,
    private readonly workflowId: string,
  ) {
    this.words = new Words(world.plan, (rule, what) => this.broken(rule, what));
  }

  /** The gate that was shown last, while it is open. */
  get gate(): OpenGate | undefined {
    return this.status?.gate;
  }

  /** Notes a broken rule, once. */
  broken(rule: Rule, what: string): void {
    this.server().say(`BROKEN ${rule}: ${what}`);
    if (!this.violations.some((one) => one.rule === rule)) this.violations.push({ rule, what });
  }

  /** What a run was told in a task, before what it wants done begins. */
  told(execution: Execution, jobs: Job[]): void {
    if (execution.name !== this.workflowId) return;
    for (const job of jobs) {
      const message = job.signalWorkflow ?? job.doUpdate;
      const name = job.signalWorkflow?.signalName ?? job.doUpdate?.name ?? '';
      const isNew = job.initializeWorkflow && !execution.info.continuedFromExecutionRunId;
      if (isNew || job.cancelWorkflow) this.holders.clear();
      if (!message) continue;
      const arg = argOf(message.input?.[0]);
      const holds = this.holders.size > 0 || this.status?.paused === true || this.status?.blocked !== undefined;
      if (name === 'resume' && holds) this.words.wentOn(this.server().clock.now);
      this.holdsOf(name, arg);
      this.words.said(name, arg, this.server().clock.now, this.status?.gate);
    }
  }

  /** Each person's hold is their own; who says so ends all of them. */
  private holdsOf(name: string, { by, all }: Record<string, unknown>): void {
    if (name === 'rollback' || (name === 'resume' && all === true)) this.holders.clear();
    if (typeof by !== 'string' || by.trim() === '') return;
    const person = by.trim().toLowerCase();
    if (name === 'resume') this.holders.delete(person);
    if (name === 'pause') this.holders.add(person);
  }

  /** An activity was asked for. */
  scheduled({ execution, name, input, seq }: ActivityCall): void {
    const { world } = this;
    const { host = '', gate } = (input ?? {}) as { host?: string; gate?: GateName };
    this.server().say(
      `${execution.name}: ${name} ${name === 'writeReport' ? '' : JSON.stringify(input ?? null).slice(0, 160)} (${seq})`,
    );
    const now = this.server().clock.now;
    if (name === 'gatherEvidence' && gate) this.words.asked(gate, seq, now);
    if (!changes(name)) return;
    const parentIsHeld = execution.name === this.workflowId && this.holders.size > 0;
    if (parentIsHeld && !this.status?.outcome.match(/failed|nothing/))
      this.broken('pause-holds', `${name} ${host} begins while the run is paused`);
    const first = this.firstChangeOf(name, host);
    if (first) this.words.acts(first, now, this.holders.size > 0);
    const apps = world.appSide();
    const ofSwitch = SWITCHING.includes(name) || (name === 'undoHost' && world.apps.includes(host));
    if (ofSwitch || execution.info.workflowType === 'cleanUp') return;
    if (apps === 'both') {
      this.broken('apps-on-one-side', `${name} ${host} begins while apps are on both sides`);
    }
    const quorum = world.quorumSide();
    if ((apps === 'old' && quorum === 'new') || (apps === 'new' && quorum === 'old')) {
      this.broken('quorum-with-apps', `${name} ${host} begins while apps are ${apps} and the quorum ${quorum}`);
    }
  }

  /** An activity has looked at the world, or changed it. */
  acted({ name, input, seq, execution }: ActivityCall, result: unknown): void {
    const { world } = this;
    if (name === 'gatherEvidence' && execution.name === this.workflowId) {
      const { gate, holds } = result as { gate: GateName; holds: boolean };
      this.words.answered(gate, seq, holds);
    }
    if (!changes(name)) return;
    const what = `${name} ${JSON.stringify(input ?? null)}`;
    const lost = world.cluster.lost();
    if (lost.length > 0) this.broken('a-copy-of-all', `after ${what} no copy is left of ${lost.join(', ')}`);
    const members = world.members();
    const apart = world.old.flatMap((old) => world.fresh.map((fresh) => [old, fresh] as const));
    const cut = apart.find(
      ([old, fresh]) => members.includes(old) && members.includes(fresh) && !world.reach(old, fresh),
    );
    if (cut) this.broken('nodes-reach-each-other', `after ${what} ${cut.join(' and ')} do not reach each other`);
    if (world.quorumSide() === 'none') this.broken('a-quorum', `after ${what} no node has a vote`);
    const onFronts = world.appsOnFronts.size > 0;
    if (onFronts && !world.fresh.every((host) => world.things.has(`${host}/haproxy`) && members.includes(host))) {
      this.broken('apps-are-served', `after ${what} apps use fronts that are not there`);
    }
    if (world.appSide() !== 'new' && !world.old.some((host) => members.includes(host))) {
      this.broken('apps-are-served', `after ${what} apps use old nodes, and none is there`);
    }
  }

  /** A node was stopped. */
  stopped(host: string, copies: number): void {
    if (copies > 0) this.broken('stopped-only-when-empty', `${host} was stopped with ${copies} shards on it`);
  }

  /** A workflow task was done. */
  afterTask(execution: Execution): void {
    if (execution.status === 'running') this.bounds(execution);
    if (execution.name !== this.workflowId || execution.status !== 'running') return;
    const status = this.server().read(execution.query('status')) as Status;
    this.status = status;
    this.words.shown(status.gate);
    if (status.doing === '') this.broken('says-what-it-does', 'status says nothing');
    if (status.gate && this.world.appSide() === 'both') {
      this.broken('apps-on-one-side', `gate ${status.gate.gate} is open while apps are on both sides`);
    }
    const commands = commandsIn(execution.currentDetails);
    const shows = (name: string, token?: string) =>
      commands.some((one) => one.name === name && (!token || one.input.token === token));
    if (status.outcome !== 'running') return;
    if (status.gate?.evidence.holds && !shows('approve', status.gate.token))
      this.broken('a-command-that-works', 'no command to approve');
    if ((status.blocked !== undefined || status.paused) && !shows('resume'))
      this.broken('a-command-that-works', 'no command to go on');
    if (status.blocked === undefined) return;
    const busy = this.server()
      .underWay(execution)
      .filter(({ name }) => !ASIDE.includes(name));
    const drains = this.world.old.filter((host) => this.server().running(`${this.workflowId}-drain-${host}`));
    if (busy.length > 0 || drains.length > 0) {
      const what = [...busy.map(({ name }) => name), ...drains.map((host) => `the drain of ${host}`)];
      this.broken('blocked-means-nothing-under-way', `it says that it is blocked, and ${what.join(', ')} goes on`);
    }
  }

  /** A person looks: either something is under way, or the run says what it waits for. */
  looked(execution: Execution): void {
    const { status } = this;
    if (!status || execution.taskComing || execution.pending.length > 0 || status.outcome !== 'running') return;
    // A watch that is being ended is waited for.
    const busy = this.server()
      .underWay(execution)
      .some((call) => call.cancelRequested || !ASIDE.includes(call.name));
    const child = [...execution.children.values()].some(
      ({ name }) => this.server().running(name)?.info.workflowType === 'drainNode',
    );
    if (busy || child || execution.info.workflowType === 'cleanUp') return;
    if (!status.gate && !status.paused && status.blocked === undefined) {
      this.broken('says-what-it-waits-for', `nothing is under way, and it says only "${status.doing}"`);
    }
  }

  /** A payload came by. */
  payload(what: string, bytes: number): void {
    if (bytes > LARGEST_PAYLOAD) this.broken('within-limits', `${what}: ${bytes} bytes`);
  }

  /** The run has ended, in the way that its last status said. */
  ended({ name, status, failure }: Execution, outcome: string): void {
    const { world } = this;
    if (name !== this.workflowId || status === 'continued' || status === 'terminated') return;
    const left = world.left();
    if (left.length > 0) this.broken('nothing-of-ours-left', `${outcome}, and left: ${left.slice(0, 5).join(', ')}`);
    if (outcome === 'migrated') {
      const ok = world.appSide() === 'new' && world.quorumSide() === 'new' && clusterFree(world) && networkGone(world);
      if (!ok || world.old.some((host) => world.members().includes(host))) {
        this.broken('migrated-is-migrated', `apps ${world.appSide()}, quorum ${world.quorumSide()}`);
      }
    } else if (outcome !== 'nothing-left' || !failure) {
      const other = isAsBefore(world);
      if (other.length > 0) this.broken('ends-where-it-began', `${outcome}: ${other.slice(0, 5).join(', ')}`);
    }
  }

  /** The gate whose first change this is: until then it was only looked at. */
  private firstChangeOf(name: string, host: string): GateName | undefined {
    const { world } = this;
    if (name === 'switchApp')
      return [...world.things].some((thing) => thing.endsWith(`/${TELLING_STEPS.APP_SWITCHED}`))
        ? undefined
        : 'big-switch';
    if (name === 'excludeNode' && world.old.includes(host)) {
      return world.things.has(`cluster/exclude-${host}`) ? undefined : `drain:${host}`;
    }
    return name === 'markTeardown' && !world.tearingDown ? 'teardown' : undefined;
  }

  private bounds({ name, events, suggestedAt }: Execution): void {
    if (events > LONGEST_HISTORY) this.broken('within-limits', `${name}: ${events} events`);
    if (suggestedAt !== undefined && events - suggestedAt > GOES_ON_WITHIN) {
      this.broken(
        'goes-on-in-a-new-run',
        `${name}: ${events - suggestedAt} events after it was told to go on in a new run`,
      );
    }
  }
}

function argOf(payload: unknown): Record<string, unknown> {
  const value: unknown = payload && payloadConverter.fromPayload(payload);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
