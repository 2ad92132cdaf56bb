import { payloadConverter } from '../../../src/workflows/payload-converter';
import { ActivityLife, msOf, type ActivityCall } from './activities';
import type { Execution, Payload } from './execution';
import type { Failure } from './failures';
import type { Command } from './sandbox';
import type { Server } from './server';

/** What a server does for each kind of command; all others change nothing that a workflow sees. */
export type Commands = { [K in keyof Command]?: (execution: Execution, command: NonNullable<Command[K]>) => void };

/** The child ends with its parent; Temporal's default. */
export const TERMINATE_WITH_PARENT = 1;
const ALREADY_EXISTS = 1;

/** What this server does when a run asks for something. */
export function commandsOf(server: Server): Commands {
  return {
    scheduleActivity: (execution, command) => {
      const seq = command.seq ?? 0;
      const args = (command.arguments ?? []) as Payload[];
      const name = command.activityType ?? '';
      server.weigh(execution, name, args);
      execution.events += 3;
      const input: unknown = args[0] && payloadConverter.fromPayload(args[0]);
      const call: ActivityCall = {
        ...{ execution, seq, name, input, scheduledAt: server.clock.now },
        ...{ attempt: 0, cancelRequested: false, done: false },
      };
      const life = new ActivityLife(call, command, {
        clock: server.clock,
        attempt: (one) => server.outside.attempt(one),
        tell: (to, job) => server.resolved(to, seq, name, job),
        toPayload: (value) => server.toPayload(value),
        trace: (line) => server.say(line),
      });
      server.activities.set(`${execution.info.runId} ${seq}`, life);
      server.outside.scheduled?.(call);
      server.clock.after(1, () => life.begin());
    },
    requestCancelActivity: (execution, { seq }) => {
      execution.events += 1;
      server.activities.get(`${execution.info.runId} ${seq}`)?.cancel();
    },
    startTimer: (execution, { seq, startToFireTimeout }) => {
      execution.events += 1;
      server.clock.after(msOf(startToFireTimeout, 0), () => {
        if (!execution.cancelledTimers.has(seq ?? 0)) server.tell(execution, { fireTimer: { seq } }, 1);
      });
    },
    cancelTimer: (execution, { seq }) => {
      execution.events += 1;
      execution.cancelledTimers.add(seq ?? 0);
      execution.pending = execution.pending.filter((job) => job.fireTimer?.seq !== seq);
    },
    startChildWorkflowExecution: (execution, command) => {
      const { workflowId: id, workflowType: type, parentClosePolicy } = command;
      const [seq, workflowId, workflowType] = [command.seq ?? 0, id ?? '', type ?? ''];
      execution.events += 3;
      server.clock.after(2, () => {
        if (server.running(workflowId)) {
          const failed = { workflowId, workflowType, cause: ALREADY_EXISTS };
          return server.tell(execution, { resolveChildWorkflowExecutionStart: { seq, failed } });
        }
        if (execution.status !== 'running') return;
        const link = { execution, seq, closePolicy: Number(parentClosePolicy ?? TERMINATE_WITH_PARENT) };
        const child = server.begin(workflowType, workflowId, command.input ?? [], link);
        const succeeded = { runId: child.info.runId };
        server.tell(execution, { resolveChildWorkflowExecutionStart: { seq, succeeded } });
      });
    },
    cancelChildWorkflowExecution: (execution, { childWorkflowSeq }) => {
      execution.events += 2;
      const child = server.newest(execution.children.get(childWorkflowSeq ?? 0));
      server.clock.after(2, () => {
        if (child?.status === 'running') server.tell(child, { cancelWorkflow: { reason: 'by its parent' } }, 1);
      });
    },
    signalExternalWorkflowExecution: (execution, command) => {
      execution.events += 2;
      const to = command.workflowExecution?.workflowId ?? command.childWorkflowId ?? '';
      server.clock.after(2, () => {
        const target = server.running(to);
        const input = command.args as Payload[];
        const failure: Failure | undefined = target
          ? undefined
          : {
              message: `unable to signal ${to}`,
              applicationFailureInfo: { type: 'ExternalWorkflowExecutionNotFound' },
            };
        if (target) {
          server.tell(
            target,
            { signalWorkflow: { signalName: command.signalName, input, headers: {}, identity: '' } },
            1,
          );
        }
        server.tell(execution, { resolveSignalExternalWorkflow: { seq: command.seq, failure } });
      });
    },
    updateResponse: (execution, { protocolInstanceId, accepted, rejected, completed }) => {
      if (accepted) return;
      const answer = rejected
        ? `refused: ${rejected.message}`
        : JSON.stringify(payloadConverter.fromPayload(completed as never));
      server.answers.set(protocolInstanceId ?? '', answer);
      server.say(`${execution.name}: update ${protocolInstanceId}: ${answer}`);
    },
    completeWorkflowExecution: (execution, { result }) => {
      execution.result = result ?? undefined;
      server.close(execution, 'completed');
    },
    failWorkflowExecution: (execution, { failure }) => {
      execution.failure = failure ?? { message: 'failed' };
      server.close(execution, 'failed');
    },
    cancelWorkflowExecution: (execution) => server.close(execution, 'cancelled'),
    continueAsNewWorkflowExecution: (execution, command) => {
      server.close(execution, 'continued');
      const args = (command.arguments ?? []) as Payload[];
      server.begin(
        command.workflowType || execution.info.workflowType,
        execution.name,
        args,
        execution.parent,
        execution,
      );
    },
  };
}
