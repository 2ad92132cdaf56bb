import { clearLine, cursorTo } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../contract/messages';
import { duration } from '../text/format';
import { cut } from '../text/harmless';
import { progressFigures } from '../workflows/state/details';
import { CliError, EXIT } from './exit';
import { note, noteMoving, type Io } from './io';
import type { Server } from './server';

const LOOK_EVERY_MS = 500;
/** Without an answer for this long, the person is told. */
const SILENCE_MS = 20_000;

/** How an execution ended: Temporal's word, and the last status that it gave. */
export interface Followed {
  execution: string;
  status?: Status;
}

/**
 * Tells how a run goes until it has ended: one line for each change, and on a terminal one that moves, with the time left.
 * @param onChange is called with each new status
 * @throws CliError INTERRUPTED on Ctrl-C: the run goes on
 */
export async function follow(
  { io, server }: { io: Io; server: Server },
  workflowId: string,
  onChange: (status: Status) => void = () => undefined,
): Promise<Followed> {
  const handle = server.client.workflow.getHandle(workflowId);
  const teller = new Teller(io);
  const begun = Date.now();
  let status: Status | undefined;
  let answeredAt = begun;
  for (;;) {
    const { name: execution } = (await handle.describe()).status;
    // Before the first workflow task, and while a worker restarts, there is no answer: the next look will have one.
    const answer = await server.ask(() => handle.query<Status>('status')).catch(() => undefined);
    if (answer) {
      answeredAt = Date.now();
      if (answer.doing !== status?.doing || answer.phase !== status.phase) teller.line(lineOf(answer, begun));
      onChange(answer);
      status = answer;
    }
    const silent = Date.now() - answeredAt;
    if (silent > SILENCE_MS) teller.moving(`no answer from a worker for ${duration(silent / 1000)}; is one running?`);
    else if (status) teller.moving(movingLine(status, begun));
    if (execution !== 'RUNNING') {
      teller.end();
      return { execution, status };
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: io.signal }).catch(() => {
      teller.end();
      throw new CliError(
        EXIT.INTERRUPTED,
        `${workflowId} goes on without this command.`,
        'Look at it: `bigswitch status`.',
      );
    });
  }
}

function lineOf({ phase, doing }: Status, begun: number): string {
  return `${clock(begun)}  ${phase}: ${doing}`;
}

function movingLine({ phase, doing, progress }: Status, begun: number): string {
  const figures = progress ? `, ${progressFigures(progress)}` : '';
  return `${clock(begun)}  ${phase}: ${doing}${figures}`;
}

function clock(begun: number): string {
  const seconds = Math.floor((Date.now() - begun) / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Lines on standard error, and below them on a terminal one that moves. */
class Teller {
  private shown = false;

  constructor(private readonly io: Io) {}

  line(text: string): void {
    this.end();
    note(this.io, text);
  }

  moving(text: string): void {
    if (!this.io.interactive) return;
    this.end();
    noteMoving(this.io, cut(text, this.io.columns - 1));
    this.shown = true;
  }

  end(): void {
    if (!this.shown) return;
    clearLine(this.io.stderr, 0);
    cursorTo(this.io.stderr, 0);
    this.shown = false;
  }
}
