import type { AppHost } from '../../plan/schema';
import { readEnv } from './env/edit';
import { flattenConfig } from './yaml/edit';

/**
 * Every value of a configuration with its dotted key, variable, or `line N` of a plain text; comments are no values, but
 * in a plain text nobody can tell.
 * @throws ConfigEditError when the text is not in its format
 */
export function leavesOf(format: AppHost['config']['format'], text: string): [string, string][] {
  switch (format) {
    case 'yaml':
    case 'json':
      return [...flattenConfig(text)].map(([key, value]) => [key, JSON.stringify(value) ?? '']);
    case 'env':
      return Object.entries(readEnv(text));
    case 'text':
      return text.split(/\r?\n/).map((line, index) => [`line ${index + 1}`, line]);
  }
}
