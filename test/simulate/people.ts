import { chance } from './random';
import type { Server } from './temporal/server';

const COMMAND = /temporal workflow signal --workflow-id (\S+) --name (\S+) --input '(.*)'/g;
/** A word takes its time; now and then a night. */
const LOOKS_EVERY_MS = 4 * 60_000;

/** A command as it stands in the details of a run, ready to copy. */
export interface CopiedCommand {
  workflowId: string;
  name: string;
  input: Record<string, unknown>;
}

/** The commands that a run shows. */
export function commandsIn(details: string): CopiedCommand[] {
  return [...details.matchAll(COMMAND)].map(([, workflowId = '', name = '', input = '{}']) => ({
    ...{ workflowId, name, input: JSON.parse(input.replaceAll(`'\\''`, `'`)) as Record<string, unknown> },
  }));
}

/**
 * Two people who look now and then, and do what the run asks for by the very commands that it shows: they approve what can be
 * approved, and let it go on when it holds. With them every run must come to its end.
 */
export class PatientPeople {
  private looks = 0;

  constructor(
    private readonly seed: number,
    private readonly server: Server,
    private readonly workflowId: string,
    private readonly beforeLook: () => void,
  ) {}

  /** Begins to look. */
  begin(): void {
    this.looks += 1;
    const wait = LOOKS_EVERY_MS * (0.1 + chance(this.seed, 'look', this.looks) * 2);
    this.server.clock.after(wait, () => {
      this.look();
      this.begin();
    });
  }

  private look(): void {
    const { server, workflowId } = this;
    const run = server.running(workflowId);
    if (!run) return;
    this.beforeLook();
    const commands = commandsIn(run.currentDetails);
    const by = this.looks % 2 === 0 ? 'ann' : 'bob';
    // The last one ends everybody's hold, where people hold it.
    const act = commands.findLast(({ name }) => name === 'resume') ?? commands.find(({ name }) => name === 'approve');
    if (!act) return;
    server.signal(act.workflowId, act.name, { ...act.input, by });
  }
}

/** Things that are no message. */
export const JUNK: [name: string, arg: unknown][] = [
  ['approve', null],
  ['approve', new Uint8Array([0xff, 0x7b])],
  ['approve', { gate: 'big-switch', token: '', by: 'eve' }],
  ['reject', { gate: 'x'.repeat(5000), token: 'y', by: 'eve', reason: 'z' }],
  ['pause', { by: '' }],
  ['resume', 42],
  ['throttle', { maxMBps: -1 }],
  ['rollback', 'now'],
  ['drainNews', { host: 'old-1', stopping: 'no' }],
  ['drainNews', { host: 'old-1', progress: { ...negative() } }],
  ['notTold', { id: 1 }],
  ['tried', { tries: [{ activity: 'drain', scheduled: 'soon', attempt: 1e9, why: '', next: '' }] }],
  ['drainTries', { host: 'old-1', run: 'none', trying: [] }],
  ['unknown', {}],
];

function negative() {
  return { done: false, shardsTotal: 1, shardsLeft: -1, bytesTotal: 1, bytesLeft: -1, bytesPerSecond: -1 };
}
