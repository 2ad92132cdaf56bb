import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Count } from './counts';
import { filesOf, testFiles } from './files';
import { testCommand } from './options';
import { runStage } from './run-stage';
import { chooseStages, JEST_STAGES, STAGES, type Stage } from './stages';

interface Options {
  fast: boolean;
  only: string[];
  list: boolean;
}

/** Lines of a failed stage's log that are said again at the very end, where it names nothing itself. */
const LAST_LINES = 15;
/** Most characters of one line of a log that are shown; the file has all. */
const LONGEST_LINE = 1000;

const root = join(__dirname, '..', '..');
const tty = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const paint = (code: number, text: string) => (tty ? `\u001b[${code}m${text}\u001b[0m` : text);
const say = (text: string) => process.stdout.write(`${text}\n`);

function parseOptions(): Options {
  const given = testCommand()
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse()
    .opts<Omit<Options, 'only'> & { only?: string[] }>();
  return { ...given, only: given.only ?? [] };
}

/** Jest ends with one line that names every file; of a page of CI it would leave no room for what failed. */
const shortened = (log: string) =>
  log.replace(/^.*$/gm, (line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} […]` : line));

/** The last lines of a log, set in. */
const ending = (log: string) => log.split('\n').slice(-LAST_LINES).join('\n').replace(/^/gm, '         ');

/** Runs one stage and says how it went. @returns what it counts for, itself included */
async function run(stage: Stage, failed: Set<string>, signal: AbortSignal): Promise<Count> {
  const label = stage.name.padEnd(10);
  const missing = stage.needs.filter((name) => failed.has(name));
  if (missing.length > 0) {
    say(`${paint(31, 'FAILED')} ${label} not run: ${missing.join(' and ')} failed`);
    return { passed: 0, failed: 1, complaints: [] };
  }
  const isJest = JEST_STAGES.some(({ name }) => name === stage.name);
  const files = isJest ? filesOf(stage.name, testFiles(root)) : [];
  if (isJest && files.length === 0) {
    // Without a file jest would run all of them.
    say(`${paint(31, 'FAILED')} ${label} there is no such test file`);
    return { passed: 0, failed: 1, complaints: [] };
  }
  if (tty) process.stdout.write(`...... ${label}`);
  const end = await runStage(stage, root, signal, files);
  const inside = stage.count?.() ?? { passed: 0, failed: 0, complaints: [] };
  const ok = end.ok && inside.failed === 0;
  const counted = stage.count ? ` (${inside.passed} passed, ${inside.failed} not)` : '';
  const why = end.reason ? `: ${end.reason}` : '';
  say(
    `${tty ? '\r' : ''}${ok ? paint(32, 'ok    ') : paint(31, 'FAILED')} ${label} ${end.seconds.toFixed(1)} s${counted}${why}`,
  );
  if (ok) return { ...inside, passed: inside.passed + 1 };
  const log = shortened(readFileSync(end.log, 'utf8').trimEnd());
  say(`---- ${relative(root, end.log)}\n${log}\n----`);
  const complaints = inside.complaints.length > 0 ? inside.complaints : [`its log ends so:\n${ending(log)}`];
  return { passed: inside.passed, failed: inside.failed + 1, complaints };
}

async function main(): Promise<number> {
  const options = parseOptions();
  if (options.list) {
    for (const { name, about } of STAGES) say(`${name.padEnd(10)} ${about}`);
    return 0;
  }
  let stages: Stage[];
  try {
    stages = chooseStages(options);
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    return 2;
  }
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort());
  const failed = new Set<string>();
  const complaints: string[] = [];
  const total = { passed: 0, failed: 0 };
  const begin = Date.now();
  for (const stage of stages) {
    if (controller.signal.aborted) break;
    const count = await run(stage, failed, controller.signal);
    total.passed += count.passed;
    total.failed += count.failed;
    if (count.failed === 0) continue;
    failed.add(stage.name);
    complaints.push(...count.complaints.map((complaint) => `${stage.name}: ${complaint}`));
  }
  // Said last, and short: of a long log a reader, or a page of CI, often has the end only.
  if (complaints.length > 0) say(`what failed:\n${complaints.map((complaint) => `       ${complaint}`).join('\n')}`);
  if (failed.size > 0) say(`failed: ${[...failed].join(', ')}`);
  say(`in ${((Date.now() - begin) / 60_000).toFixed(1)} min${controller.signal.aborted ? ', interrupted' : ''}`);
  say(`${total.passed} passed, ${total.failed} failed`);
  if (controller.signal.aborted) return 130;
  return total.failed === 0 ? 0 : 1;
}

void main().then((code) => {
  process.exitCode = code;
});
