import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostStep } from '../../../src/hosts/step';
import { loopbackHosts, startSshd, type TestSshd } from '../ssh/sshd';

jest.setTimeout(60_000);

let sshd: TestSshd;
let one: ReturnType<typeof loopbackHosts>;
let other: ReturnType<typeof loopbackHosts>;
const path = (name: string) => join(sshd.folder, name);

beforeAll(async () => {
  sshd = await startSshd();
  one = loopbackHosts(sshd);
  other = loopbackHosts(sshd, { migration: 'other-move' });
});
afterAll(async () => {
  await Promise.all([one, other].map(({ hosts }) => hosts.close()));
  await sshd.stop();
});
const old = () => one.ref('old-1');
afterEach(async () => {
  for (const { hosts } of [one, other]) await hosts.forget(old());
  expect(existsSync(path('ledger'))).toBe(false);
});

function touch(id: string): HostStep {
  const file = path(id);
  return {
    phase: 'bridge',
    id,
    summary: `make ${id}, "quoted" and 'so'`,
    check: `[ -e ${file} ]`,
    apply: `touch ${file}`,
    undo: `rm -f ${file}`,
  };
}

it('gives a host to the first who claims it, however often, and to no other migration or workflow', async () => {
  const mine = { migration: one.plan.name, owner: 'bigswitch-a b' };
  expect(await one.hosts.claim(old(), 'bigswitch-a b')).toEqual(mine);
  expect(await one.hosts.claim(old(), 'bigswitch-a b')).toEqual(mine);
  expect(await one.hosts.claim(old(), 'another')).toEqual(mine);
  expect(await other.hosts.claim(old(), 'bigswitch-other')).toEqual(mine);
  await other.hosts.forget(old());
  expect(await other.hosts.claim(old(), 'bigswitch-other')).toEqual(mine);
});

it('gives it to exactly one of two who come at once', async () => {
  const claims = await Promise.all([one.hosts.claim(old(), 'a'), other.hosts.claim(old(), 'b')]);
  expect(claims[0]).toEqual(claims[1]);
});

it('sees a migration that has a record there and no claim', async () => {
  await other.hosts.apply(old(), touch('theirs'));
  expect(await one.hosts.claim(old(), 'a')).toEqual({ migration: 'other-move', owner: '' });
  await other.hosts.undo(old());
});

it('holds until its own workflow gives it up, or the record is forgotten', async () => {
  const claim = { migration: one.plan.name, owner: 'a' };
  await one.hosts.claim(old(), 'a');
  await one.hosts.apply(old(), touch('x'));
  await one.hosts.undo(old());
  await one.hosts.release(old(), 'b');
  await other.hosts.release(old(), 'a');
  expect(await one.hosts.recorded(old())).toEqual({ steps: [], claim });
  await one.hosts.release(old(), 'a');
  expect(existsSync(path('ledger'))).toBe(false);
  await one.hosts.claim(old(), 'a');
  await one.hosts.forget(old());
  expect(existsSync(path('ledger'))).toBe(false);
});

it("writes nothing on a host that is another one's, and gives up nothing that nobody has", async () => {
  await other.hosts.claim(old(), 'b');
  const before = readdirSync(sshd.folder, { recursive: true }).sort();
  expect(await one.hosts.claim(old(), 'a')).toEqual({ migration: 'other-move', owner: 'b' });
  await one.hosts.release(old(), 'a');
  expect(readdirSync(sshd.folder, { recursive: true }).sort()).toEqual(before);
});

it('ends with undo-all.sh, by hand, when that has left nothing', async () => {
  await one.hosts.claim(old(), 'a');
  await one.hosts.apply(old(), touch('x'));
  execFileSync('sh', [path(`ledger/${one.plan.name}/undo-all.sh`)]);
  expect(existsSync(path('ledger'))).toBe(false);
});

it('tells every recorded step, oldest first, and makes nothing on a host where nothing is', async () => {
  expect(await one.hosts.recorded(old())).toEqual({ steps: [] });
  expect(existsSync(path('ledger'))).toBe(false);
  await one.hosts.claim(old(), 'a');
  for (const id of ['b', 'a']) await one.hosts.apply(old(), touch(id));
  const { steps } = await one.hosts.recorded(old());
  const step = { host: 'old-1', phase: 'bridge', changed: true, at: expect.stringMatching(/^\d{4}-.*Z$/) as string };
  expect(steps).toEqual([
    { ...step, step: 'b', summary: `make b, "quoted" and 'so'` },
    { ...step, step: 'a', summary: `make a, "quoted" and 'so'` },
  ]);
  await one.hosts.undo(old());
});
