import { planJsonSchema } from '../../plan/json-schema';
import type { Cli } from '../cli';
import { sayJson } from '../io';

/** Prints the JSON Schema of a plan. */
export function run(cli: Cli): void {
  sayJson(cli.io, planJsonSchema());
}
