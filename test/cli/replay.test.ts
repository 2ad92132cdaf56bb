import { replayOpenRuns } from '../../src/replay';
import { bundleWorkflows } from '../../src/bundle-workflows';
import { openGate } from '../workflows/support/lab';
import { startCliLab, untilListed, type CliLab } from './support';

let lab: CliLab;
beforeAll(async () => {
  lab = await startCliLab();
});
afterAll(() => lab.close());

test('says that nothing is open, and of a name that it is not', async () => {
  expect(await lab.bigswitch(['replay'])).toMatchObject({ code: 0, stdout: /^No run is open in namespace/ });
  expect(await lab.bigswitch(['replay', 'shop'])).toMatchObject({ code: 4, stderr: /No run of shop is open/ });
});

test('says of each open run whether this build can take it, and changes nothing', () =>
  lab.migration('shop', async (handle, world) => {
    await openGate(handle, 'big-switch');
    await untilListed(lab, /shop/);
    const [before, calls] = [await handle.fetchHistory(), world.calls.length];
    const { code, stdout } = await lab.bigswitch(['replay']);
    expect(stdout).toMatch(/shop +migrateCluster +\d+ events +this build can take it/);
    expect(code).toBe(0);
    const { stdout: json } = await lab.bigswitch(['replay', 'shop', '--json']);
    expect(JSON.parse(json)).toContainEqual({
      ...{ workflowId: 'bigswitch-shop', type: 'migrateCluster', takes: true },
      ...{ runId: expect.any(String) as string, events: expect.any(Number) as number },
    });
    expect((await handle.fetchHistory()).events?.length).toBeGreaterThanOrEqual(before.events?.length ?? 0);
    expect(world.calls.slice(calls).filter(({ name }) => name !== 'observe')).toEqual([]);

    const workflowBundle = await bundleWorkflows(require.resolve('../replay/broken-workflows'));
    const replayed = await replayOpenRuns(lab.env.client, { workflowBundle });
    const [own] = replayed.filter(({ workflowId }) => workflowId === 'bigswitch-shop');
    expect(own).toMatchObject({ takes: false, reason: expect.stringMatching(/[Nn]ondeterminism/) as string });
  }));
