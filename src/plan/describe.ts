import type { z } from 'zod';

/**
 * Turns one issue of the schema into sentences for people: where, what is wrong, and what to do.
 * @param issue an issue of a parse with `reportInput`, without which a missing field can't be told from a wrong one
 */
export function describeIssue(issue: z.core.$ZodIssue): string[] {
  const where = issue.path.length > 0 ? issue.path.map(String).join('.') : 'plan';
  if (issue.code === 'unrecognized_keys') {
    const prefix = where === 'plan' ? '' : `${where}.`;
    return issue.keys.map((key) => `${prefix}${key}: unknown field; remove it or correct its spelling`);
  }
  if (issue.input === undefined) return [`${where}: is missing; add it`];
  const meant = issue.code === 'invalid_union' ? meantBy(issue.errors) : undefined;
  if (meant) return meant.flatMap((inner) => describeIssue({ ...inner, path: [...issue.path, ...inner.path] }));
  return [`${where}: ${wrongValue(issue)}`];
}

/** What is wrong with the one of several kinds of a group of fields that has all the fields which were given. */
function meantBy(kinds: z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const known = kinds.filter((issues) => issues.every(({ code }) => code !== 'unrecognized_keys'));
  return known.length === 1 ? known[0] : undefined;
}

function wrongValue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${withArticle(issue.expected)}, not ${kindOf(issue.input)}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      if (issue.origin === 'array') return 'must have at least one entry; add it';
      if (issue.origin === 'string') return 'must not be empty';
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_key':
      return 'has a name that is not allowed; correct it';
    default:
      return issue.message;
  }
}

const ARTICLES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
  record: 'a group of fields',
};

function withArticle(kind: string): string {
  return ARTICLES[kind] ?? `of type ${kind}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction';
  return withArticle(typeof value);
}
