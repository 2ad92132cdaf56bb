import { below } from '../../text/terminal';
import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { draftPlan, planYaml } from '../../plan/draft';
import { parsePlan } from '../../plan/parse';
import type { Cli } from '../cli';
import { CliError, EXIT, isPromptEnd } from '../exit';
import { risksOf } from '../init/draft-live';
import type * as Live from '../init/live';
import { askForPlan, type InitFlags } from '../init/questions';
import { note, say, sayJson } from '../io';

interface Flags extends InitFlags {
  force?: boolean;
}

/** Writes a plan with the person's answers and what the live cluster says. */
export async function run(cli: Cli, file: string, flags: Flags, command: Command): Promise<void> {
  const { io } = cli;
  if (existsSync(file) && flags.force !== true) {
    throw new CliError(EXIT.REFUSED, `${file} is there already`, 'Name another file, or write over it with --force.');
  }
  const live = flags.from === undefined ? undefined : await liveReader().lookAt(io, flags.from, flags);
  if (live) note(io, `${live.clusterName}: ${live.nodes.length} nodes, ${live.indices.length} indices, ${live.status}`);
  const answers = await askForPlan(io, flags, live).catch((error: unknown) => {
    throw isPromptEnd(error) ? new CliError(EXIT.INTERRUPTED, 'Interrupted; nothing was written.') : error;
  });
  const plan = draftPlan(answers);
  parsePlan(plan);
  const risks = live ? risksOf(live, answers.new.length, flags.from) : [];
  try {
    writeFileSync(file, planYaml(plan, risks), { flag: flags.force === true ? 'w' : 'wx' });
  } catch (error) {
    throw new CliError(EXIT.FAILED, `${file} can't be written: ${(error as Error).message}`);
  }
  if (cli.globals(command).json) return sayJson(io, { file, plan, risks });
  say(
    io,
    below([
      `${file} is written.`,
      ...(risks.length > 0 ? ['Look at this first:', ...risks.map((risk) => `  - ${risk}`)] : []),
      'Next:',
      `  bigswitch check ${file}   asks hosts and cluster whether it can be done; changes nothing`,
      `  bigswitch plan ${file}    shows what would be done; changes nothing`,
      `  bigswitch start ${file}   starts it`,
    ]),
  );
}

/** Only who asks a live cluster waits for the client of Elasticsearch to load. */
function liveReader(): typeof Live {
  return require('../init/live') as typeof Live;
}
