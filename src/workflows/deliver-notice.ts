import { getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import type { Notice } from '../contract/notice';
import type { Receiver } from '../plan/notify';
import type { Plan } from '../plan/schema';
import { cut } from '../text/harmless';
import { sentence } from './run/failures';
import { notToldSignal, type NotTold } from './messages/messages';
import { aside } from './world/side';

/** What the migration gives. */
export interface DeliverNoticeInput {
  notice: Notice;
  receivers: Receiver[];
}

/** Who was told, and who could not be. */
export interface DeliverNoticeResult {
  told: string[];
  notTold: NotTold[];
}

/** Everybody who is told something by this plan. */
export function receiversOf({ notify }: Plan): Receiver[] {
  return [...notify.webhooks, ...notify.commands];
}

/**
 * Delivers one notice to each receiver, side by side, and tells the migration of those that did not take it. Started beside a
 * migration, which doesn't wait for it.
 */
export async function deliverNotice({ notice, receivers }: DeliverNoticeInput): Promise<DeliverNoticeResult> {
  const result: DeliverNoticeResult = { told: [], notTold: [] };
  await Promise.all(
    receivers.map(async (receiver) => {
      try {
        await aside('notify', `${notice.event}: tell ${receiver.name}`)({ notice, receiver });
        result.told.push(receiver.name);
      } catch (error) {
        const lost = {
          id: notice.id,
          event: notice.event,
          receiver: receiver.name,
          reason: cut(sentence(error), 1_000),
        };
        result.notTold.push(lost);
        await report(lost);
      }
    }),
  );
  return result;
}

/** A migration that has ended can't be told any more; the result of this workflow says it too. */
async function report(lost: NotTold): Promise<void> {
  const { parent } = workflowInfo();
  if (parent)
    await getExternalWorkflowHandle(parent.workflowId)
      .signal(notToldSignal, lost)
      .catch(() => undefined);
}
