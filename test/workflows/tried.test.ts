import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { Teller } from '../../src/activities/teller';
import type { Status } from '../../src/contract/messages';
import { TRIED_SIGNAL, tryingSentence } from '../../src/contract/trying';
import { escapeMarkdown } from '../../src/text/markdown';
import { FakeWorld, told } from './support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration, type Lab } from './support/lab';
import { currentDetails, soon } from './support/looks';
import { planInput } from './support/plan';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(devServer());
}, 180_000);
afterAll(() => lab?.close());

/** Tells as a worker's own does, but sooner. */
const teller = new Teller({ firstMs: 50, everyMs: 100 });

/** Fails as a host that is out of reach does, and is told of as by the guard of a worker, until `over`. */
function outOfReach<R>(answer: R) {
  const state = { over: false };
  const run = async (input?: unknown): Promise<R> => {
    if (state.over) {
      teller.attemptEnded(Context.current(), input);
      return answer;
    }
    const error = ApplicationFailure.retryable(`${hostOf(input)} can not be reached`, 'HostUnreachable');
    teller.attemptEnded(Context.current(), input, error);
    throw error;
  };
  return { state, run };
}

function hostOf(input: unknown): string {
  return (input as { host?: string } | undefined)?.host ?? 'the hub';
}

test('what is tried again is in status and details, with why and when, until it works', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  const { state, run } = outOfReach([]);
  world.answers.installBridgeClient = (asked) => (asked.host === 'old-1' ? run(asked) : Promise.resolve([]));
  await withMigration(lab, { world, input }, async (handle) => {
    const { trying = [], doing, blocked } = await until(handle, (status) => (status.trying?.[0]?.attempt ?? 0) > 2);
    expect(blocked).toBeUndefined();
    expect(doing).not.toContain('old-1');
    expect(trying).toEqual([
      {
        what: 'bridge: VPN client on old-1',
        host: 'old-1',
        attempt: expect.any(Number) as number,
        why: 'old-1 can not be reached',
        since: expect.any(String) as string,
        next: expect.any(String) as string,
      },
    ]);
    const details = await currentDetails(handle);
    expect(details).toContain('**Tried again:** ');
    expect(details).toContain(escapeMarkdown('old-1 can not be reached'));
    state.over = true;
    await openGate(handle, 'big-switch');
    expect((await handle.query<Status>('status')).trying).toBeUndefined();
    expect(await currentDetails(handle)).not.toContain('Tried again');
  });
});

test('what a drain tries again is told by its migration too, and passes no gate', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  const { state, run } = outOfReach([]);
  world.answers.excludeNode = run;
  await withMigration(lab, { world, input }, async (handle) => {
    await approve(handle, 'big-switch');
    await approve(handle, 'drain:old-1');
    const { trying = [] } = await until(handle, (status) => status.trying !== undefined);
    expect(trying).toMatchObject([{ host: 'old-1', why: 'old-1 can not be reached' }]);
    const audit = await handle.query<{ kind: string; gate?: string }[]>('audit');
    expect(audit.filter(({ kind, gate }) => kind === 'gate-passed' && gate === 'drain:old-1')).toEqual([]);
    state.over = true;
    await until(handle, (status) => status.trying === undefined);
    await openGate(handle, 'drain:old-2');
  });
});

test('only what can be so is believed, of the call that is under way, and people are not told at once', async () => {
  const input = planInput({ notify: { webhooks: [{ name: 'chat', url: 'env:CHAT' }] } });
  const world = new FakeWorld(input);
  let go: () => void = () => undefined;
  const wait = new Promise<void>((resolve) => (go = resolve));
  const asked = { scheduled: '' };
  world.answers.installBridgeHub = async () => {
    asked.scheduled ||= new Date(Context.current().info.scheduledTimestampMs).toISOString();
    await wait;
    return [];
  };
  await withMigration(lab, { world, input }, async (handle) => {
    await until(handle, () => asked.scheduled !== '');
    const tell = (more: object) => {
      const tried = { activity: 'installBridgeHub', why: 'no route to host', next: new Date().toISOString(), ...asked };
      return handle.signal(TRIED_SIGNAL, { tries: [{ ...tried, ...more }] });
    };
    // Of another call, of before a reset, and what can't be read: nothing is believed.
    await tell({ attempt: 9, host: 'hub' });
    await tell({ attempt: 9, scheduled: '2020-01-01T00:00:00.000Z' });
    await tell({ attempt: -1 });
    await tell({ attempt: 9, scheduled: '2100-01-01T00:00:00.000Z' });
    await tell({ attempt: 2 });
    const { trying = [] } = await until(handle, (status) => status.trying !== undefined);
    expect(trying.map(({ attempt }) => attempt)).toEqual([2]);
    await tell({ attempt: 1 });
    await soon();
    expect((await handle.query<Status>('status')).trying).toEqual(trying);
    expect(told(world).filter(({ event }) => event === 'waiting')).toEqual([]);

    await tell({ attempt: 3 });
    const { trying: now = [], blocked } = await until(handle, (status) => status.trying?.[0]?.attempt === 3);
    expect(now[0]?.since).toBe(trying[0]?.since);
    expect(blocked).toBeUndefined();
    go();
    await until(handle, (status) => status.trying === undefined);
  });
});

test('the sentence says what, how often, why and when', () => {
  const said = tryingSentence({
    what: 'join: start new-2',
    host: 'new-2',
    attempt: 3,
    why: 'no answer from new-2',
    since: '2026-03-04T05:06:07.000Z',
    next: '2026-03-04T05:07:08.000Z',
  });
  expect(said).toBe(
    'join: start new-2 is tried for the 3rd time at 05:07:08 UTC, as it has failed since 05:06:07: no answer from new-2',
  );
});
