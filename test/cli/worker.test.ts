import { once } from 'node:events';
import { join } from 'node:path';
import execa from 'execa';
import { devServer } from '../workflows/support/lab';
import { run } from './terminal';

const ROOT = join(__dirname, '..', '..');
const program = (argv: string[]) =>
  execa('node', ['--require', 'tsx/cjs', 'src/cli/main.ts', 'worker', ...argv], { cwd: ROOT, reject: false });

test('worker takes the work of a server until Ctrl-C, and then ends in good order', async () => {
  const env = await devServer();
  try {
    const worker = program(['--address', env.address, '--task-queue', 'own']);
    const log: string[] = [];
    worker.stdout?.on('data', (chunk: Buffer) => void log.push(chunk.toString()));
    while (!log.join('').includes('worker is ready')) {
      await Promise.race([once(worker.stdout ?? worker, 'data'), worker.then(() => undefined)]);
      if (worker.exitCode !== null) throw new Error(`the worker has ended: ${(await worker).stderr}`);
    }
    expect(
      JSON.parse(
        log
          .join('')
          .split('\n')
          .find((line) => line.includes('worker is ready')) ?? '',
      ),
    ).toMatchObject({
      server: env.address,
      taskQueue: 'own',
    });
    worker.kill('SIGINT');
    expect((await worker).exitCode).toBe(0);
  } finally {
    await env.teardown();
  }
}, 240_000);

test('without a server the worker says so and exits 3', async () => {
  const { code, stderr } = await run(['worker', '--address', '127.0.0.1:1']);
  expect(code).toBe(3);
  expect(stderr).toContain("The Temporal server at 127.0.0.1:1 can't be reached");
}, 30_000);
