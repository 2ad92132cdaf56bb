import type { Scenario } from './incidents';
import type { Rule } from './rules';

/** A rule that is broken today, and a small scenario that shows it. */
export interface Known {
  rule: Rule;
  why: string;
  scenario: Scenario;
}

/**
 * What was found and is not mended yet. A test plays each: when it is mended the test fails until it is taken out of this list
 * and kept in kept.ts.
 */
export const KNOWN: Known[] = [];
