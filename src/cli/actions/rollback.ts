import type { Command } from 'commander';
import { askWord } from '../ask';
import { byOf } from '../by';
import type { Cli } from '../cli';
import { CliError, EXIT } from '../exit';
import { follow } from '../follow';
import { needReason, reasonOf } from '../gates';
import { say, type Io } from '../io';
import { findMigration, typed, type Listed } from '../migrations';
import { sendAndTell } from '../send';
import type { Server } from '../server';
import { withServer } from '../with-server';

interface RollbackOptions {
  by?: string;
  reason?: string;
  yes?: boolean;
  wait?: boolean;
  workflowId?: string;
}

/** Turns a migration round. */
export async function run(
  cli: Cli,
  name: string | undefined,
  options: RollbackOptions,
  command: Command,
): Promise<void> {
  needReason(cli.io, options.reason);
  needYes(cli.io, options.yes);
  const by = byOf(cli.io.env, options.by);
  await withServer(cli, command, async (server) => {
    const found = await findMigration(server, { ...options, name });
    const reason = await reasonOf(cli.io, options.reason, `Why is ${found.name} rolled back?`);
    if (!options.yes) await askWord(cli.io, found.name, 'Everything will be put back as it was.');
    const told = `${found.name} is being rolled back. How it goes: bigswitch status ${typed(found)}`;
    const { json } = cli.globals(command);
    await sendAndTell({ cli, server, json }, found, 'rollback', { by, reason }, told);
    if (options.wait) await waitFor(cli, server, found, json);
  });
}

/** @throws CliError USAGE where nobody can be asked and --yes was not given */
function needYes(io: Io, yes?: boolean): void {
  if (yes || io.interactive) return;
  throw new CliError(
    EXIT.USAGE,
    '--yes is missing: without a terminal nobody can be asked',
    'Add --yes if you mean it.',
  );
}

async function waitFor(cli: Cli, server: Server, { name, workflowId }: Listed, json?: boolean): Promise<void> {
  const { execution, status } = await follow({ io: cli.io, server }, workflowId);
  if (!json) say(cli.io, `${name}: ${status?.doing ?? execution.toLowerCase()}`);
  cli.exitWith(execution === 'COMPLETED' && status?.outcome === 'rolled-back' ? EXIT.OK : EXIT.FAILED);
}
