import { bundlePage, PAGE_PATH } from '../../src/console/bundle-page';
import { ConsoleServer } from '../../src/console/server';
import { LiveSource } from '../../src/view/source';
import { startCliLab, type CliLab } from '../cli/support';
import { launchChromium } from '../console/browser';
import { LivingWorld, livingPlan } from '../view/living-world';
import { until, type Handle } from '../workflows/support/lab';
import { figuresOf, type Measured } from './figures';

/** Milliseconds between two samples of the world; so often the history grows too, and every look has to ask anew. */
const SAMPLE_MS = 500;
/** Copies that begin to move, or arrive, between two looks. */
const UNREST = 4;

/**
 * Measures what an operator waits for, on a real Temporal server, while the shards of a world in memory move: the command
 * `status`, one look at the live picture, and from that look to the painted page in a real Chromium.
 * @param shards shard groups, each with a primary and a replica
 * @param rounds how often each is measured
 */
export async function benchSeat(shards: number, rounds: number): Promise<Measured[]> {
  const lab = await startCliLab();
  try {
    const name = `bench-${shards}`;
    const world = new LivingWorld({ shards, everyMs: SAMPLE_MS });
    // Moves go on for as long as it is measured, whatever the number of shards.
    world.held = true;
    lab.worlds.set(`bigswitch-${name}`, world);
    const handle = (await lab.env.client.workflow.start('migrateCluster', {
      taskQueue: lab.taskQueue,
      workflowId: `bigswitch-${name}`,
      args: [{ ...livingPlan(), name }],
    })) as Handle;
    await until(handle, ({ progress }) => progress !== undefined);
    const status = await timed(rounds, async () => {
      const { code, stderr } = await lab.bigswitch(['status', name]);
      if (code !== 0) throw new Error(`status exited ${code}: ${stderr}`);
    });
    const { look, page } = await benchPage(lab, { workflowId: handle.workflowId, world, rounds });
    await handle.terminate('it is measured');
    return [
      figuresOf('`status`, connecting included', shards, status),
      figuresOf('one look at the live picture', shards, look),
      figuresOf('console: look, send, paint', shards, page),
    ];
  } finally {
    await lab.close();
  }
}

interface Looked {
  workflowId: string;
  world: LivingWorld;
  rounds: number;
}

async function benchPage(lab: CliLab, { workflowId, world, rounds }: Looked) {
  await bundlePage();
  const server = new ConsoleServer({ by: 'bench', port: 0, pageFolder: PAGE_PATH, say: async () => 'heard' });
  const source = new LiveSource(lab.env.client, workflowId);
  const browser = await launchChromium();
  try {
    server.show(await source.look());
    const page = await browser.newPage();
    await page.goto(await server.start());
    await page.waitForSelector('.cells i');
    const look: number[] = [];
    const all: number[] = [];
    for (let round = 0; round < rounds; round++) {
      stir(world, round);
      const before = Date.now();
      const view = await source.look();
      look.push(Date.now() - before);
      server.show({ ...view, doing: `round ${round}.` });
      const painted = await page.evaluate<number>(paintedAt(`round ${round}.`));
      all.push(painted - before);
    }
    return { look, page: all };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** What a page runs to tell when it shows this; its clock is this machine's. */
function paintedAt(wanted: string): string {
  return `new Promise((resolve) => {
    const look = () =>
      document.querySelector('.doing').textContent.includes('${wanted}')
        ? requestAnimationFrame(() => resolve(Date.now()))
        : requestAnimationFrame(look);
    look();
  })`;
}

/** A few copies begin to move, and those of the round before have arrived. */
function stir({ copies }: LivingWorld, round: number): void {
  for (let i = 0; i < UNREST; i++) {
    Object.assign(copies[((round - 1) * UNREST + i + copies.length) % copies.length] ?? {}, {
      state: 'STARTED',
      movingTo: undefined,
    });
    Object.assign(copies[(round * UNREST + i) % copies.length] ?? {}, { state: 'RELOCATING', movingTo: 'new-1' });
  }
}

async function timed(rounds: number, run: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  // The first one loads what all others find loaded.
  await run();
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  return times;
}
