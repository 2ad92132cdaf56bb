import type { Command } from 'commander';
import { byOf } from '../by';
import type { Verdict } from '../../workflows/messages/messages';
import type { Cli } from '../cli';
import { findMigration } from '../migrations';
import { sendAndTell } from '../send';
import { withServer } from '../with-server';

interface ResumeOptions {
  by?: string;
  reason?: string;
  all?: boolean;
  cutOff?: string;
  workflowId?: string;
}

/** Lets a migration go on. */
export async function run(cli: Cli, name: string | undefined, options: ResumeOptions, command: Command): Promise<void> {
  const { reason, all, cutOff } = options;
  const by = byOf(cli.io.env, options.by);
  await withServer(cli, command, async (server) => {
    const found = await findMigration(server, { ...options, name });
    const told = ({ reason: leadsTo }: Verdict) =>
      `${found.name}${leadsTo === 'accepted' ? ' goes on' : `: ${leadsTo}`}.`;
    const message = { by, reason, all, cutOff: cutOff?.split(',') };
    await sendAndTell({ cli, server, json: cli.globals(command).json }, found, 'resume', message, told);
  });
}
