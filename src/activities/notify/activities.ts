import { ApplicationFailure } from '@temporalio/common';
import type { SideActivities } from '../../contract/side-activities';
import { commandSchema, webhookSchema } from '../../plan/notify';
import type { Secrets } from '../../secrets/secrets';
import { everyText, harmless } from '../../text/harmless';
import { runHook } from './command';
import { postNotice } from './webhook';

/** What telling people needs: neither the plan nor its world. */
export interface NotifyParts {
  secrets: Secrets;
  /** For `BIGSWITCH_HOOKS`; default: the worker's own. */
  env?: NodeJS.ProcessEnv;
  /** Ends the attempt early. */
  signal?: () => AbortSignal;
  /** Where a run is seen; default: nowhere. */
  link?: (workflowId: string) => string;
}

/** The activity that tells one receiver of a notice. Its input is checked again: anybody may start its workflow. */
export function createNotifyActivities({ secrets, env, signal, link }: NotifyParts): Pick<SideActivities, 'notify'> {
  return {
    notify: async ({ notice: told, receiver }) => {
      // Who shows it, and how, is not known: whatever field a text stands in, it goes out as one clean line.
      const notice = everyText({ ...told, link: link?.(told.workflowId) }, harmless);
      const webhook = webhookSchema.safeParse(receiver);
      if (webhook.success) return postNotice(webhook.data, notice, secrets, signal?.());
      const command = commandSchema.safeParse(receiver);
      if (command.success) return runHook(command.data.run, notice, env, signal?.());
      throw ApplicationFailure.nonRetryable('the receiver is neither a webhook nor a command', 'NotDelivered');
    },
  };
}
