import type { Claimer } from '../../../src/contract/claim';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CancelledFailure, type ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../../../src/contract/failures';
import { givenUp, type Fence } from '../../../src/hosts/fence';
import type { HostStep } from '../../../src/hosts/step';
import { loopbackHosts, startSshd, type TestSshd } from '../ssh/sshd';

jest.setTimeout(60_000);

const WORKFLOW = 'bigswitch-test';
const SERVER = { namespace: 'default', server: 'server-1' };

let sshd: TestSshd;
let world: ReturnType<typeof loopbackHosts>;
/** Under what the next script acts. */
let fence: Fence;
const old = () => world.ref('old-1');
const path = (name: string) => join(sshd.folder, name);
const claimer = (run: string): Claimer => ({ workflow: WORKFLOW, run, ...SERVER });

/** From here on scripts act under this call. */
function under(call: number, attempt = 1, oldest = call, run = 'r1'): void {
  fence = { workflow: WORKFLOW, run, call, oldest, attempt };
}

beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());
beforeEach(() => {
  under(100);
  world = loopbackHosts(sshd, { mayAct: async () => fence });
});
afterEach(async () => {
  await world.hosts.close();
  const free = loopbackHosts(sshd);
  for (const undo of ['undo', 'forget'] as const) await free.hosts[undo](old());
  await free.hosts.close();
  expect(existsSync(path('ledger'))).toBe(false);
});

function step(id = 'app-switch', wanted = 'fronts'): HostStep {
  const file = path(id);
  return {
    phase: 'switch',
    id,
    summary: `point ${id} at the ${wanted}`,
    check: `[ "$(cat ${file} 2>/dev/null)" = ${wanted} ]`,
    apply: `echo ${wanted} >${file}`,
    undo: `rm -f ${file}`,
  };
}

const TOO_LATE = { type: FAILURES.GIVEN_UP, nonRetryable: true };
const NOT_HELD = { type: FAILURES.NOT_HELD, nonRetryable: true };

/** Everything by which a run changes a host. */
const CHANGES: [string, () => Promise<unknown>][] = [
  ['a step', () => world.hosts.apply(old(), step())],
  ['an undo', () => world.hosts.undo(old())],
  ['a record', () => world.hosts.keep(old(), 'a-record', { a: 1 })],
  ['the end of a record', () => world.hosts.unkeep(old(), 'a-record')],
  ['the end of the ledger', () => world.hosts.forget(old())],
];

describe.each(CHANGES)('%s', (_what, change) => {
  const begin = async () => {
    await world.hosts.claim(old(), claimer('r1'));
    await world.hosts.apply(old(), step('kept'));
    await world.hosts.keep(old(), 'kept', { kept: true });
  };
  const untouched = () => {
    expect(existsSync(path('app-switch'))).toBe(false);
    expect(existsSync(path('kept'))).toBe(true);
    expect(existsSync(path('ledger/test/records/kept.json'))).toBe(true);
    expect(existsSync(path('ledger/test/records/a-record.json'))).toBe(false);
  };

  it('of an attempt that a later one has replaced is refused by the host', async () => {
    await begin();
    under(101, 2, 100);
    await world.hosts.apply(old(), step('kept'));
    under(101, 1, 100);
    await expect(change()).rejects.toMatchObject(TOO_LATE);
    untouched();
  });

  it('of a call that is over is refused, and one that is under way beside it is not', async () => {
    await begin();
    under(103, 1, 101);
    await world.hosts.apply(old(), step('kept'));
    under(100);
    await expect(change()).rejects.toMatchObject(TOO_LATE);
    untouched();
    under(102, 1, 101);
    await expect(change()).resolves.not.toThrow();
  });

  it("under another run's claim is refused, be it of the same workflow on another server", async () => {
    await begin();
    under(200, 1, 200, 'r2');
    await expect(change()).rejects.toMatchObject(NOT_HELD);
    untouched();
  });

  it('of a run that was taken over is refused, and what came after is not', async () => {
    await begin();
    await world.hosts.claim(old(), claimer('r2'), 'r1');
    under(999);
    await expect(change()).rejects.toMatchObject(NOT_HELD);
    untouched();
    under(50, 1, 50, 'r2');
    await expect(change()).resolves.not.toThrow();
  });
});

