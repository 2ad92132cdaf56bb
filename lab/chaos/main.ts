import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Narrator } from '../demo/narrator';
import { clearLeftProcesses } from '../../src/embedded/processes';
import { prepareTools } from '../demo/stage';
import { interruptSignal } from '../interrupt';
import { exitCodeOf } from '../setup/command';
import { CHAOS_OUT, DEMO_OUT } from '../paths';
import { publish, publishedResults } from '../record/page';
import { commit, storedResults } from '../record/stored';
import { byMinutes, byName, proven } from './choose';
import { PUBLISHED } from './markdown';
import { parseOptions, type ChaosOptions } from './options';
import type { ChaosResult } from './result';
import { runScenario } from './run';
import type { ChaosScenario } from './scenario';
import { SCENARIOS } from './scenarios';
import { RESULTS_OUT } from './stored';
import { table } from './table';

/** Results of the last call alone, for programs. */
const LAST = join(CHAOS_OUT, 'last.json');

function chosen(options: ChaosOptions): ChaosScenario[] {
  if (options.all) return SCENARIOS;
  if (options.minutes !== undefined) {
    const known = options.proven ? proven(SCENARIOS, publishedResults<ChaosResult>(PUBLISHED.record)) : SCENARIOS;
    return byMinutes(known, options.minutes, options.seed);
  }
  try {
    return byName(SCENARIOS, options.scenarios);
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exit(2);
  }
}

/** Ends what a run that was killed left; its lab is cleared by the next one that comes up. */
async function clearLeft(narrator: Narrator): Promise<void> {
  const there = existsSync(CHAOS_OUT) ? readdirSync(CHAOS_OUT, { withFileTypes: true }) : [];
  const folders = there.filter((entry) => entry.isDirectory()).map(({ name }) => join(CHAOS_OUT, name));
  for (const folder of [DEMO_OUT, ...folders]) {
    for (const left of await clearLeftProcesses(folder)) narrator.event(`stopped the ${left} that an earlier run left`);
  }
}

async function runAll(options: ChaosOptions, narrator: Narrator, signal: AbortSignal): Promise<ChaosResult[]> {
  await clearLeft(narrator);
  mkdirSync(CHAOS_OUT, { recursive: true });
  const tools = await prepareTools(options, narrator, signal);
  const { seed, docs, es } = options;
  const about = { seed, docs, es, commit: await commit() };
  const results: ChaosResult[] = [];
  const scenarios = chosen(options);
  for (const [index, scenario] of scenarios.entries()) {
    const keep = options.keep && index === scenarios.length - 1;
    results.push(await runScenario(scenario, { tools, about, narrator, signal, keep }));
  }
  return results;
}

function list(json: boolean): void {
  if (json) {
    const fields = ['name', 'about', 'strikes', 'expected', 'minutes'];
    process.stdout.write(`${JSON.stringify(SCENARIOS, fields, 2)}\n`);
    return;
  }
  for (const { name, about, strikes, expected, minutes } of SCENARIOS) {
    process.stdout.write(
      `${name.padEnd(36)} ${expected.padEnd(12)} about ${minutes} min\n    ${about}\n    strikes: ${strikes}\n`,
    );
  }
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv);
  const signal = interruptSignal();
  if (options.list) return (list(options.json), 0);
  if (options.publish) return (await publish(PUBLISHED, storedResults<ChaosResult>(RESULTS_OUT)), 0);
  const narrator = new Narrator(options.json ? process.stderr : process.stdout);
  try {
    const results = await runAll(options, narrator, signal);
    writeFileSync(LAST, `${JSON.stringify(results, null, 2)}\n`);
    narrator.part(`chaos with seed ${options.seed}`);
    (options.json ? process.stderr : process.stdout).write(`${table(results)}\n`);
    if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    return results.every(({ ok }) => ok) ? 0 : 1;
  } catch (error) {
    if (signal.aborted) return 130;
    narrator.result(false, (error as Error).message);
    return exitCodeOf(error);
  }
}

void main().then((code) => process.exit(code));
