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
  [['start', '/nowhere/plan.yaml', '--address', '127.0.0.1:1'], /127.0.0.1:1 can't be reached/],
])(
  'wrong usage %j is told',
  async (argv, message) => {
    const { code, stdout, stderr } = await run(argv);
    expect(stderr).toMatch(message);
    expect([stdout, code]).toEqual(['', argv.includes('--address') ? 3 : 2]);
  },
  20_000,
);

test('a server that is not there exits 3 and says what to do', async () => {
  const { code, stderr } = await run(['status', '--address', '127.0.0.1:1']);
  expect(code).toBe(3);
  expect(stderr).toContain(
    'Name it by --address, TEMPORAL_ADDRESS or --profile. To have one on this machine: `bigswitch up`.',
  );
  expect(stderr).not.toContain('    at ');
  const debug = await run(['status', '--address', '127.0.0.1:1', '--debug']);
  expect(debug.stderr).toContain('    at ');
}, 30_000);

test('the address comes from the environment as for every Temporal tool', async () => {
  const { stderr } = await run(['status'], { env: { TEMPORAL_ADDRESS: '127.0.0.1:2' } });
  expect(stderr).toContain("The Temporal server at 127.0.0.1:2 can't be reached");
}, 20_000);
