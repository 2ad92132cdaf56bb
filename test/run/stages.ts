import { countAssertions, countJest, countScenarios, type Count } from './counts';

/** One stage of scripts/test: a program that must exit 0, and what its output counts for beside itself. */
export interface Stage {
  name: string;
  /** What it proves, for `--list`. */
  about: string;
  command: [program: string, ...args: string[]];
  /** Stages without which it can't run; where one of them failed, this one counts as failed. */
  needs: string[];
  /** After so many minutes it counts as failed: a hanging stage proves nothing. */
  limitMinutes: number;
  /** Left out with `--fast`. */
  slow?: boolean;
  /** Files that an earlier run left, and that must not be taken for this run's. */
  stale?: string[];
  /** What it counts for beside itself. */
  count?: () => Count;
}

/** Folder for logs and results, seen from the root of the repository. */
export const OUT = 'out/test';

const bin = (name: string) => `node_modules/.bin/${name}`;

/** Which stage runs a test file; the first pattern that fits. Every file runs in exactly one. */
export const JEST_STAGES = [
  { name: 'real', pattern: /\.real\.test\.ts$/, about: 'tests against real Elasticsearch, HAProxy and SSH' },
  {
    name: 'workflows',
    pattern: /^test\/(workflows|replay|worker|telemetry)/,
    about: 'workflows with time skipping, and replay',
  },
  { name: 'unit', pattern: /./, about: 'unit tests' },
] as const;

function jestStage(name: 'unit' | 'workflows' | 'real', args: string[], needs: string[]): Stage {
  const result = `${OUT}/${name}.json`;
  return {
    name,
    about: JEST_STAGES.find((stage) => stage.name === name)?.about ?? '',
    // The runner hands over the files, so that this list and what runs can't differ.
    command: [bin('jest'), '--ci', '--json', `--outputFile=${result}`, ...args, '--runTestsByPath'],
    needs,
    limitMinutes: 30,
    stale: [result],
    count: () => countJest(result),
  };
}

/** Every stage in the order in which it runs. */
export const STAGES: Stage[] = [
  {
    name: 'setup',
    about: 'installs what is missing on this machine',
    command: ['./scripts/setup', '--for-tests'],
    needs: [],
    limitMinutes: 40,
  },
  {
    name: 'format',
    about: 'prettier',
    command: [bin('prettier'), '--check', '--log-level', 'warn', '.'],
    needs: [],
    limitMinutes: 5,
  },
  {
    name: 'lint',
    about: 'eslint without a warning, and which way imports run',
    command: ['npm', 'run', '--silent', 'lint'],
    needs: [],
    limitMinutes: 10,
  },
  {
    name: 'types',
    about: 'TypeScript, of the program and of the page',
    command: ['npm', 'run', '--silent', 'typecheck'],
    needs: [],
    limitMinutes: 10,
  },
  {
    name: 'build',
    about: 'dist/ and the workflow bundle',
    command: ['npm', 'run', '--silent', 'build'],
    needs: [],
    limitMinutes: 10,
  },
  jestStage('unit', ['--maxWorkers=2'], []),
  // They wait for their servers most of the time, and one file takes as long as all others together.
  jestStage('workflows', ['--maxWorkers=2'], ['setup']),
  // Real servers with much memory: one file after the other.
  jestStage('real', ['--runInBand'], ['setup']),
  {
    name: 'compose',
    about: 'docker-compose.yml as compose itself reads it',
    command: ['node', '--import', 'tsx', 'test/compose/config.ts'],
    needs: ['setup'],
    limitMinutes: 2,
  },
  {
    name: 'demo-compose',
    about: 'docker-compose.yml is brought up for real, and a whole migration goes through it',
    // Images are built where they can't be pulled: some minutes, once.
    command: ['./scripts/demo', '--compose', '--old', '2', '--new', '2', '--docs', '2000'],
    needs: ['setup', 'build'],
    limitMinutes: 40,
    slow: true,
    stale: ['evidence.json', 'report.json', 'report.html'].map((file) => `out/demo-compose/${file}`),
  },
  {
    name: 'demo-shapes',
    about: 'a migration of another kind of cluster: two shapes laid over each other, others with each commit',
    command: ['./scripts/demo', '--shape', 'HEAD', '--docs', '2000', '--requests', '6000'],
    needs: ['setup', 'build'],
    limitMinutes: 30,
    slow: true,
  },
  {
    name: 'chaos',
    about: 'migrations while things go wrong: as many scenarios as fit into 7 minutes, others with each commit',
    command: ['./scripts/chaos', '--minutes', '7', '--proven', '--seed', 'HEAD'],
    needs: ['setup', 'build'],
    limitMinutes: 40,
    slow: true,
    stale: ['out/chaos/last.json'],
    count: () => countScenarios('out/chaos/last.json'),
  },
  {
    name: 'demo',
    about: 'bad input is refused, then a whole migration on real hosts',
    command: ['./scripts/demo', '--refusals'],
    needs: ['setup', 'build'],
    limitMinutes: 60,
    slow: true,
    stale: ['out/demo/evidence.json', 'out/demo/report.json', 'out/demo/report.html'],
  },
  {
    name: 'evidence',
    about: 'every promise, by the evidence of the demo',
    command: ['node', '--import', 'tsx', 'test/e2e/evidence.ts', `--json=${OUT}/evidence-result.json`],
    // Not the demo itself: what a failed demo left shows which promise was broken.
    needs: [],
    limitMinutes: 1,
    slow: true,
    stale: [`${OUT}/evidence-result.json`],
    count: () => countAssertions(`${OUT}/evidence-result.json`),
  },
];

/**
 * The stages that were asked for, with those that they need, in order.
 * @throws Error that names a stage there isn't
 */
export function chooseStages(options: { fast: boolean; only: string[] }): Stage[] {
  const wanted = new Set<string>();
  const add = (name: string) => {
    const stage = STAGES.find((each) => each.name === name);
    if (!stage)
      throw new Error(`there is no stage "${name}"; there are: ${STAGES.map((each) => each.name).join(', ')}`);
    wanted.add(name);
    stage.needs.forEach(add);
  };
  if (options.only.length > 0) options.only.forEach(add);
  else STAGES.filter((stage) => !(options.fast && stage.slow)).forEach((stage) => add(stage.name));
  return STAGES.filter((stage) => wanted.has(stage.name));
}
