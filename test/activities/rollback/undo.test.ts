import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createUndoActivities } from '../../../src/activities/rollback/undo';
import type { Deps } from '../../../src/activities/deps';
import type { Phase } from '../../../src/contract/phases';
import { FAILURES } from '../../../src/contract/failures';
import type { HostStep } from '../../../src/hosts/step';
import { fileStep } from '../../../src/hosts/steps';
import { loopbackHosts, startSshd, type TestSshd } from '../../hosts/ssh/sshd';

jest.setTimeout(60_000);

let sshd: TestSshd;
let world: ReturnType<typeof loopbackHosts>;
let undo: ReturnType<typeof createUndoActivities>;
const path = (name: string) => join(sshd.folder, name);

beforeAll(async () => {
  sshd = await startSshd();
  world = loopbackHosts(sshd);
  const deps = { scope: async () => ({ plan: world.plan, hosts: world.hosts }) } as unknown as Deps;
  undo = createUndoActivities(deps);
});
afterAll(async () => {
  await world.hosts.close();
  await sshd.stop();
});
afterEach(async () => {
  for (const name of ['old-1', 'hub']) await world.hosts.forget(world.ref(name));
});

function touch(id: string, phase: Phase): HostStep {
  const file = path(id);
  return { phase, id, summary: id, check: `[ -e ${file} ]`, apply: `touch ${file}`, undo: `rm -f ${file}` };
}

it('undoes the steps of some phases newest first, and the others later', async () => {
  const old = world.ref('old-1');
  for (const step of [touch('a', 'bridge'), touch('b', 'redirect'), touch('c', 'bridge')]) {
    await world.hosts.apply(old, step);
  }
  expect(await undo.undoHost({ host: 'old-1', phases: ['bridge'] })).toEqual({ host: 'old-1', undone: ['c', 'a'] });
  expect([existsSync(path('a')), existsSync(path('b'))]).toEqual([false, true]);
  expect(await undo.undoHost({ host: 'old-1', phases: [] })).toEqual({ host: 'old-1', undone: [] });
  expect(await undo.undoHost({ host: 'old-1' })).toEqual({ host: 'old-1', undone: ['b'] });
  expect(await undo.undoHost({ host: 'old-1' })).toEqual({ host: 'old-1', undone: [] });
  expect(existsSync(path('ledger'))).toBe(false);
});

it('ends the record and leaves what was changed', async () => {
  await world.hosts.apply(world.ref('old-1'), touch('stays', 'front'));
  await undo.forgetHost({ host: 'old-1' });
  await undo.forgetHost({ host: 'old-1' });
  expect(existsSync(path('ledger'))).toBe(false);
  expect(await undo.undoHost({ host: 'old-1' })).toEqual({ host: 'old-1', undone: [] });
  expect(existsSync(path('stays'))).toBe(true);
});

it("does not end the hub's record while a change of the cluster is not put back", async () => {
  const record = {
    v: 1,
    id: 'voting',
    phase: 'join',
    summary: 'new nodes do not vote',
    at: '2026-01-01T00:00:00Z',
    undo: { kind: 'voting', names: ['new-1'], keep: [] },
  };
  await world.hosts.keep(world.ref('hub'), 'cluster-0001-voting', record);
  await expect(undo.forgetHost({ host: 'hub' })).rejects.toMatchObject({
    type: FAILURES.PROOF_FAILED,
    message: expect.stringContaining('voting') as string,
  });
  expect(Object.keys(await world.hosts.kept(world.ref('hub')))).toEqual(['cluster-0001-voting']);
  await world.hosts.unkeep(world.ref('hub'), 'cluster-0001-voting');
  await undo.forgetHost({ host: 'hub' });
});

it('names a host that the plan does not have', async () => {
  await expect(undo.undoHost({ host: 'nobody' })).rejects.toThrow(/nobody/);
});

it('tells the file that an undo would put back, as long as the step is recorded and there was one', async () => {
  const app = world.ref('old-1');
  const step = (id: string) =>
    fileStep({ phase: 'switch', id, summary: id, path: path(`${id}.yaml`), content: 'nodes: fronts\n' });
  writeFileSync(path('app-switch.yaml'), 'nodes: älter\n');
  expect(await world.hosts.saved(app, 'app-switch')).toBeUndefined();
  await world.hosts.apply(app, step('app-switch'));
  await world.hosts.apply(app, step('was-none'));
  expect(await world.hosts.saved(app, 'app-switch')).toBe('nodes: älter\n');
  expect(await world.hosts.saved(app, 'was-none')).toBeUndefined();
  expect(await world.hosts.saved(app, 'app')).toBeUndefined();
});
