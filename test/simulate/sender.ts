import type { OpenGate } from '../../src/contract/messages';
import type { Said } from './incidents';
import { JUNK } from './people';
import { chance } from './random';
import type { Rule } from './rules';
import type { Server } from './temporal/server';
import type { World } from './world/world';

/** Sends what a scenario says, when its time has come. */
export class Sender {
  /** A run was terminated, and somebody will clean up after it. */
  cleanUpComes = false;
  private calls = 0;
  private gates = 0;
  private current?: OpenGate;
  private readonly oldTokens: string[] = [];

  constructor(
    private readonly seed: number,
    private readonly said: Said[],
    private readonly server: Server,
    private readonly world: World,
    private readonly workflowId: string,
    private readonly plan: unknown,
    private readonly broken: (rule: Rule, what: string) => void,
  ) {}

  /** An activity was scheduled. */
  scheduled(): void {
    this.calls += 1;
    this.due('call', this.calls);
  }

  /** What a run shows now. */
  shown(gate: OpenGate | undefined): void {
    if (gate?.token === this.current?.token) return;
    if (this.current) this.oldTokens.push(this.current.token);
    this.current = gate;
    if (!gate) return;
    this.gates += 1;
    this.due('gate', this.gates);
  }

  private due(at: Said['at'], nth: number): void {
    for (const [i, one] of this.said.entries()) {
      if (one.at === at && one.nth === nth) this.server.clock.after(one.seconds * 1000, () => this.send(one, i));
    }
  }

  private send({ what, nth }: Said, i: number): void {
    const { server, workflowId, world } = this;
    const dice = chance(this.seed, 'send', what, nth, i);
    const by = dice < 0.5 ? 'carl' : 'Ann';
    const { gate = 'big-switch', token = 'none' } = this.current ?? {};
    switch (what) {
      case 'approve':
        return this.say('approve', { gate, token, by }, dice);
      case 'approve-old':
        return this.say('approve', { gate, token: this.oldTokens.at(-1) ?? token, by }, dice);
      case 'approve-wrong':
        return this.say('approve', { gate, token: '00000000', by }, dice);
      case 'approve-twice':
        this.say('approve', { gate, token, by: 'ann' }, dice);
        return this.say('approve', { gate, token, by: ' ANN ' }, dice);
      case 'reject':
        return this.say('reject', { gate, token, by, reason: 'not now' }, dice);
      case 'pause':
      case 'resume':
        return void server.signal(workflowId, what, { by });
      case 'throttle':
        return void server.signal(workflowId, what, { maxMBps: 1 + Math.round(dice * 50), by });
      case 'rollback':
        return this.say('rollback', { by, reason: 'back' }, dice);
      case 'junk': {
        const [name, arg] = JUNK[Math.floor(dice * JUNK.length)] ?? ['unknown', {}];
        return void server.signal(workflowId, name, arg);
      }
      case 'cancel':
        return server.cancel(workflowId);
      case 'terminate':
        return this.terminate(dice);
      case 'evict':
        return this.evict();
      case 'clients':
        return void world.untrue.set('nobody-connected', server.clock.now + dice * 7_200_000);
      case 'app-sick':
        return void world.untrue.set('app-works', server.clock.now + dice * 3_600_000);
      case 'new-index':
        world.indices += 1;
        return world.cluster.addIndex(
          `new-${world.indices}`,
          1,
          Math.min(1, world.old.length - 1, world.fresh.length - 1),
        );
    }
  }

  /** As a signal or as an update: they say the same. */
  private say(name: string, arg: object, dice: number): void {
    if ((dice * 100) % 2 < 1) this.server.signal(this.workflowId, name, arg);
    else this.server.update(this.workflowId, name, arg);
  }

  /** Whoever terminates a run cleans up after it. */
  private terminate(dice: number): void {
    const { server, workflowId } = this;
    if (!server.running(workflowId)) return;
    this.cleanUpComes = true;
    server.terminate(workflowId);
    server.clock.after(60_000 + dice * 600_000, () => {
      this.cleanUpComes = false;
      server.start('cleanUp', workflowId, [this.plan]);
    });
  }

  /** The worker restarts: each run is taken up from its history. */
  private evict(): void {
    this.server.say('(the worker restarts)');
    for (const execution of this.server.executions.values()) {
      if (execution.status !== 'running') continue;
      try {
        execution.evict();
      } catch (error) {
        this.broken('replays-as-it-went', `${execution.name}: ${(error as Error).stack}`);
      }
    }
  }
}
