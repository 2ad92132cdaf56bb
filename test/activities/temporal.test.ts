import { Context } from '@temporalio/activity';
import { beatTaken, currentServer } from '../../src/activities/temporal';
import { FakeWorld } from '../workflows/support/fake-world';
import { devServer, startLab, withMigration } from '../workflows/support/lab';
import { planInput } from '../workflows/support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

test.concurrent(
  'a heartbeat of an attempt is taken while somebody waits for it, and not after its run was terminated',
  async () => {
    const world = new FakeWorld(planInput());
    const usual = world.standard();
    let done: (taken: boolean[]) => void;
    const told = new Promise<boolean[]>((resolve) => (done = resolve));
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      world.answers.proveBridge = async () => {
        const before = await beatTaken(Context.current(), { samples: [1] });
        await handle.terminate('gone');
        done([before, await beatTaken(Context.current(), undefined)]);
        return usual.proveBridge();
      };
      expect(await told).toEqual([true, false]);
    });
  },
  120_000,
);

test.concurrent(
  'a claim is over when its chain does not run any more on this server, and never when it is of another one',
  async () => {
    const world = new FakeWorld(planInput());
    const usual = world.standard();
    let done: (verdicts: boolean[]) => void;
    const told = new Promise<boolean[]>((resolve) => (done = resolve));
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      world.answers.proveBridge = async () => {
        const place = await currentServer.place();
        const mine = { migration: 'shop', owner: handle.workflowId, run: handle.firstExecutionRunId, ...place };
        const claims = [
          mine,
          { ...mine, run: 'an-earlier-run-of-this-id' },
          { ...mine, owner: 'bigswitch-of-which-nothing-is-known' },
          { ...mine, run: 'an-earlier-run-of-this-id', server: 'another' },
          { ...mine, run: 'an-earlier-run-of-this-id', namespace: 'another' },
          { migration: 'shop', owner: handle.workflowId },
        ];
        done(await Promise.all(claims.map(async (claim) => (await currentServer.judge(claim)).over)));
        return usual.proveBridge();
      };
      expect(await told).toEqual([false, true, true, false, false, false]);
    });
  },
  120_000,
);
