import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { colours } from '../../src/text/terminal';
import { createCli } from '../../src/cli/cli';
import { createProgram } from '../../src/cli/program';
import { planInput } from '../workflows/support/plan';
import { run } from './terminal';

test('help shows every command, and what the exit codes mean', async () => {
  const { code, stdout } = await run(['--help']);
  expect(code).toBe(0);
  for (const name of [
    'schema',
    'worker',
    'check',
    'plan',
    'start',
    'list',
    'status',
    'watch',
    'console',
    'evidence',
    'approve',
    'reject',
    'pause',
    'resume',
    'throttle',
    'give-up',
    'rollback',
    'cleanup',
    'report',
    'completion',
  ])
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  expect(stdout).toContain('    4  no such migration, or none at all');
});

test.each(['start', 'status', 'watch', 'approve', 'rollback'])('the help of %s has examples', async (name) => {
  const { code, stdout } = await run([name, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Examples:\n {2}bigswitch /m);
});

test.each([
  [['stauts'], /unknown command 'stauts'\n\(Did you mean status\?\)/],
  [['start'], /missing required argument 'plan'/],
  [['throttle', '--mbps', '-1'], /use a number above 0/],
  [['status', '--nope'], /unknown option '--nope'/],
])('wrong usage %j is told', async (argv, message) => {
  const { code, stdout, stderr } = await run(argv);
  expect(stderr).toMatch(message);
  expect([stdout, code]).toEqual(['', 2]);
});

describe('with --json, wrong usage is JSON too', () => {
  const silent = new PassThrough();
  const { commands } = createProgram(
    createCli(
      {
        ...{
          stdin: silent,
          stdout: silent,
          stderr: silent,
          interactive: false,
          terminal: false,
          columns: 100,
          env: {},
        },
        ...{ colours: colours(false), signal: new AbortController().signal },
      },
      { exitCode: 0, endsByItself: false },
    ),
  );
  const wrong = commands.flatMap((command) => {
    const name = command.name();
    const needed = command.registeredArguments.filter(({ required }) => required);
    const choosy = command.registeredArguments.filter(({ argChoices }) => argChoices);
    return [
      [name, '--nope'],
      [name, '--address'],
      [name, ...command.registeredArguments.map(() => 'bash'), 'one-too-many'],
      ...command.options.filter(({ required }) => required).map(({ long }) => [name, String(long)]),
      ...command.options
        .filter(({ parseArg, variadic }) => parseArg && !variadic)
        .map(({ long }) => [name, String(long), 'x']),
      ...needed.map(() => [name]),
      ...choosy.map(() => [name, 'no-such-choice']),
      ...(command.options.some(({ mandatory }) => mandatory) ? [[name]] : []),
    ];
  });

  test.each([...wrong, ['no-such-command'], [], ['help', 'no-such-command']].map((argv) => [argv]))(
    '%j',
    async (argv) => {
      // An option that takes a value would take --json for one, so there it can only stand first.
      for (const given of [
        ['--json', ...argv],
        ...(/^--/.test(argv.at(-1) ?? '') && argv.at(-1) !== '--nope' ? [] : [[...argv, '--json']]),
      ]) {
        const { code, stdout, stderr } = await run(given);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(JSON.parse(stderr)).toEqual({
          error: { exitCode: 2, message: expect.stringMatching(/^(?!error: ).+/), remedy: expect.stringMatching(/./) },
        });
      }
    },
  );

  test('and so it is with --debug', async () => {
    const { stderr } = await run(['--json', '--debug', 'status', '--nope']);
    expect(JSON.parse(stderr).error.stack).toContain('    at ');
  });
});

/** A server that does so with each connection, and counts them. */
async function listening(each: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    each(socket);
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => sockets.length,
    close: () => new Promise((closed) => (server.close(closed), sockets.forEach((socket) => socket.destroy()))),
  };
}

describe('before a server is looked for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-usage-'));
  const bad = join(folder, 'bad.json');
  writeFileSync(bad, JSON.stringify({ ...planInput({ name: 'bad' }), extra: 1 }));
  let server: Awaited<ReturnType<typeof listening>>;
  beforeAll(async () => (server = await listening((socket) => socket.destroy())));
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  test.each(
    ['start', 'check', 'plan', 'cleanup'].flatMap((name): [argv: string[], message: string][] => [
      [[name, bad], 'extra: unknown field'],
      [[name, '/nowhere/plan.yaml'], "/nowhere/plan.yaml: can't be read"],
    ]),
  )('the plan of %j is validated', async (argv, message) => {
    const { code, stderr } = await run([...argv, '--address', server.address]);
    expect(stderr).toContain(message);
    expect([code, server.connections()]).toEqual([2, 0]);
  });

  test.each([
    [['approve', 'shop'], '--token is missing'],
    [['reject', 'shop', '--reason', 'no'], '--token is missing'],
    [['reject', 'shop', '--token', '1a2b3c4d'], '--reason is missing'],
    [['rollback', 'shop', '--yes'], '--reason is missing'],
    [['rollback', 'shop', '--reason', 'slow'], '--yes is missing'],
  ])('what has to be said without a terminal is missing in %j', async (argv, message) => {
    const { code, stderr } = await run([...argv, '--address', server.address]);
    expect(stderr).toContain(message);
    expect([code, server.connections()]).toEqual([2, 0]);
  });
});

test('a server that does not take the connection is asked once', async () => {
  const server = await listening((socket) => socket.destroy());
  const { code, stderr } = await run(['list', '--address', server.address]);
  expect(stderr).toContain(`The Temporal server at ${server.address} can't be reached: `);
  expect([code, server.connections()]).toEqual([3, 1]);
  await server.close();
});

test('a server that takes the connection and is silent is given up', async () => {
  const server = await listening(() => undefined);
  const { code, stderr } = await run(['list', '--address', server.address]);
  expect(stderr).toContain(`The Temporal server at ${server.address} can't be reached: it does not answer\n`);
  expect([code, server.connections()]).toEqual([3, 1]);
  await server.close();
});

test('a server that is not there exits 3 and says what to do', async () => {
  const { code, stderr } = await run(['status', '--address', '127.0.0.1:1']);
  expect(code).toBe(3);
  expect(stderr).toContain("The Temporal server at 127.0.0.1:1 can't be reached: connect ECONNREFUSED 127.0.0.1:1\n");
  expect(stderr).toContain(
    'Name it by --address, TEMPORAL_ADDRESS or --profile. To have one on this machine: `bigswitch up`.',
  );
  expect(stderr).not.toContain('    at ');
  const debug = await run(['status', '--address', '127.0.0.1:1', '--debug']);
  expect(debug.stderr).toContain('    at ');
});

test('the address comes from the environment as for every Temporal tool', async () => {
  const { stderr } = await run(['status'], { env: { TEMPORAL_ADDRESS: '127.0.0.1:2' } });
  expect(stderr).toContain("The Temporal server at 127.0.0.1:2 can't be reached");
});
