import { join } from 'node:path';
import execa from 'execa';
import { figuresOf } from './figures';

const ROOT = join(__dirname, '..', '..');

/** What is started, beside a Node that does nothing. */
const STARTS: [what: string, argv: string[]][] = [
  ['plain Node', ['-e', '0']],
  ...[['--help'], ['approve', '--help'], ['completion'], ['schema']].map((argv): [string, string[]] => [
    `\`bigswitch ${argv.join(' ')}\``,
    ['dist/cli/main.js', ...argv],
  ]),
];

/** How long a program takes from its start to its end, in milliseconds. */
export interface Start {
  what: string;
  medianMs: number;
  p95Ms: number;
}

/**
 * Measures how long what needs no server takes, on a build of these sources, in turn, so that the machine's load is shared.
 * @param rounds how often each is started
 */
export async function benchStart(rounds: number): Promise<Start[]> {
  await execa('npm', ['run', 'build'], { cwd: ROOT });
  const times = STARTS.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, [, argv]] of STARTS.entries()) {
      const before = performance.now();
      await execa(process.execPath, argv, { cwd: ROOT });
      times[i]?.push(performance.now() - before);
    }
  }
  return STARTS.map(([what], i) => {
    const { medianMs, p95Ms } = figuresOf(what, 0, times[i] ?? []);
    return { what, medianMs, p95Ms };
  });
}
