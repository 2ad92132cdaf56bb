import { RunningMigration } from '../client';
import type { OpenGate } from '../contract/messages';
import { leadsTo } from '../view/gate';
import { askText, askWord, askYes } from './ask';
import type { Cli } from './cli';
import { CliError, EXIT } from './exit';
import { note } from './io';
import { typed, type Listed } from './migrations';
import type { Server } from './server';
import { showEvidence } from './show/evidence';

/** What was said of a gate on the command line. */
export interface GateFlags {
  gate?: string;
  token?: string;
  yes?: boolean;
}

/**
 * The gate and token that a decision is about. With a terminal the open gate is shown and its token is taken from what
 * was shown; without one, the token has to be given: nobody has seen the evidence of a token that a script looks up.
 * @throws CliError
 */
export async function gateOf(
  cli: Cli,
  server: Server,
  found: Listed,
  flags: GateFlags,
): Promise<{ gate: string; token: string; open?: OpenGate }> {
  if (!cli.io.interactive && flags.token === undefined) {
    throw new CliError(
      EXIT.USAGE,
      '--token is missing: without a terminal it has to be given, as it stands for the evidence that a person has read',
      `It is shown by \`bigswitch status ${typed(found)}\`, with the evidence.`,
    );
  }
  const { gate: open } = await server.ask(() => new RunningMigration(server.client, found.workflowId).status());
  const gate = flags.gate ?? open?.gate;
  const token = flags.token ?? open?.token;
  if (gate === undefined || token === undefined) {
    throw new CliError(EXIT.REFUSED, `${found.name} has no open gate`, `See: \`bigswitch status ${typed(found)}\`.`);
  }
  if (open && open.gate !== gate) {
    throw new CliError(EXIT.REFUSED, `Refused: gate ${gate} is not open; ${open.gate} is`);
  }
  return { gate, token, open };
}

/** Shows the evidence and asks for the person's word: typed out for what can't be undone. @throws CliError on no */
export async function confirmGate(cli: Cli, open: OpenGate): Promise<void> {
  const { io } = cli;
  note(io, `${showEvidence(io, open.evidence)}\n`);
  if (!open.evidence.holds) {
    throw new CliError(EXIT.REFUSED, `Gate ${open.gate} can be approved once all of this holds.`);
  }
  const question = leadsTo(open.gate);
  if (open.gate.startsWith('drain:')) await askYes(io, `${question} Approve ${open.gate}?`);
  else await askWord(io, open.gate, question);
}

/** The reason of a decision: as given, else asked for on a terminal. @throws CliError USAGE without either */
export async function reasonOf(cli: Cli, reason: string | undefined, question: string): Promise<string> {
  if (reason !== undefined && reason.trim() !== '') return reason;
  if (cli.io.interactive) return askText(cli.io, question);
  throw new CliError(EXIT.USAGE, '--reason is missing', 'Say why: it is kept in the audit and the report.');
}
