import { existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookAtApp } from '../../../src/activities/switch/watch';
import { switchStep } from '../../../src/activities/switch/steps';
import type { Scope } from '../../../src/elasticsearch/scope';
import { loopbackHosts, startSshd, type TestSshd } from '../../hosts/ssh/sshd';

jest.setTimeout(60_000);

let sshd: TestSshd;
let world: ReturnType<typeof loopbackHosts>;
const at = (name: string) => join(sshd.folder, name);
const started: number[] = [];

/** A login with a locale and a PATH of its own, and an app that is a program in the background, as init scripts start it. */
beforeEach(async () => {
  sshd = await startSshd();
  mkdirSync(at('bin'));
  writeFileSync(at('bin/app-ctl'), '#!/bin/sh\necho starting; sleep 4711 &\necho $! >"$HOME/pid"\n', { mode: 0o755 });
  writeFileSync(at('.bashrc'), 'echo noise; export LANG=de_DE.UTF-8 APP_HOME="it\'s $HOME" PATH="$HOME/bin:$PATH"\n');
  writeFileSync(at('config'), 'old\n');
  world = loopbackHosts(sshd);
});
afterEach(async () => {
  for (const pid of started.splice(0)) process.kill(pid);
  await world.hosts.close();
  await sshd.stop();
});

const app = () => ({
  ...world.plan.hosts.apps[0]!,
  config: { path: at('config'), format: 'env' as const, set: { ES: '{{urls}}' } },
  restart: 'app-ctl',
  check: 'test "$LANG" = de_DE.UTF-8 && test -z "${LC_ALL-}" && bash -c "echo checked"',
  checkSeconds: 5,
});

function daemon() {
  const pid = Number(readFileSync(at('pid'), 'utf8'));
  started.push(pid);
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  return {
    environment: Object.fromEntries(environment.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string])),
    output: [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)),
  };
}

function expectLoginsOwn({ environment, output }: ReturnType<typeof daemon>): void {
  expect(environment).toMatchObject({ LANG: 'de_DE.UTF-8', APP_HOME: `it's ${sshd.folder}` });
  expect(environment.PATH?.startsWith(`${at('bin')}:`)).toBe(true);
  for (const name of ['LC_ALL', 'LOGIN_ENVIRONMENT', 'BACKUP', 'FILE_CONTENT'])
    expect(environment).not.toHaveProperty(name);
  expect(output).toEqual(['/dev/null', '/dev/null', '/dev/null']);
}

it('an app is restarted with what the login has, by the switch, by its undo, and by the undo run by hand', async () => {
  const ref = world.ref('app-1');
  await world.hosts.apply(ref, switchStep(app(), 'new\n', 9243));
  expectLoginsOwn(daemon());
  await world.hosts.undo(ref);
  expect(readFileSync(at('config'), 'utf8')).toBe('old\n');
  expectLoginsOwn(daemon());
  await world.hosts.apply(ref, switchStep(app(), 'new\n', 9243));
  daemon();
  const undo = `(unset LC_ALL; eval "$LOGIN_ENVIRONMENT"; unset LOGIN_ENVIRONMENT; sh ${at('ledger/test/undo-all.sh')})`;
  await world.hosts.ask(ref, undo);
  expectLoginsOwn(daemon());
  expect(existsSync(at('ledger'))).toBe(false);
});

it('a check runs in the same way, and says only what it says itself', async () => {
  const scope = { plan: world.plan, hosts: world.hosts } as unknown as Scope;
  expect(await lookAtApp(scope, app())).toBeUndefined();
  const seen = await lookAtApp(scope, { ...app(), check: 'bash -c "echo broken; exit 3"' });
  expect(seen).toBe('app-1: its check ended with exit code 3 and said: broken');
  // What was cut is marked: what is left of a secret there is known by that.
  const long = await lookAtApp(scope, { ...app(), check: 'printf "%0400d" 0; exit 3' });
  expect(long).toBe(`app-1: its check ended with exit code 3 and said: …${'0'.repeat(300)}`);
});
