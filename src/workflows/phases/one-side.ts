import { patched } from '@temporalio/workflow';
import type { Fact } from '../../contract/evidence';
import { switchOrder } from '../../plan/hosts';
import { list } from '../../text/format';
import type { Preparations } from '../gate/gate';
import { bringOver } from '../gate/tend';
import { sentence } from '../run/failures';
import type { Migration } from '../run/migration';
import { isNoFailure } from '../run/safe-point';
import { isHeld } from '../state/holds';
import { appsOnBothSides } from '../state/sides';
import { inBatches, moveApps } from './move-apps';

/** Change of the order of commands: runs that were begun before it go on as they began. */
const GO_BACK = 'apps-go-back-before-another-word';
/** The same: runs that were begun before it forget in a new run what could not be taken back. */
const KEEPS = 'what-is-not-taken-back-is-carried';

/**
 * What is done before another word for the switch is asked for: nobody is asked, and nothing else goes on, while apps are on both
 * sides. They go back, and the quorum; as long as that fails, the gate does not hold and says why.
 */
export function beforeAnotherWord(m: Migration): Preparations {
  const { notBack: known } = m.state.data;
  // A run before this one may have left off between the apps and the quorum, or failed there: where the apps are does not tell.
  let failed = known !== undefined && patched(KEEPS) ? known : undefined;
  const bring = bringOver(m, 'both');
  const apart = () => appsOnBothSides(m.plan, m.state.data);
  const goBack = async () => {
    if ((apart().length === 0 && failed === undefined) || !patched(GO_BACK)) return;
    await m.control.forPerson(() => !isHeld(m.state.data));
    m.state.set({ notBack: failed ?? 'that was begun, and not ended' });
    try {
      await allBack(m);
      failed = undefined;
    } catch (error) {
      if (isNoFailure(error)) throw error;
      failed = sentence(error);
    }
    m.state.set({ notBack: failed });
  };
  return {
    beforeOpening: goBack,
    tend: async () => {
      // Right before the gate opens it was tried already.
      if (m.state.data.gate) await goBack();
      await bring();
    },
    known: () => (apart().length > 0 || failed !== undefined ? [isNotBack(apart(), failed)] : []),
  };
}

/** All go back, also those of which this run does not know that they were switched: after a reset that may be so. */
async function allBack(m: Migration): Promise<void> {
  m.state.doing('takes the apps back to the old nodes, before another word is asked for');
  const hosts = [...switchOrder(m.plan)].reverse();
  await m.world.proveOldNodesServe();
  await moveApps(m, {
    to: 'old',
    batches: inBatches(m, hosts),
    ready: (left) => m.world.proveAppsCanReturn({ hosts: left }),
  });
  // If the bridge breaks, the side with the apps has to have the votes.
  m.state.record(await m.world.moveQuorum({ to: 'old' }));
}

function isNotBack(hosts: string[], why: string | undefined): Fact {
  const which =
    hosts.length > 0 ? `${list(hosts)} ${hosts.length === 1 ? 'was' : 'were'} switched, or may have been: ` : '';
  return {
    name: 'apps and quorum are on the old side',
    ok: false,
    seen: `${which}${why === undefined ? 'they are taken back first' : `they could not be taken back (${why})`}`,
  };
}
