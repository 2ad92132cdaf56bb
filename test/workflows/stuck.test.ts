import type { Audit } from '../../src/contract/messages';
import type { MoveProgress } from '../../src/contract/progress';
import { escapeMarkdown } from '../../src/text/markdown';
import { FakeWorld, moved } from './support/fake-world';
import { approve, openGate, until, withMigration, type Handle, type Lab } from './support/lab';
import { currentDetails } from './support/looks';
import { planInput } from './support/plan';
import { startSkippingLab } from './support/skipping';

let lab: Lab;

beforeAll(async () => {
  lab = await startSkippingLab();
}, 180_000);
afterAll(() => lab?.close());

const STUCK = {
  sentence: 'Replica of shard 2 of index orders is unassigned (NODE_LEFT): it failed 5 times.',
  action: 'Run POST _cluster/reroute?retry_failed=true once; it only tries again.',
};
const SILENT = { seconds: 720, reason: 'no new node answers as a member of the cluster' };

/** Answers of an activity that moves shards; each is given when the test has seen the one before, and then none waits. */
function oneByOne(answers: MoveProgress[]) {
  const waiting: (() => void)[] = [];
  let call = 0;
  const answer = async () => {
    const mine = call++;
    if (mine > 0 && mine < answers.length) await new Promise<void>((go) => waiting.push(go));
    return answers[mine] ?? moved(0);
  };
  const next = async () => {
    while (waiting.length === 0) await new Promise((soon) => setTimeout(soon, 10));
    waiting.shift()?.();
  };
  return { answer, next };
}

async function trouble(handle: Handle): Promise<string[]> {
  const audit = await handle.query<Audit>('audit');
  return audit.filter(({ kind }) => kind === 'stuck' || kind === 'moves-again').map(({ kind, note }) => note ?? kind);
}

test('what is stuck is said in details and status with one safe action, kept once, and taken back when it moves', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  const stuck = { ...moved(40), stalledSeconds: 900, stuck: STUCK };
  const silent = { ...moved(40), stalledSeconds: 900, unanswered: SILENT };
  const { answer, next } = oneByOne([stuck, { ...stuck, stalledSeconds: 960 }, silent, stuck, moved(30), moved(0)]);
  world.answers.replicate = answer;
  await withMigration(lab, { world, input }, async (handle) => {
    const seen = await until(handle, ({ progress }) => progress?.stuck !== undefined);
    expect(seen.progress).toMatchObject({ stuck: STUCK, stalledSeconds: 900 });
    expect(await currentDetails(handle)).toContain(`**Stuck:** ${escapeMarkdown(`${STUCK.sentence} ${STUCK.action}`)}`);
    await next();
    await until(handle, ({ progress }) => progress?.stalledSeconds === 960);

    await next();
    await until(handle, ({ progress }) => progress?.unanswered !== undefined);
    const details = await currentDetails(handle);
    expect(details).toContain(`**Unknown for 12 min:** nobody says how far it is (${SILENT.reason}).`);
    expect(details).not.toContain('**Stuck:**');
    await next();
    await until(handle, ({ progress }) => progress?.stuck !== undefined);
    expect(await trouble(handle)).toEqual([STUCK.sentence]);

    await next();
    const again = await until(handle, ({ progress }) => progress?.shardsLeft === 30);
    expect(again.progress?.stuck).toBeUndefined();
    expect(await currentDetails(handle)).not.toContain('Stuck');
    expect(await trouble(handle)).toEqual([STUCK.sentence, 'moves-again']);
    await next();
    await openGate(handle, 'big-switch');
    expect(world.said(/reroute|retry/)).toEqual([]);
  });
});

test('a drain that is stuck says so at once in the migration too, and when it moves again', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  const { answer, next } = oneByOne([moved(60), { ...moved(59), stuck: STUCK }, moved(58), moved(0)]);
  world.answers.drain = answer;
  await withMigration(lab, { world, input }, async (handle) => {
    await approve(handle, 'big-switch');
    await approve(handle, 'drain:old-1');
    await until(handle, ({ progress }) => progress?.shardsLeft === 60);
    await next();
    await until(handle, ({ progress }) => progress?.stuck !== undefined);
    expect(await currentDetails(handle)).toContain('**Stuck:**');
    await next();
    await until(handle, ({ progress }) => progress?.shardsLeft === 58);
    expect(await trouble(handle)).toEqual([STUCK.sentence, 'moves-again']);
    await next();
  });
});

test('a cluster that says nothing for a day blocks the run; resume asks again', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  world.answers.replicate = async () => ({ ...moved(40), unanswered: { ...SILENT, seconds: 86_400 } });
  await withMigration(lab, { world, input }, async (handle) => {
    const { blocked } = await until(handle, (status) => status.blocked !== undefined);
    expect(blocked).toBe(`replicate: for a day nobody has said how far it is: ${SILENT.reason}`);
    delete world.answers.replicate;
    await handle.signal('resume', { by: 'ann' });
    await openGate(handle, 'big-switch');
  });
});
