import { status as grpc } from '@grpc/grpc-js';
import { RunningMigration } from '../client';
import type { AuditEntry } from '../contract/audit';
import { SIGNALS, UPDATES, type MessageName, type Verdict } from '../workflows/messages/messages';
import type { Cli } from './cli';
import { CliError, EXIT } from './exit';
import { grpcCode } from './explain';
import { say, sayJson } from './io';
import { typed, type Listed } from './migrations';
import type { Server } from './server';

/** Milliseconds until an update counts as unanswered that is not answered at once: the cluster is looked at before. */
const ANSWERED_LATE_MS: Partial<Record<MessageName, number>> = { giveUp: 5 * 60_000 };

/**
 * Says something to a migration and waits for what came of it: as an update where there is one, else as a signal whose
 * entry in the audit is read.
 * @throws CliError REFUSED with the reason; WorkflowUpdateFailedError when an update was refused
 */
export async function send(server: Server, to: Listed, name: MessageName, said: object): Promise<Verdict> {
  // Its age counts from here, however long it is on its way.
  const message: { by?: string; at: string } = { ...said, at: new Date().toISOString() };
  const handle = server.client.workflow.getHandle(to.workflowId);
  if (name in UPDATES) {
    const update = UPDATES[name as keyof typeof UPDATES];
    try {
      return await server.ask(() => handle.executeUpdate(update, { args: [message] }), ANSWERED_LATE_MS[name]);
    } catch (error) {
      // A server from before there were updates, or one that has them switched off.
      if (grpcCode(error) !== grpc.UNIMPLEMENTED) throw error;
    }
  }
  const before = (await audit(server, to)).length;
  await server.ask(() => handle.signal(SIGNALS[name], message));
  const entry = (await audit(server, to)).slice(before).find(isAnswerTo(name, message));
  if (!entry) {
    throw new CliError(
      EXIT.FAILED,
      `${name} was sent to ${to.name}, but its audit does not show it`,
      `Look: \`bigswitch status ${typed(to)}\`.`,
    );
  }
  if (!entry.accepted) throw new CliError(EXIT.REFUSED, `Refused: ${entry.reason ?? 'no reason was given'}`);
  return { accepted: true, reason: entry.reason ?? 'accepted' };
}

function audit(server: Server, to: Listed): Promise<AuditEntry[]> {
  return server.ask(() => new RunningMigration(server.client, to.workflowId).audit());
}

function isAnswerTo(name: MessageName, message: { by?: string }): (entry: AuditEntry) => boolean {
  return (entry) => entry.kind === name && entry.by === message.by;
}

/** Sends, and says what came of it. */
export async function sendAndTell(
  { cli, server, json }: { cli: Cli; server: Server; json?: boolean },
  to: Listed,
  name: MessageName,
  message: object,
  told: string | ((verdict: Verdict) => string),
): Promise<void> {
  const verdict = await send(server, to, name, message);
  if (json) sayJson(cli.io, { name: to.name, workflowId: to.workflowId, message: { [name]: message }, ...verdict });
  else say(cli.io, typeof told === 'string' ? told : told(verdict));
}