it.each(CHANGES.slice(0, 1).concat(CHANGES.slice(2, 3)))(
  '%s after the end, when nothing is left, leaves nothing either',
  async (_what, change) => {
    await world.hosts.claim(old(), claimer('r1'));
    await world.hosts.apply(old(), step());
    await world.hosts.undo(old());
    await world.hosts.forget(old());
    expect(existsSync(path('ledger'))).toBe(false);
    await expect(change()).rejects.toMatchObject(NOT_HELD);
    under(1000, 9);
    await expect(change()).rejects.toMatchObject(NOT_HELD);
    expect(existsSync(path('app-switch'))).toBe(false);
    expect(existsSync(path('ledger'))).toBe(false);
    expect(existsSync(path('locks/bigswitch-test.lock'))).toBe(false);
  },
);

it('what takes back can be done again after the end, where nothing is left to be taken back', async () => {
  await world.hosts.claim(old(), claimer('r1'));
  await world.hosts.apply(old(), step());
  await world.hosts.undo(old());
  await world.hosts.forget(old());
  await expect(world.hosts.undo(old())).resolves.toEqual({ host: 'old-1', undone: [] });
  await world.hosts.unkeep(old(), 'a-record');
  await world.hosts.forget(old());
  expect(existsSync(path('ledger'))).toBe(false);
});

it('is on the host before anything else is done', async () => {
  await world.hosts.claim(old(), claimer('r1'));
  under(100, 3);
  const failing = { ...step(), apply: 'exit 1' };
  await expect(world.hosts.apply(old(), failing)).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
  expect(readFileSync(path('ledger/fence'), 'utf8')).toBe('floor 100\n100 3\n');
});

it('keeps only what may be under way', async () => {
  await world.hosts.claim(old(), claimer('r1'));
  for (const [call, oldest] of [
    [101, 101],
    [102, 101],
    [103, 102],
    [104, 103],
  ] as const) {
    under(call, 1, oldest);
    await world.hosts.apply(old(), step(`s${call}`));
  }
  expect(readFileSync(path('ledger/fence'), 'utf8').split('\n').sort()).toEqual(['', '103 1', '104 1', 'floor 103']);
});

it('a claim of an older release is held by its workflow', async () => {
  const free = loopbackHosts(sshd);
  const { code } = await free.hosts.read(
    old(),
    `mkdir -p ${path('ledger')} && ln -s 'test ${WORKFLOW}' ${path('ledger/claim')}`,
  );
  await free.hosts.close();
  expect(code).toBe(0);
  await expect(world.hosts.apply(old(), step())).resolves.toMatchObject({ changed: true });
  await world.hosts.release(old(), claimer('r1'));
});

describe('nothing is sent', () => {
  it('once the activity may not act any more, not even a look', async () => {
    await world.hosts.claim(old(), claimer('r1'));
    const error = givenUp('the server has given this attempt up');
    const late = loopbackHosts(sshd, { mayAct: () => Promise.reject(error) });
    const touch = `touch ${path('ledger/touched')}`;
    for (const act of [
      () => late.hosts.apply(old(), step()),
      () => late.hosts.read(old(), touch),
      () => late.hosts.ask(old(), touch, { freshConnection: true }),
      () => late.hosts.claim(old(), claimer('r9')),
    ]) {
      await expect(act()).rejects.toBe(error);
    }
    await late.hosts.close();
    expect(existsSync(path('ledger/touched'))).toBe(false);
  });

  it('when that comes to light only with the new connection that a lost one needs', async () => {
    await world.hosts.claim(old(), claimer('r1'));
    let stillThere = true;
    const worker = loopbackHosts(sshd, {
      mayAct: async () => {
        if (!stillThere) throw new CancelledFailure('cancelled');
        return fence;
      },
    });
    await worker.hosts.read(old(), 'true');
    sshd.cutConnections();
    const acting = worker.hosts.apply(old(), step());
    stillThere = false;
    await expect(acting).rejects.toBeInstanceOf(CancelledFailure);
    await worker.hosts.close();
    expect(existsSync(path('app-switch'))).toBe(false);
  });

  it('by what was not told under what it changes a host', async () => {
    const lost = loopbackHosts(sshd, { mayAct: async () => undefined });
    await expect(lost.hosts.read(old(), 'true')).resolves.toMatchObject({ code: 0 });
    const error: unknown = await lost.hosts.apply(old(), step()).catch((thrown: unknown) => thrown);
    expect((error as ApplicationFailure).type).toBe(FAILURES.GIVEN_UP);
    await lost.hosts.close();
  });
});
