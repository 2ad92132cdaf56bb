import { spawn } from 'node:child_process';
import { Command, InvalidArgumentError } from 'commander';
import { addBreakCommands } from './break/commands';
import { clearLeftProcesses } from '../src/embedded/processes';
import { stopLab } from './down';
import { sshArgs } from './health';
import { interruptSignal } from './interrupt';
import { DEMO_OUT, FILES } from './paths';
import { labHost, readLab } from './state';
import { labStatus, printStatus } from './status';
import { SHAPE_HELP } from './shapes';
import { DEFAULT_OPTIONS, type LabOptions } from './types';
import { labUp, type UpControl } from './up';

function whole(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number)) throw new InvalidArgumentError('use a whole number');
  return number;
}

/** The lab's command line. */
export function labCommand(): Command {
  const program = new Command('scripts/lab')
    .enablePositionalOptions()
    .description('A lab of real hosts in two networks that do not see each other, with a live cluster and its apps.')
    .addHelpText(
      'after',
      `
Examples:
  scripts/lab up                          3 old and 3 new hosts, 100,000 documents
  scripts/lab up --old 2 --new 4 --es 8.17.0
  scripts/lab up --shape roles            dedicated masters, data, ingest and coordinating nodes
  scripts/lab up --shape zones            two zones to three others, copies spread over them
  scripts/lab up --shape tiers            hot and warm nodes, by roles and by an attribute
  scripts/lab status
  scripts/lab ssh old-1 systemctl status elasticsearch
  scripts/lab break loss new-1 --percent 5 --seconds 30
  scripts/lab down`,
    );

  program
    .command('up')
    .description('bring the lab up; one that is up and well, with the same options, is kept')
    .option('--old <n>', `old hosts (default: ${DEFAULT_OPTIONS.old}, or what the shape needs)`, whole)
    .option('--new <n>', `new hosts (default: ${DEFAULT_OPTIONS.new}, or what the shape needs)`, whole)
    .option('--shape <names>', SHAPE_HELP, DEFAULT_OPTIONS.shape)
    .option('--es <version>', 'Elasticsearch version', DEFAULT_OPTIONS.es)
    .option('--docs <n>', 'documents', whole, DEFAULT_OPTIONS.docs)
    .option('--rate <n>', 'requests per second from each app host', whole, DEFAULT_OPTIONS.rate)
    .option('--fresh', 'replace a lab that is up')
    .option('--keep', 'leave what there is when it fails')
    .action(async (options: LabOptions & UpControl) => {
      const started = Date.now();
      await labUp({ ...options, signal: interruptSignal() });
      console.log(`The lab is up (${((Date.now() - started) / 1000).toFixed(1)} s). Its plan: ${FILES.plan}`);
    });

  program
    .command('down')
    .description('take the lab down; nothing is left')
    .action(async () => {
      for (const name of await clearLeftProcesses(DEMO_OUT)) console.log(`✔ the ${name} of a kept demo is stopped`);
      await stopLab();
    });

  program
    .command('status')
    .description('what is up, and how it is')
    .option('--json', 'for programs')
    .action(async ({ json }: { json?: boolean }) => {
      const status = await labStatus();
      if (json) console.log(JSON.stringify(status, null, 2));
      else printStatus(status);
      process.exitCode = status.up && status.well ? 0 : 1;
    });

  program
    .command('ssh')
    .description('a shell on a host, or one command')
    .argument('<host>')
    .argument('[command...]')
    .passThroughOptions()
    .action(async (name: string, command: string[]) => {
      const state = readLab();
      const child = spawn('ssh', [...sshArgs(state, labHost(state, name)), ...command], { stdio: 'inherit' });
      process.exitCode = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 255)));
    });

  addBreakCommands(program);
  return program;
}
