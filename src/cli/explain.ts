import { status as grpc } from '@grpc/grpc-js';
import {
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { InvalidPlanError } from '../plan/parse';
import { CliError, EXIT, isPromptEnd } from './exit';

/** What to do where nobody takes the work. */
export const NO_WORKER = 'Start a worker: `bigswitch worker`, or `docker compose up -d worker`.';

/** The server could not be reached. */
export function cantConnect(address: string, error: unknown): CliError {
  return new CliError(
    EXIT.MISSING,
    `The Temporal server at ${address} can't be reached: ${whyNot(error)}`,
    'Name it by --address, TEMPORAL_ADDRESS or --profile. To have one on this machine: `bigswitch up`.',
    { cause: error },
  );
}

/** Why there is no connection, without the words that gRPC puts around it. */
function whyNot(error: unknown): string {
  if (grpcCode(error) === grpc.DEADLINE_EXCEEDED) return 'it does not answer';
  return lastMessage(error)
    .replace(/^No connection established\. Last error: (Error: )?/, '')
    .replace(/\. Resolution note: *$/, '');
}

/** The server answered, but not for this namespace. */
export function namespaceProblem(address: string, namespace: string, error: unknown): CliError {
  const code = grpcCode(error);
  if (code === grpc.NOT_FOUND) {
    return new CliError(
      EXIT.MISSING,
      `The Temporal server at ${address} has no namespace "${namespace}"`,
      `Name another by --namespace or TEMPORAL_NAMESPACE, or create it: \`temporal operator namespace create --namespace ${namespace}\`.`,
      { cause: error },
    );
  }
  if (code === grpc.PERMISSION_DENIED || code === grpc.UNAUTHENTICATED) {
    return new CliError(
      EXIT.MISSING,
      `The Temporal server at ${address} refuses the namespace "${namespace}": ${lastMessage(error)}`,
      'Check TEMPORAL_API_KEY, the client certificate (--tls-cert-path, --tls-key-path) and the namespace.',
      { cause: error },
    );
  }
  return cantConnect(address, error);
}

/** Any error as one for a person; what is known gets its exit code and what to do. */
export function explain(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const as = (code: CliError['exitCode'], message: string, remedy?: string) =>
    new CliError(code, message, remedy, { cause: error });
  if (error instanceof InvalidPlanError) {
    return as(EXIT.USAGE, error.message, 'Every field is explained in examples/plan.yaml and by `bigswitch schema`.');
  }
  if (error instanceof WorkflowUpdateFailedError) return as(EXIT.REFUSED, `Refused: ${lastMessage(error.cause)}`);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return noAnswer(error);
  if (error instanceof WorkflowExecutionAlreadyStartedError) {
    return as(
      EXIT.REFUSED,
      `${error.workflowId} is running already; it is neither joined nor replaced`,
      'Look at it: `bigswitch status`. For another migration, give the plan another name.',
    );
  }
  if (error instanceof WorkflowNotFoundError) {
    return as(EXIT.NOT_FOUND, `No run of ${error.workflowId} is there to take this`, 'See `bigswitch list`.');
  }
  if (error instanceof WorkflowFailedError) return as(EXIT.FAILED, lastMessage(error));
  if (isPromptEnd(error)) return as(EXIT.INTERRUPTED, 'Interrupted; nothing was sent.');
  const code = grpcCode(error);
  if (code === grpc.DEADLINE_EXCEEDED || code === grpc.FAILED_PRECONDITION) return noAnswer(error);
  return as(EXIT.FAILED, lastMessage(error), 'For all there is to know, run it again with --debug.');
}

/** A question or message to which no worker has answered. */
function noAnswer(error: unknown): CliError {
  return new CliError(
    EXIT.MISSING,
    `No worker has answered (${lastMessage(error)}). What was sent may still be taken; \`bigswitch status\` tells`,
    NO_WORKER,
    { cause: error },
  );
}

/** The gRPC status code in an error or the one that caused it. */
export function grpcCode(error: unknown): grpc | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (isGrpcServiceError(current)) return current.code;
  }
  return undefined;
}

/** The message at the bottom of an error: what really happened, without the wrappers. */
export function lastMessage(error: unknown): string {
  let current: unknown = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  if (isGrpcServiceError(current)) return current.details || current.message;
  return current instanceof Error ? current.message : String(current);
}
