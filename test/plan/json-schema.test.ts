import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readPlanFile } from '../../src/plan/load';
import { planJsonSchema } from '../../src/plan/json-schema';
import { run } from '../cli/terminal';
import { EXAMPLES } from './minimal';

const read = (name: string) => readFileSync(join(EXAMPLES, name), 'utf8');

describe('the JSON Schema of a plan', () => {
  // As an editor does: by the schema alone, not by the code that it was made from.
  const schema = z.fromJSONSchema(planJsonSchema());

  test('is what bigswitch schema prints, and what lies beside the examples', async () => {
    const { code, stdout } = await run(['schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(planJsonSchema());
    expect(read('plan.schema.json')).toBe(stdout);
  });

  test.each(['plan.yaml', 'plan.json'])('accepts %s', (name) => {
    expect(schema.safeParse(readPlanFile(join(EXAMPLES, name))).error).toBeUndefined();
  });

  test.each([
    ['an unknown field', { extra: 1 }],
    ['a secret that is no reference', { ssh: { privateKey: 'hunter2', knownHosts: 'file:/known_hosts' } }],
    ['a missing field', { hosts: undefined }],
  ])('refuses %s', (_what, change) => {
    const plan = readPlanFile(join(EXAMPLES, 'plan.json')) as object;
    expect(schema.safeParse(JSON.parse(JSON.stringify({ ...plan, ...change }))).success).toBe(false);
  });

  test('is named in the first line of the example, for editors', () => {
    expect(read('plan.yaml').split('\n', 1)).toEqual(['# yaml-language-server: $schema=./plan.schema.json']);
  });
});
