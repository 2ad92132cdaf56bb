import { FEWER_REPLICAS } from '../../../src/contract/kept-record';
import { backFrom } from '../support/back';
import { entry, moved } from '../support/fake-world';
import { devServer, startLab } from '../support/lab';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

test.concurrent(
  'copies that the plan took away are waited for, when they are asked for again and before the bridge goes',
  () => {
    const left = [3, 1, 0];
    return backFrom(
      lab,
      [[], 'big-switch'],
      async (handle, _, since) => {
        await handle.result();
        const lines = since().filter((line) => /^(restoreCluster$|awaitCopies|undoHost old-1 redirect)/.test(line));
        const waited = ['awaitCopies', 'awaitCopies', 'awaitCopies'];
        expect(lines.slice(-5)).toEqual(['restoreCluster', ...waited, 'undoHost old-1 redirect']);
        expect(lines.filter((line) => line === 'awaitCopies')).toEqual(waited);
      },
      {
        begin: (world) => {
          world.answers.awaitCopies = async () => moved(left.shift() ?? 0);
          world.answers.prepareIndices = async () => [
            { ...entry('hub', 'replicate', FEWER_REPLICAS), summary: 'fewer replicas, as the plan has them: orders' },
          ];
        },
      },
    );
  },
);

test.concurrent('nobody waits for copies where the plan took none away', () =>
  backFrom(lab, [[], 'big-switch'], async (handle, world) => {
    await handle.result();
    expect(world.said(/awaitCopies/)).toEqual([]);
  }),
);
