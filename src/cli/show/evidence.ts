import { shownFact, type Evidence } from '../../contract/evidence';
import { dateTime } from '../../text/format';
import { below, term, type Shown } from '../../text/terminal';
import type { Io } from '../io';
import { table } from './table';

/** The sign for a fact or check that is good or is not; readable without colours too. */
export function sign(io: Io, ok: boolean): Shown {
  return ok ? io.colours.green('✓') : io.colours.red('✗');
}

/** Evidence of a gate: each fact, and what was seen. */
export function showEvidence(io: Io, evidence: Evidence): Shown {
  const { bold, red, green } = io.colours;
  const verdict = evidence.holds ? green('it holds') : red('it does not hold');
  const rows = evidence.facts.map((fact) => [sign(io, fact.ok), fact.name, shownFact(fact)]);
  return below([
    term`${bold(`Evidence for gate ${evidence.gate}`)}, taken ${dateTime(evidence.takenAt)}: ${verdict}`,
    '',
    rows.length > 0 ? table(io, rows) : 'No fact was seen.',
  ]);
}
