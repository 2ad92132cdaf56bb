import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import execa from 'execa';
import { ROOT } from '../paths';
import { inOrder, type Stored } from './stored';

/** A part of a page that a script writes, from a record that grows with each run. */
export interface Published<T extends Stored> {
  /** Of the script that writes the part: it stands in the marks around it. */
  script: string;
  /** The page, in Markdown. */
  page: string;
  /** The record, one JSON object a line. */
  record: string;
  /** The part, in Markdown; from all results, oldest first. */
  part: (results: T[]) => string;
}

/** The page of what was run on the lab. */
export const PAGE = join(ROOT, 'docs', 'RELIABILITY.md');

const begin = (script: string) => `<!-- ${script}: begin; written by scripts/${script} --publish -->`;
const end = (script: string) => `<!-- ${script}: end -->`;

/** Puts the part of a script between its marks on a page. @throws Error when the page has no marks */
export function replacePart(page: string, part: string, script: string): string {
  const [from, to] = [page.indexOf(begin(script)), page.indexOf(end(script))];
  if (from < 0 || to < from) throw new Error(`the page has no lines "${begin(script)}" and "${end(script)}"`);
  return `${page.slice(0, from + begin(script).length)}\n\n${part}\n\n${page.slice(to)}`;
}

/** Results in a record, one JSON object a line; none where there is no record. */
export function publishedResults<T extends Stored>(record: string): T[] {
  const lines = existsSync(record) ? readFileSync(record, 'utf8').split('\n').filter(Boolean) : [];
  return lines.map((line) => JSON.parse(line) as T);
}

/**
 * Adds results to those that were published before, and writes the page anew from all of them.
 * @throws Error when the page has no marks
 */
export async function publish<T extends Stored>(published: Published<T>, results: readonly T[]): Promise<void> {
  const { script, page, record, part } = published;
  const all = inOrder([...publishedResults<T>(record), ...results]);
  writeFileSync(page, replacePart(readFileSync(page, 'utf8'), part(all), script));
  writeFileSync(record, all.map((result) => `${JSON.stringify(result)}\n`).join(''));
  await execa('npx', ['prettier', '--write', page], { cwd: ROOT });
}

/** A table in Markdown; also good to read on a terminal, since its columns are in line. */
export function markdownTable(headings: string[], rows: string[][]): string {
  const all = [headings, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), rule, ...body.map(line)].join('\n');
}

/** Most characters that a cell says of one thing that was broken; the record has all. */
const LONGEST = 90;

/** What was broken, short enough for a cell. */
export function verdictCell({ ok, broken }: { ok: boolean; broken: string[] }): string {
  const short = (words: string) => (words.length > LONGEST ? `${words.slice(0, LONGEST).trimEnd()}…` : words);
  return ok ? 'kept' : `BROKEN: ${broken.map((words) => short(words.replaceAll(/\s+/g, ' '))).join('; ')}`;
}
