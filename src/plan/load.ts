import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { InvalidPlanError, parsePlan } from './parse';
import type { Plan } from './schema';

/**
 * Reads and validates a plan file; JSON is YAML, so both work.
 * @throws InvalidPlanError when the file can't be read, is not YAML, or is not a plan
 */
export function loadPlan(path: string): Plan {
  return parsePlan(readPlanFile(path));
}

/** Reads a plan file without validating it, for a message that is sent on as it was written. */
export function readPlanFile(path: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new InvalidPlanError([`${path}: can't be read (${(error as Error).message}); check the path`]);
  }
  // Names and passwords would become others.
  if (!isUtf8(bytes)) throw new InvalidPlanError([`${path}: is not in UTF-8; convert the file`]);
  const document = parseDocument(bytes.toString('utf8'));
  const [first] = document.errors;
  if (first) throw new InvalidPlanError([`${path}: is not valid YAML or JSON: ${first.message}`]);
  try {
    return document.toJS() as unknown;
  } catch (error) {
    // Aliases are resolved here: an unknown one, or one that grows without end.
    throw new InvalidPlanError([`${path}: is not valid YAML or JSON: ${(error as Error).message}`]);
  }
}
