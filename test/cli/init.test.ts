import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlan } from '../../src/plan/load';
import { run } from './terminal';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bigswitch-init-'));
  file = join(folder, 'plan.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const OPTIONS = [
  ...['--cluster', 'Shop', '--hub', '10.0.1.5,10.0.2.5', '--old', 'old-1=10.0.1.11', 'old-2=10.0.1.12'],
  ...['--new', 'new-1=10.0.2.11', 'new-2=10.0.2.12', '--app', 'app-1=10.0.3.11', '--app-config', '/etc/shop.yaml'],
  ...['--app-set', 'es.urls={{urls}}', 'es.user={{username}}', 'es.password={{password}}'],
  ...['--app-restart', 'systemctl restart shop', '--app-check', 'curl -fsS http://127.0.0.1:8080/health'],
];

test('with every answer as an option it writes a plan, and says what comes next', async () => {
  const { code, stdout, stderr } = await run(['init', file, ...OPTIONS]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(
    [
      `${file} is written.`,
      'Next:',
      `  bigswitch check ${file}   asks hosts and cluster whether it can be done; changes nothing`,
      `  bigswitch plan ${file}    shows what would be done; changes nothing`,
      `  bigswitch start ${file}   starts it`,
      '',
    ].join('\n'),
  );
  expect(loadPlan(file)).toMatchObject({
    name: 'shop',
    elasticsearch: { clusterName: 'Shop' },
    hosts: {
      hub: { addressForOld: '10.0.1.5', addressForNew: '10.0.2.5' },
      old: [{ name: 'old-1' }, { name: 'old-2', address: '10.0.1.12' }],
      apps: [{ config: { format: 'yaml', set: { 'es.urls': '{{urls}}' } } }],
    },
    front: { auth: { username: 'shop' } },
  });
});

test('a file that is there is not written over, but with --force', async () => {
  writeFileSync(file, 'mine');
  const refused = await run(['init', file, ...OPTIONS]);
  expect([refused.code, refused.stderr]).toEqual([
    5,
    `${file} is there already\nName another file, or write over it with --force.\n`,
  ]);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  const forced = await run(['--json', 'init', file, '--force', ...OPTIONS]);
  expect([forced.code, JSON.parse(forced.stdout)]).toMatchObject([0, { file, plan: { name: 'shop' }, risks: [] }]);
  expect(loadPlan(file).name).toBe('shop');
});

test('without a terminal, all that is missing is named at once', async () => {
  const { code, stderr } = await run(['init', file, '--cluster', 'shop', '--new', 'new-1=10.0.2.11']);
  expect([code, stderr]).toEqual([
    2,
    'Without a terminal nobody can be asked; missing: --hub <addresses>, --old <host...>, --app <host...>, ' +
      '--app-config <path>, --app-format <format>, --app-set <key=value...>, --app-restart <command>, --app-check <command>\n' +
      'See `bigswitch init --help` for examples.\n',
  ]);
  expect(existsSync(file)).toBe(false);
});

test.each([
  [['--old', 'old-1'], '--old: "old-1" is not NAME=ADDRESS with an IPv4 address, such as new-1=10.0.2.11'],
  [['--new', 'New_1=10.0.2.11'], '--new: "New_1" must be a short host name'],
  [['--hub', 'hub'], '--hub: must be one IPv4 address, or two with a comma between'],
  [['--app-format', 'toml'], '--app-format: must be one of yaml, json, env, text'],
  [['--from', 'http://elastic:secret@127.0.0.1:9200'], '--from has a user in it'],
  [['--from', 'shop'], '--from is not an address'],
  [['--name', 'Shop 1'], '--name: "Shop 1" must be a short host name'],
])('%j is refused with what it has to be, and nothing is written', async (wrong, message) => {
  const { code, stderr } = await run(['init', file, ...OPTIONS, ...wrong]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(stderr).not.toContain('secret');
  expect(existsSync(file)).toBe(false);
});

test('a password is never taken from the command line', async () => {
  const { code, stderr } = await run(['init', file, ...OPTIONS, '--user', 'elastic', '--password', 'changeme']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('not the secret itself')]);
  expect(stderr).not.toContain('changeme');
});

test.each([
  ['changeme', '--password is not a reference\nUse file:/absolute/path or env:NAME.\n'],
  [
    'env:NOT_SET',
    "--password env:NOT_SET can't be read on this machine, and --from needs it here\n" +
      'Put it where the reference says, or leave out --from and give the hosts by --old.\n',
  ],
])('a password that --from needs and that can not be had is said: %s', async (password, message) => {
  const flags = ['--from', 'http://127.0.0.1:1', '--user', 'elastic', '--password', password];
  expect(await run(['init', file, ...flags])).toEqual({ code: 2, stdout: '', stderr: message });
});

test('at a terminal it asks for what no option says', async () => {
  const typed = ['', '10.0.1.5', 'old-1=10.0.1.11', 'new-1=10.0.2.11', 'app-1=10.0.3.11', '/etc/shop/.env', ''];
  const rest = ['ES_URLS={{urls}}', 'restart shop', 'check shop', 'env:SSH_KEY', ''];
  const { code, stderr } = await run(['init', file, '--cluster', 'My.Shop'], { typed: [...typed, ...rest] });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  expect(loadPlan(file)).toMatchObject({
    name: 'my-shop',
    hosts: { hub: { addressForNew: '10.0.1.5' }, apps: [{ config: { format: 'env' }, check: 'check shop' }] },
    ssh: { privateKey: 'env:SSH_KEY' },
  });
}, 60_000);

test('Ctrl-C at a question leaves nothing', async () => {
  const { code, stderr } = await run(['init', file], { typed: [], ctrlCAfterMs: 300 });
  expect([code, stderr]).toEqual([130, expect.stringContaining('Interrupted; nothing was written.\n')]);
  expect(existsSync(file)).toBe(false);
}, 30_000);
