import { FAILURES } from '../../src/contract/failures';
import { Standing, TAKEN_MS } from '../../src/activities/standing';

const UNDER = { workflow: 'bigswitch-shop', run: 'r1', call: 100, oldest: 90 };

/** An attempt with clocks that a test moves, and a server whose answer it gives. */
function attempt() {
  const aborting = new AbortController();
  const clocks = { monotonic: 0, wall: 0 };
  const server = { answer: async (): Promise<boolean> => true, beats: 0 };
  const context = { cancellationSignal: aborting.signal, info: { attempt: 2 } } as never;
  const beat = () => {
    server.beats += 1;
    return server.answer();
  };
  const standing = new Standing(context, UNDER, beat, { monotonic: () => clocks.monotonic, wall: () => clocks.wall });
  return { standing, clocks, server, cancel: () => aborting.abort() };
}

const unreachable = async () => {
  throw new Error('no connection');
};
const GIVEN_UP = { type: FAILURES.GIVEN_UP };

it('acts under what its workflow said, once the server has taken its first heartbeat, and then without asking', async () => {
  const { standing, clocks, server } = attempt();
  expect(await standing.mayAct()).toEqual({ ...UNDER, attempt: 2 });
  clocks.monotonic = clocks.wall = TAKEN_MS - 1;
  await standing.mayAct();
  expect(server.beats).toBe(1);
});

it('without a first heartbeat that was taken nothing is done', async () => {
  const { standing, server } = attempt();
  server.answer = unreachable;
  await expect(standing.mayAct()).rejects.toMatchObject({ ...GIVEN_UP, nonRetryable: false });
});

it.each([
  ['the machine slept, so that only the wall clock went on', 0, TAKEN_MS],
  ['the wall clock was put back', TAKEN_MS, -5],
  ['both clocks went on', TAKEN_MS, TAKEN_MS],
])('when %s, it asks before it acts', async (_what, monotonic, wall) => {
  const { standing, clocks, server } = attempt();
  await standing.mayAct();
  Object.assign(clocks, { monotonic, wall });
  server.answer = unreachable;
  await expect(standing.mayAct()).rejects.toMatchObject(GIVEN_UP);
  server.answer = async () => true;
  await expect(standing.mayAct()).resolves.toMatchObject(UNDER);
  server.answer = async () => false;
  Object.assign(clocks, { monotonic: 9 * TAKEN_MS, wall: 9 * TAKEN_MS });
  await expect(standing.mayAct()).rejects.toMatchObject({ ...GIVEN_UP, nonRetryable: true });
});

it('an attempt that the server does not know any more never acts again, however fresh its last heartbeat is', async () => {
  const { standing, server } = attempt();
  await standing.mayAct();
  server.answer = async () => false;
  await standing.ask();
  server.answer = async () => true;
  await standing.ask();
  await expect(standing.mayAct()).rejects.toMatchObject(GIVEN_UP);
});

it('a heartbeat counts from before it was sent: nobody knows when on its way the server took it', async () => {
  const { standing, clocks, server } = attempt();
  server.answer = async () => {
    clocks.monotonic = clocks.wall = TAKEN_MS;
    return true;
  };
  await expect(standing.mayAct()).rejects.toMatchObject(GIVEN_UP);
});

it('a cancelled activity does nothing more', async () => {
  const { standing, cancel } = attempt();
  await standing.mayAct();
  cancel();
  await expect(standing.mayAct()).rejects.toMatchObject({ name: 'CancelledFailure' });
});

it('what its workflow has not said is told nobody', async () => {
  const context = { cancellationSignal: new AbortController().signal, info: { attempt: 1 } } as never;
  for (const under of [undefined, null, 'junk', { ...UNDER, call: -1 }]) {
    await expect(new Standing(context, under, async () => true).mayAct()).resolves.toBeUndefined();
  }
});
