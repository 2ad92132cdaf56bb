import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeWorld } from '../workflows/support/fake-world';
import { devServer, startLab, withMigration, type Handle, type Lab } from '../workflows/support/lab';
import { planInput } from '../workflows/support/plan';
import { run, type Ran, type RunOptions } from './terminal';

/** The program on a real Temporal dev server, whose migrations act on worlds in memory. */
export interface CliLab extends Lab {
  /** Holds the files that tests make; gone when the lab is closed. */
  folder: string;
  /** Runs `bigswitch` against the server. */
  bigswitch(argv: string[], options?: RunOptions): Promise<Ran>;
  /** Runs a test against a migration of this name; it is ended when the test is over. */
  migration(name: string, test: (handle: Handle, world: FakeWorld) => Promise<void>, change?: object): Promise<void>;
  /** A world for the migration of this name, which the test starts by itself. */
  worldOf(name: string): { world: FakeWorld; handle: Handle };
  /** Writes a plan of this name. @returns its path */
  planFile(name: string, change?: object): string;
}

/** Starts it; `close` stops everything. */
export async function startCliLab(extraArgs: string[] = []): Promise<CliLab> {
  const lab = await startLab(devServer(extraArgs));
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-cli-'));
  return {
    ...lab,
    folder,
    bigswitch: (argv, options) => run(['--address', lab.env.address, ...argv], options),
    migration(name, test, change = {}) {
      const input = planInput({ name, ...change });
      const world = new FakeWorld(input);
      return withMigration(lab, { world, input, workflowId: `bigswitch-${name}` }, (handle) => test(handle, world));
    },
    worldOf(name) {
      const world = new FakeWorld(planInput({ name }));
      lab.worlds.set(`bigswitch-${name}`, world);
      return { world, handle: lab.env.client.workflow.getHandle(`bigswitch-${name}`) as Handle };
    },
    planFile(name, change = {}) {
      const path = join(folder, `${name}.json`);
      writeFileSync(path, JSON.stringify({ ...planInput({ name }), ...change }));
      return path;
    },
    async close() {
      await lab.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The list of migrations comes a moment after the migrations themselves. @param flags such as `--all` */
export async function untilListed(lab: CliLab, text: RegExp, flags: string[] = []): Promise<string> {
  for (let i = 0; i < 100; i++) {
    const { stdout } = await lab.bigswitch(['list', ...flags]);
    if (text.test(stdout)) return stdout;
  }
  throw new Error(`${text} is not listed`);
}

/** What changes from run to run, replaced. */
export function stable(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
    .replaceAll(/\b\d+(\.\d)? (ms|s)\b +/g, 'SPAN ')
    .replaceAll(/\b\d+(\.\d)? (ms|s)$/gm, 'SPAN')
    .replaceAll(/token [0-9a-f]{8}/g, 'token TOKEN');
}
