import type { Check } from '../../contract/evidence';
import { isWaived } from '../../plan/waive';
import type { Plan } from '../../plan/schema';
import { counted } from '../../text/format';
import { below, term, type Piece, type Shown } from '../../text/terminal';
import type { Io } from '../io';
import { table } from './table';

/** How a check ended for this plan. */
export type CheckResult = 'ok' | 'warning' | 'waived' | 'failed';

/** A preflight check as `bigswitch check` tells it. */
export interface ShownCheck extends Omit<Check, 'result'> {
  result: CheckResult;
  /** What to write into `waive` of the plan to accept it; absent where it can't be accepted or need not be. */
  waive?: string;
}

const ORDER: CheckResult[] = ['failed', 'waived', 'warning', 'ok'];

/** The checks with what the plan makes of them, the worst first. */
export function judged(plan: Plan, checks: Check[]): ShownCheck[] {
  const all = checks.map((check): ShownCheck => {
    const { name, subject, waivable } = check;
    if (check.result !== 'failed') return { ...check, result: check.result === 'warn' ? 'warning' : 'ok' };
    if (isWaived(plan, check)) return { ...check, result: 'waived' };
    return { ...check, result: 'failed', ...(waivable && { waive: subject === '' ? name : `${name}:${subject}` }) };
  });
  return ORDER.flatMap((result) => all.filter((check) => check.result === result));
}

/** How many checks ended so. */
export function countOf(checks: ShownCheck[], result: CheckResult): number {
  return checks.filter((check) => check.result === result).length;
}

/** Every check, the worst first, with what to do; those that are ok without more words. */
export function showChecks(io: Io, name: string, checks: ShownCheck[]): Shown {
  const { bold, green, red } = io.colours;
  const count = (result: CheckResult) => countOf(checks, result);
  const failed = count('failed');
  const verdict =
    failed > 0
      ? red(`preflight would refuse it: ${counted(failed, 'check')} failed`)
      : green('preflight would let it go on');
  return below([
    term`${bold(name)}: ${verdict}. Nothing was changed.`,
    '',
    table(
      io,
      checks.map((check) => row(io, check)),
    ),
    '',
    `${counted(checks.length, 'check')}: ${count('ok')} ok, ${counted(count('warning'), 'warning')}, ` +
      `${count('waived')} waived by the plan, ${failed} failed`,
  ]);
}

function row(io: Io, { name, subject, result, seen, remedy, waive }: ShownCheck): Piece[] {
  const { green, red, yellow } = io.colours;
  const signs = {
    ok: green('✓ ok'),
    warning: yellow('! warning'),
    waived: yellow('! waived'),
    failed: red('✗ failed'),
  };
  const more = [
    ...(result !== 'ok' && remedy !== undefined ? [`To do: ${remedy}`] : []),
    ...(waive === undefined ? [] : [`Or accept it in the plan: waive: ["${waive}"]`]),
  ];
  return [signs[result], subject === '' ? 'cluster' : subject, name, below([seen, ...more])];
}
