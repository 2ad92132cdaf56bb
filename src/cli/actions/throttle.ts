import type { Command } from 'commander';
import { byOf } from '../by';
import type { Verdict } from '../../workflows/messages/messages';
import type { Cli } from '../cli';
import { findMigration } from '../migrations';
import { sendAndTell } from '../send';
import { withServer } from '../with-server';

interface ThrottleOptions {
  by?: string;
  mbps: number;
  workflowId?: string;
}

/** Bounds the shard traffic. */
export async function run(
  cli: Cli,
  name: string | undefined,
  options: ThrottleOptions,
  command: Command,
): Promise<void> {
  const by = byOf(cli.io.env, options.by);
  await withServer(cli, command, async (server) => {
    const found = await findMigration(server, { ...options, name });
    const message = { maxMBps: options.mbps, by };
    const told = ({ reason }: Verdict) => `${found.name}: at most ${options.mbps} MiB/s into one node, ${reason}.`;
    await sendAndTell({ cli, server, json: cli.globals(command).json }, found, 'throttle', message, told);
  });
}
