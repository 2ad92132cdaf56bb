import { mkdirSync, rmSync } from 'node:fs';
import { interruptSignal } from '../interrupt';
import { publish } from '../record/page';
import { storedResults } from '../record/stored';
import { exitCodeOf } from '../setup/command';
import { COMPOSE_DEMO_OUT, DEMO_OUT, DEMO_RESULTS } from '../paths';
import { Cleanup } from './cleanup';
import { Narrator } from './narrator';
import { parseOptions, type DemoOptions } from './options';
import { clearLeftProcesses } from '../../src/embedded/processes';
import { prepareComposeStage, prepareStage, prepareTools, type Stage } from './stage';
import { migrateAndJudge } from './migration';
import { keepResult, PUBLISHED, type DemoResult } from './result';
import { showRefusals } from './refusals';

async function demo(options: DemoOptions, narrator: Narrator, cleanup: Cleanup, signal: AbortSignal): Promise<boolean> {
  for (const left of await clearLeftProcesses(DEMO_OUT)) {
    narrator.event(`stopped the ${left} that an earlier run had left`);
  }
  const out = options.compose ? COMPOSE_DEMO_OUT : DEMO_OUT;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const tools = await prepareTools(options, narrator, signal);
  const prepare = options.compose ? prepareComposeStage : prepareStage;
  const stage: Stage = await prepare({ tools, options, out, narrator, cleanup, signal });
  const refused = options.refusals ? await showRefusals(stage, narrator, signal) : true;
  const judged = await migrateAndJudge(stage, options, narrator, signal);
  await keepResult(stage, options, judged);
  return refused && judged.broken.length === 0;
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv);
  if (options.publish) return (await publish(PUBLISHED, storedResults<DemoResult>(DEMO_RESULTS)), 0);
  const narrator = new Narrator(options.json ? process.stderr : process.stdout);
  const signal = interruptSignal();
  const cleanup = new Cleanup();
  let code: number;
  try {
    code = (await demo(options, narrator, cleanup, signal)) ? 0 : 1;
  } catch (error) {
    code = signal.aborted ? 130 : exitCodeOf(error);
    if (!signal.aborted) narrator.result(false, (error as Error).message);
  }
  if (options.keep && !signal.aborted) {
    narrator.part('kept up, as asked; bring it down with: scripts/lab down (it stops Temporal and the worker too)');
    cleanup.forget();
  } else {
    await narrator.timed('bringing everything down', () => cleanup.run(narrator));
  }
  return code;
}

void main().then((code) => process.exit(code));
