import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** A program that, as the lab does, waits for a child process and takes something down when it is interrupted. */
const PROGRAM = `
  const execa = require('execa');
  const { interruptSignal } = require('./lab/interrupt');
  const signal = interruptSignal();
  signal.addEventListener('abort', () => setTimeout(() => { console.log('taken down'); process.exit(1); }, 300));
  execa('sleep', ['20']).catch(() => undefined);
  console.log('up');
`;

it.each(['SIGINT', 'SIGTERM'] as const)(
  'takes down at %s although execa listens for it too',
  async (name) => {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', PROGRAM], { cwd: ROOT });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      if (output === '') child.kill(name);
      output += data.toString();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(output).toBe('up\ntaken down\n');
    expect(code).toBe(1);
  },
  20_000,
);

it('takes down when nobody reads any more', async () => {
  const writing = `${PROGRAM.replace("console.log('taken down')", "require('fs').writeSync(2, 'taken down')")}
    setInterval(() => console.log('still here'), 50);`;
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', writing], { cwd: ROOT });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([errors, code]).toEqual(['taken down', 1]);
}, 20_000);
