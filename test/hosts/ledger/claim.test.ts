import type { Claimer } from '../../../src/contract/claim';
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

/** A run of a workflow, as a claim names it. */
function claimer(run: string, changes: Partial<Claimer> = {}): Claimer {
  return { workflow: 'bigswitch-a b', run, namespace: 'default', server: 'server-1', ...changes };
}

/** The claim that this one makes. */
function claimOf({ workflow: owner, run, namespace, server }: Claimer, migration = one.plan.name) {
  return { migration, owner, run, namespace, server, age: expect.any(Number) as number };
}

it('gives a host to the first who claims it, however often, and to no other migration or workflow', async () => {
  const mine = claimOf(claimer('r1'));
  expect(await one.hosts.claim(old(), claimer('r1'))).toEqual(mine);
  expect(await one.hosts.claim(old(), claimer('r1'))).toEqual(mine);
  for (const another of [
    claimer('r2'),
    claimer('r3', { workflow: 'another' }),
    claimer('r4', { server: 'server-2' }),
  ]) {
    expect(await one.hosts.claim(old(), another)).toEqual(mine);
  }
  expect(await other.hosts.claim(old(), claimer('r1'))).toEqual(mine);
  await other.hosts.forget(old());
  expect(await other.hosts.claim(old(), claimer('r5'))).toEqual(mine);
});

it('is taken over only by who names its owner, and in one move', async () => {
  const mine = claimOf(claimer('r1'));
  await one.hosts.claim(old(), claimer('r1'));
  const next = claimer('r2', { server: 'server-2' });
  expect(await one.hosts.claim(old(), next, 'bigswitch-a b')).toEqual(mine);
  expect(await other.hosts.claim(old(), next, 'r1')).toEqual(mine);
  expect(await one.hosts.claim(old(), next, 'r1')).toEqual(claimOf(next));
  expect(await one.hosts.claim(old(), claimer('r1'))).toEqual(claimOf(next));
});

it('that an older release made names its workflow only, so its workflow is the word for it', async () => {
  execFileSync('mkdir', ['-p', path('ledger')]);
  execFileSync('ln', ['-s', `${one.plan.name} bigswitch-a b`, path('ledger/claim')]);
  const older = { migration: one.plan.name, owner: 'bigswitch-a b', age: expect.any(Number) as number };
  expect(await one.hosts.claim(old(), claimer('r1'))).toEqual(older);
  expect(await one.hosts.recorded(old())).toEqual({ steps: [], claim: older });
  expect(await one.hosts.claim(old(), claimer('r1'), 'bigswitch-a b')).toEqual(claimOf(claimer('r1')));
});

it('gives it to exactly one of two who come at once', async () => {
  const claims = await Promise.all([one.hosts.claim(old(), claimer('a')), other.hosts.claim(old(), claimer('b'))]);
  expect(claims[0]).toMatchObject({ run: claims[1]?.run, migration: claims[1]?.migration });
});

it('sees a migration that has a record there and no claim', async () => {
  await other.hosts.apply(old(), touch('theirs'));
  expect(await one.hosts.claim(old(), claimer('a'))).toMatchObject({ migration: 'other-move', owner: '' });
  await other.hosts.undo(old());
});

it('holds until its own workflow gives it up, or the record is forgotten', async () => {
  const claim = claimOf(claimer('a'));
  await one.hosts.claim(old(), claimer('a'));
  await one.hosts.apply(old(), touch('x'));
  await one.hosts.undo(old());
  await one.hosts.release(old(), claimer('b'));
  await other.hosts.release(old(), claimer('a'));
  expect(await one.hosts.recorded(old())).toEqual({ steps: [], claim });
  await one.hosts.release(old(), claimer('a'));
  expect(existsSync(path('ledger'))).toBe(false);
  await one.hosts.claim(old(), claimer('a'));
  await one.hosts.forget(old());
  expect(existsSync(path('ledger'))).toBe(false);
});

it("writes nothing on a host that is another one's, and gives up nothing that nobody has", async () => {
  await other.hosts.claim(old(), claimer('b'));
  const before = readdirSync(sshd.folder, { recursive: true }).sort();
  expect(await one.hosts.claim(old(), claimer('a'))).toEqual(claimOf(claimer('b'), 'other-move'));
  await one.hosts.release(old(), claimer('a'));
  expect(readdirSync(sshd.folder, { recursive: true }).sort()).toEqual(before);
});

it('ends with undo-all.sh, by hand, when that has left nothing', async () => {
  await one.hosts.claim(old(), claimer('a'));
  await one.hosts.apply(old(), touch('x'));
  execFileSync('sh', [path(`ledger/${one.plan.name}/undo-all.sh`)]);
  expect(existsSync(path('ledger'))).toBe(false);
});

it('tells every recorded step, oldest first, and makes nothing on a host where nothing is', async () => {
  expect(await one.hosts.recorded(old())).toEqual({ steps: [] });
  expect(existsSync(path('ledger'))).toBe(false);
  await one.hosts.claim(old(), claimer('a'));
  for (const id of ['b', 'a']) await one.hosts.apply(old(), touch(id));
  const { steps } = await one.hosts.recorded(old());
  const step = { host: 'old-1', phase: 'bridge', changed: true, at: expect.stringMatching(/^\d{4}-.*Z$/) as string };
  expect(steps).toEqual([
    { ...step, step: 'b', summary: `make b, "quoted" and 'so'` },
    { ...step, step: 'a', summary: `make a, "quoted" and 'so'` },
  ]);
  await one.hosts.undo(old());
});
