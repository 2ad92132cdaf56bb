import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { DrainAsked, SideActivities } from '../../contract/side-activities';
import { needOwnWord } from '../word';
import { FAILURES } from '../../contract/failures';

/** The activity by which a drain asks its parent before each change; it changes nothing itself. */
export function createAskedActivities(): Pick<SideActivities, 'askParent'> {
  return {
    async askParent({ parent, host, run, original, word }) {
      const { client, info } = Context.current();
      const current = info.workflowExecution?.runId;
      // A reset gives a run that goes on from old words; its parent did not start it.
      if (current !== original) throw notAsked(`this run of the drain of ${host} comes from a reset`);
      const handle = client.workflow.getHandle(parent);
      try {
        const { status, runId } = await handle.describe();
        if (status.name !== 'RUNNING') throw notAsked(`${parent} does not run any more`);
        needOwnWord(word, runId);
        const asked = await handle.query<DrainAsked | null>('drains');
        if (asked?.host === host && asked.run === run) return;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) throw notAsked(`there is no ${parent}`);
        throw error;
      }
      throw notAsked(`${parent} does not wait for this drain of ${host}`);
    },
  };
}

function notAsked(why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `nothing was done: ${why}. A drain is begun by its migration only: send \`resume\` there`,
    FAILURES.NOT_ASKED,
  );
}
