import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import execa from 'execa';

const ROOT = join(__dirname, '..', '..');
/** What runs the sources, and is not there in a build. */
const RUNNER = ['tsx', 'esbuild', 'get-tsconfig', 'resolve-pkg-maps'];
const COMMANDS = readdirSync(join(ROOT, 'src', 'cli', 'commands')).map((file) => file.replace('.ts', ''));

/** Runs the program several times in one process. @returns the packages and rooms of ours that were loaded for it */
async function loadedBy(...runs: string[][]): Promise<string[]> {
  const code = `
    const { Writable } = require('node:stream');
    const { processIo } = require('./src/cli/io');
    const { runCli } = require('./src/cli/program');
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const io = { ...processIo(new AbortController().signal), stdout: nowhere, stderr: nowhere };
    (async () => {
      for (const argv of ${JSON.stringify(runs)}) await runCli(argv, io);
      console.log(JSON.stringify(Object.keys(require.cache)));
    })();`;
  return packagesIn(await child(['-e', code]));
}

async function child(argv: string[]): Promise<string> {
  return (await execa('node', ['--require', 'tsx/cjs', ...argv], { cwd: ROOT })).stdout;
}

function packagesIn(json: string): string[] {
  const files = JSON.parse(json) as string[];
  const names = files.map((file) => {
    const [, name] = /^((?:@[^/]+\/)?[^/]+)/.exec(file.split('/node_modules/').at(-1) ?? '') ?? [];
    const own = !file.includes('/node_modules/');
    const [, room = ''] = /\/src\/([^/]+)\//.exec(file) ?? [];
    return own ? room : (name ?? '');
  });
  return [...new Set(names)].filter((name) => name !== '' && !RUNNER.includes(name)).sort();
}

test('the program itself, as it is started for --help, loads nothing but what reads a command line', async () => {
  const code = `
    process.argv = ['node', 'bigswitch', '--help'];
    process.stdout.write = () => true;
    process.on('exit', () => require('node:fs').writeSync(1, JSON.stringify(Object.keys(require.cache))));
    require('./src/cli/main');`;
  expect(packagesIn(await child(['-e', code]))).toEqual(['cli', 'commander', 'contract', 'picocolors', 'text']);
});

test('no help, completion or wrong usage loads more than that', async () => {
  expect(COMMANDS).toContain('approve');
  const runs = [
    ...COMMANDS.flatMap((name) => [
      [name, '--help'],
      ['help', name],
      [name, '--nope'],
    ]),
    ...['bash', 'zsh', 'fish'].map((shell) => ['completion', shell]),
    ...[['--version'], ['no-such-command'], [], ['throttle', '--mbps', '-1']],
  ];
  expect(await loadedBy(...runs)).toEqual(['cli', 'commander', 'contract', 'picocolors', 'text']);
});

test('the schema needs the plan, and nothing else', async () => {
  expect(await loadedBy(['schema'])).toEqual(['cli', 'commander', 'contract', 'picocolors', 'plan', 'text', 'zod']);
});

test('init loads the client of Elasticsearch only to read a live cluster', async () => {
  const loaded = await loadedBy(['init', '/nowhere/plan.yaml', '--name', 'shop']);
  expect(loaded).toContain('plan');
  expect(loaded.filter((name) => /^@(elastic|temporalio|grpc)\//.test(name))).toEqual([]);
});
