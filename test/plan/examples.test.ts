import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readPlanFile } from '../../src/plan/load';
import { parsePlan } from '../../src/plan/parse';
import { planSchema } from '../../src/plan/schema';
import { EXAMPLES, minimalPlan } from './minimal';

/** What a schema is without optional, default and prefault around it. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
    inner = inner.unwrap();
  }
  return inner;
}

/**
 * Notes every field of the schema, and which of them `value` has. A shape that is used in several places (`ssh` of a
 * host) counts as one: it is enough to show each of its fields once.
 */
function walk(
  schema: z.core.$ZodType,
  value: unknown,
  path: string,
  fields: Map<object, Map<string, [string, boolean]>>,
) {
  const inner = bare(schema);
  if (inner instanceof z.ZodArray) {
    const items = Array.isArray(value) && value.length > 0 ? (value as unknown[]) : [undefined];
    for (const item of items) walk(inner.element, item, `${path}[]`, fields);
  } else if (inner instanceof z.ZodRecord) {
    const items = Object.values((value as object | undefined) ?? { none: undefined });
    for (const item of items) walk(inner.valueType, item, `${path}.*`, fields);
  } else if (inner instanceof z.ZodObject) {
    const known = fields.get(inner) ?? new Map<string, [string, boolean]>();
    fields.set(inner, known);
    for (const [key, field] of Object.entries(inner.shape)) {
      const own = (value as Record<string, unknown> | undefined)?.[key];
      const here = path === '' ? key : `${path}.${key}`;
      const [first, seen] = known.get(key) ?? [here, false];
      known.set(key, [first, seen || own !== undefined]);
      walk(field, own, here, fields);
    }
  }
}

function fieldsNotIn(value: unknown): string[] {
  const fields = new Map<object, Map<string, [string, boolean]>>();
  walk(planSchema, value, '', fields);
  return [...fields.values()].flatMap((known) => [...known.values()].filter(([, seen]) => !seen).map(([path]) => path));
}

/** The comment above a key, or above the first of the keys that stand directly over it. */
function commentAbove(lines: string[], index: number): string {
  const indent = /^ */.exec(lines[index] ?? '')?.[0] ?? '';
  const isComment = (line: string | undefined) => line?.startsWith(`${indent}# `) === true;
  let at = index - 1;
  while (at >= 0 && lines[at]?.startsWith(indent) === true && /\S/.test(lines[at] ?? '') && !isComment(lines[at])) at--;
  let text = '';
  for (; isComment(lines[at]); at--) text = `${lines[at]?.trim().slice(2)} ${text}`;
  return text;
}

describe('examples', () => {
  const text = readFileSync(join(EXAMPLES, 'plan.yaml'), 'utf8');
  const full = readPlanFile(join(EXAMPLES, 'plan.yaml'));

  test('plan.yaml is a valid plan and shows every field of the schema', () => {
    expect(() => parsePlan(full)).not.toThrow();
    expect(fieldsNotIn(full)).toEqual([]);
  });

  test('the walk notices a field that is not shown', () => {
    expect(fieldsNotIn(minimalPlan())).toContain('replicate.maxMBps');
    expect(fieldsNotIn(minimalPlan())).toContain('hosts.hub.ssh.address');
  });

  test('plan.json is the least that a plan can be: without any of its fields it is refused', () => {
    const remove = (value: unknown, path: (string | number)[]): unknown => {
      const [head, ...rest] = path;
      const copy = structuredClone(value) as Record<string | number, unknown>;
      if (head === undefined) return copy;
      if (rest.length === 0) delete copy[head];
      else copy[head] = remove(copy[head], rest);
      return copy;
    };
    const required = [['version'], ['name'], ['elasticsearch'], ['ssh', 'privateKey'], ['ssh', 'knownHosts']];
    const more = [
      ['hosts', 'hub'],
      ['hosts', 'old'],
      ['hosts', 'new'],
      ['hosts', 'apps'],
      ['front', 'certificate'],
      ['front', 'auth'],
    ];
    expect(() => parsePlan(minimalPlan())).not.toThrow();
    for (const path of [...required, ...more]) {
      expect(() => parsePlan(remove(minimalPlan(), path))).toThrow(`${path.join('.')}: is missing; add it`);
    }
  });

  test('plan.yaml tells the default of each field that has one', () => {
    const lines = text.split('\n');
    const told: string[] = [];
    const wrong: string[] = [];
    const compare = (schema: z.core.$ZodType, path: string[]) => {
      let inner = schema;
      while (inner instanceof z.ZodOptional || inner instanceof z.ZodPrefault) inner = inner.unwrap();
      const value = inner instanceof z.ZodDefault ? inner.def.defaultValue : undefined;
      if (['string', 'number', 'boolean'].includes(typeof value)) {
        const key = path[path.length - 1] ?? '';
        const places = lines.flatMap((line, i) => (new RegExp(`^ *(- )?${key}: `).test(line) ? [i] : []));
        const comments = places.map((i) => commentAbove(lines, i));
        const ok = comments.some(
          (comment) =>
            /Defaults?: /.test(comment) &&
            (comment.includes(String(value)) ||
              (comment.includes('as here') && text.includes(`${key}: ${String(value)}\n`))),
        );
        (ok ? told : wrong).push(path.join('.'));
      }
      const object = bare(inner);
      if (object instanceof z.ZodObject) {
        for (const [key, field] of Object.entries(object.shape)) compare(field, [...path, key]);
      }
      if (object instanceof z.ZodArray) compare(object.element, path);
    };
    compare(planSchema, []);
    expect(wrong).toEqual([]);
    expect(told.length).toBeGreaterThan(20);
  });
});
