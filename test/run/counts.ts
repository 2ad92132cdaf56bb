import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';

/** What was proven and what was not. */
export interface Count {
  passed: number;
  failed: number;
  /** Why a count that looks good is not, or what went wrong; printed. */
  complaints: string[];
}

const jestResult = z.object({
  numTotalTests: z.number(),
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
  testResults: z
    .array(
      z.object({
        name: z.string(),
        message: z.string().default(''),
        assertionResults: z
          .array(
            z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).default([]) }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/** Lines of a failed test's message that are said again; the log has all. */
const MESSAGE_LINES = 12;

type JestFile = z.infer<typeof jestResult>['testResults'][number];

/** What test/e2e/evidence.ts writes. */
export const assertionResult = z.array(z.object({ promise: z.string(), ok: z.boolean(), seen: z.string() }));

/** What scripts/chaos leaves of one call. */
const chaosResults = z.array(z.object({ scenario: z.string(), ok: z.boolean(), broken: z.array(z.string()) }));

function read<T>(path: string, schema: z.ZodType<T>): T | string {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    return `${path} can't be used: ${(error as Error).message}`;
  }
}

/** Counts the tests of one jest run by its JSON. A skipped test proves nothing, so it counts as failed; so does none at all. */
export function countJest(path: string): Count {
  const result = read(path, jestResult);
  if (typeof result === 'string') return { passed: 0, failed: 1, complaints: [result] };
  const skipped = result.numPendingTests + result.numTodoTests;
  const complaints = [
    ...(skipped > 0 ? [`${skipped} tests were skipped; a skipped test proves nothing`] : []),
    ...(result.numTotalTests === 0 ? ['no test ran'] : []),
    ...result.testResults.flatMap(failures),
  ];
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + skipped + result.numRuntimeErrorTestSuites + (result.numTotalTests === 0 ? 1 : 0),
    complaints,
  };
}

/** Each test of a file that failed, or why the file could not be run, with the first lines of what was said. */
function failures({ name, message, assertionResults }: JestFile): string[] {
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  if (assertionResults.length === 0 && message !== '') return [`${basename(name)}: ${begin(message)}`];
  return failed.map((each) => `${basename(name)}: ${each.fullName}: ${begin(each.failureMessages.join('\n'))}`);
}

/** The first lines of a text, without the colours of a terminal. */
function begin(text: string): string {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.slice(0, MESSAGE_LINES).join('\n         ');
}

/**
 * Counts what holds and what does not, by a file of results.
 * @param nothing said where there is nothing to count, which proves nothing
 * @param said what is told of one that does not hold
 */
function countOk<T extends { ok: boolean }>(
  path: string,
  schema: z.ZodType<T[]>,
  nothing: string,
  said: (result: T) => string,
): Count {
  const results = read(path, schema);
  if (typeof results === 'string') return { passed: 0, failed: 1, complaints: [results] };
  if (results.length === 0) return { passed: 0, failed: 1, complaints: [nothing] };
  const broken = results.filter(({ ok }) => !ok);
  return { passed: results.length - broken.length, failed: broken.length, complaints: broken.map(said) };
}

/** Counts the promises that the evidence was asked for, and says what of them was seen otherwise. */
export function countAssertions(path: string): Count {
  return countOk(path, assertionResult, 'nothing was asserted', ({ promise, seen }) => `${promise}: ${seen}`);
}

/** Counts the scenarios of one call of scripts/chaos that kept every promise, and says what the others broke. */
export function countScenarios(path: string): Count {
  return countOk(path, chaosResults, 'no scenario ran', ({ scenario, broken }) => `${scenario}: ${broken.join('; ')}`);
}
