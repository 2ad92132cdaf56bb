import { setTimeout } from 'node:timers/promises';
import { term } from '../text/terminal';
import { RunningMigration } from '../client';
import { isFresh } from '../contract/evidence';
import type { OpenGate } from '../contract/messages';
import { leadsTo } from '../view/gate';
import { askText, askWord, askYes } from './ask';
import { CliError, EXIT } from './exit';
import { note, type Io } from './io';
import { typed, type Listed, type Which } from './migrations';
import type { Server } from './server';
import { showEvidence } from './show/evidence';

/** What was said of a gate on the command line. */
export interface GateFlags {
  gate?: string;
  token?: string;
  yes?: boolean;
}

/**
 * Without a terminal the token has to be given: nobody has seen the evidence of a token that a script looks up.
 * @throws CliError USAGE when it is not
 */
export function needToken(io: Io, { token, name, workflowId }: GateFlags & Which): void {
  if (io.interactive || token !== undefined) return;
  const which = workflowId === undefined ? (name ?? '') : `--workflow-id ${workflowId}`;
  throw new CliError(
    EXIT.USAGE,
    '--token is missing: without a terminal it has to be given, as it stands for the evidence that a person has read',
    `It is shown by \`${`bigswitch status ${which}`.trimEnd()}\`, with the evidence.`,
  );
}

/**
 * The gate and token that a decision is about: as given, else those of the open gate, whose evidence is then shown.
 * @throws CliError REFUSED when no gate is open, or another
 */
export async function gateOf(
  server: Server,
  found: Listed,
  flags: GateFlags,
): Promise<{ gate: string; token: string; open?: OpenGate }> {
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

/** Longest time for evidence to be taken anew, in milliseconds: a look takes seconds, and one that hangs must not keep a person. */
const LOOK_MS = 60_000;
const ASK_EVERY_MS = 500;

/**
 * The open gate with evidence of this moment: what is older is taken anew first. When that takes too long, or a run of an older
 * release does not know of it, it is as it was; after the word it is proved in any case.
 */
export async function freshGate(io: Io, server: Server, found: Listed, open: OpenGate): Promise<OpenGate> {
  if (isFresh(open.evidence)) return open;
  note(io, 'The evidence is taken anew ...');
  const run = new RunningMigration(server.client, found.workflowId);
  await server.ask(() => run.lookAgain());
  for (const until = Date.now() + LOOK_MS; Date.now() < until; await setTimeout(ASK_EVERY_MS)) {
    const { gate } = await server.ask(() => run.status());
    if (gate?.gate !== open.gate) throw new CliError(EXIT.REFUSED, `Gate ${open.gate} is not open any more`);
    if (gate.evidence.takenAt !== open.evidence.takenAt) return gate;
  }
  note(io, `It could not be taken anew in ${LOOK_MS / 1000} s; this is what was seen last.`);
  return open;
}

/** Shows the evidence and asks for the person's word: typed out for what can't be undone. @throws CliError on no */
export async function confirmGate(io: Io, open: OpenGate): Promise<void> {
  note(io, term`${showEvidence(io, open.evidence)}\n`);
  if (!open.evidence.holds) {
    throw new CliError(EXIT.REFUSED, `Gate ${open.gate} can be approved once all of this holds.`);
  }
  const question = leadsTo(open.gate);
  if (open.gate.startsWith('drain:')) await askYes(io, `${question} Approve ${open.gate}?`);
  else await askWord(io, open.gate, question);
}

/** The reason of a decision: as given, else as a person says when asked. */
export async function reasonOf(io: Io, reason: string | undefined, question: string): Promise<string> {
  return reason?.trim() ? reason : askText(io, question);
}

/** @throws CliError USAGE where nobody can be asked for a reason and none was given */
export function needReason(io: Io, reason: string | undefined): void {
  if (io.interactive || reason?.trim()) return;
  throw new CliError(EXIT.USAGE, '--reason is missing', 'Say why: it is kept in the audit and the report.');
}
