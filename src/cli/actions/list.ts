import type { Command } from 'commander';
import type { Status } from '../../contract/messages';
import { dateTime } from '../../text/format';
import type { Cli } from '../cli';
import { say, sayJson } from '../io';
import { listMigrations, type Listed } from '../migrations';
import type { Server } from '../server';
import { table } from '../show/table';
import { withServer } from '../with-server';

/** A migration in the list, with what it does as far as that could be asked. */
interface Row extends Listed {
  phase?: string;
  gate?: string;
}

/** Lists migrations. */
export async function run(cli: Cli, options: { all?: boolean }, command: Command): Promise<void> {
  await withServer(cli, command, (server) => list(cli, server, command, options));
}

async function list(cli: Cli, server: Server, command: Command, { all }: { all?: boolean }): Promise<void> {
  const { io } = cli;
  const rows = await Promise.all((await listMigrations(server, { all })).map((listed) => withPhase(server, listed)));
  if (cli.globals(command).json) return sayJson(io, rows);
  if (rows.length === 0) {
    const hint = all ? '' : ' (--all shows those that have ended)';
    return say(io, `No migration is running in namespace "${server.namespace}" of ${server.address}${hint}.`);
  }
  const cells = rows.map(({ name, type, status, phase, gate, startedAt }) => [
    name,
    `${status.toLowerCase().replaceAll('_', ' ')}${type === 'cleanUp' ? ' (cleanup)' : ''}`,
    phase ?? '',
    gate ?? '',
    dateTime(startedAt),
  ]);
  say(io, table(io, cells, ['name', 'status', 'phase', 'gate', 'started']));
}

async function withPhase(server: Server, listed: Listed): Promise<Row> {
  if (listed.status !== 'RUNNING') return listed;
  const handle = server.client.workflow.getHandle(listed.workflowId, listed.runId);
  const status = await server.ask(() => handle.query<Status>('status')).catch(() => undefined);
  return status ? { ...listed, phase: status.phase, gate: status.gate?.gate } : listed;
}
