import type { Command } from 'commander';
import { startCleanUp } from '../../client';
import { askWord } from '../ask';
import type { Cli } from '../cli';
import { CliError, EXIT } from '../exit';
import type { Io } from '../io';
import { readPlan } from '../plan-file';
import { tellStarted, type StartingOptions } from '../started';
import { withServer } from '../with-server';

interface CleanUpOptions extends StartingOptions {
  takeOver?: string[];
  yes?: boolean;
}

/** Starts the clean-up after a migration that was terminated. */
export async function run(cli: Cli, path: string, options: CleanUpOptions, command: Command): Promise<void> {
  const { input, plan } = readPlan(path);
  needYes(cli.io, options);
  await withServer(cli, command, async (server) => {
    if (cli.io.interactive && !options.yes) await askFor(cli.io, plan.name, options);
    const handle = await startCleanUp(server.client, input, options);
    const good = ['rolled-back', 'migrated', 'nothing-left'] as const;
    await tellStarted({ cli, server, command }, handle, options, 'is being cleaned up', [...good]);
  });
}

/** @throws CliError USAGE where nobody can be asked, a run that may live is named, and --yes was not given */
function needYes(io: Io, { takeOver = [], yes }: CleanUpOptions): void {
  if (yes || io.interactive || takeOver.length === 0) return;
  throw new CliError(
    EXIT.USAGE,
    '--yes is missing: without a terminal nobody can be asked',
    `Add --yes if you know that ${takeOver.join(', ')} is gone for good.`,
  );
}

/** What a run did is undone, also under one that goes on somewhere else: whoever can be asked is asked. */
async function askFor(io: Io, name: string, { takeOver = [] }: CleanUpOptions): Promise<void> {
  const others = takeOver.length > 0 ? `, also under ${takeOver.join(', ')}, should it be running` : '';
  await askWord(io, name, `What its migration changed will be put back${others}.`);
}
