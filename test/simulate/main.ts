import { fork } from 'node:child_process';
import { join } from 'node:path';
import { inWords, scenarioOf } from './incidents';
import { simulateCommand, type SimulateOptions } from './options';
import { findMutants } from './find-mutants';
import { sandboxOf, type Played } from './play';
import { RULES, type Rule } from './rules';
import { asTest, shrink } from './shrink';
import { simulate } from './simulate';

/** Seeds that are named of each broken rule. */
const NAMED = 10;

async function main(): Promise<number> {
  const command = simulateCommand().exitOverride();
  const options = command.parse().opts<SimulateOptions>();
  const { from, to } = options.seeds;
  const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  if (options.mutants) return findMutants(seeds, options.planSize);
  const began = Date.now();
  const all = await played(seeds, options);
  const minutes = (Date.now() - began) / 60_000;
  const broken = brokenRules(all);
  const shrunk = options.shrink ? await shrunkTests(broken, options.planSize) : {};
  if (options.json) {
    console.log(JSON.stringify({ seeds: seeds.length, minutes, broken, shrunk, played: all }, null, 2));
  } else {
    for (const { trace, seed } of all) if (trace) console.log(`Seed ${seed}\n${trace.join('\n')}\n`);
    tell(all, minutes, broken);
    for (const [rule, test] of Object.entries(shrunk)) console.log(`\n${rule}, as small as it gets:\n\n${test}`);
  }
  return Object.keys(broken).length > 0 ? 1 : 0;
}

/** Plays in several processes; each has every so-manieth seed. */
async function played(seeds: number[], { jobs, planSize, trace }: SimulateOptions): Promise<Played[]> {
  const all: Played[] = [];
  const shares = Array.from({ length: Math.min(jobs, seeds.length) }, (_, i) =>
    seeds.filter((_seed, j) => j % jobs === i),
  );
  await Promise.all(
    shares.map(
      (share) =>
        new Promise<void>((resolve, reject) => {
          const player = fork(join(__dirname, 'play.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
          player.on('message', (one) => void all.push(one as Played));
          player.once('error', reject);
          player.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a player ended with ${code}`))));
          player.send({ seeds: share, planSize, trace });
        }),
    ),
  );
  return all.sort((a, b) => a.seed - b.seed);
}

type Broken = Partial<Record<Rule, { seeds: number[]; first: string }>>;

function brokenRules(all: Played[]): Broken {
  const broken: Broken = {};
  for (const { seed, violations } of all) {
    for (const { rule, what } of violations) (broken[rule] ??= { seeds: [], first: what }).seeds.push(seed);
  }
  return broken;
}

async function shrunkTests(broken: Broken, planSize: number): Promise<Record<string, string>> {
  const sandbox = await sandboxOf();
  const tests = Object.entries(broken).map(([name, { seeds }]) => {
    const rule = name as Rule;
    const whole = scenarioOf(seeds[0] ?? 0, planSize);
    const least = shrink(whole, (one) =>
      simulate(one, sandbox).violations.some((violation) => violation.rule === rule),
    );
    const words = least.incidents.map((incident) => `// ${inWords(incident)}`);
    return [rule, [...words, asTest(rule, least)].join('\n')];
  });
  return Object.fromEntries(tests) as Record<string, string>;
}

function tell(all: Played[], minutes: number, broken: Broken): void {
  const ends = new Map<string, number>();
  for (const { ended } of all) ends.set(ended, (ends.get(ended) ?? 0) + 1);
  const counts = [...ends].map(([end, count]) => `${count} ${end || 'not ended'}`).join(', ');
  const days = all.reduce((sum, { seconds }) => sum + seconds, 0) / 86_400;
  console.log(`${all.length} migrations (${counts}), ${days.toFixed(0)} days of theirs, in ${minutes.toFixed(1)} min:`);
  console.log(`${(all.length / minutes).toFixed(0)} seeds a minute.`);
  if (Object.keys(broken).length === 0) console.log('Every promise was kept.');
  for (const [rule, { seeds, first }] of Object.entries(broken)) {
    const more = seeds.length > NAMED ? ` and ${seeds.length - NAMED} more` : '';
    console.log(
      `\nBROKEN ${rule}: ${RULES[rule as Rule]}\n  seeds ${seeds.slice(0, NAMED).join(', ')}${more}\n  ${first}`,
    );
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isUsage = error instanceof Error && error.constructor.name === 'CommanderError';
    if (!isUsage) console.error(error);
    process.exitCode = isUsage ? 2 : 3;
  },
);
