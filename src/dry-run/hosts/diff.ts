import { createTwoFilesPatch } from 'diff';
import type { Showable } from '../../hosts/step';
import { cut } from '../../text/harmless';
import { keysDiff, sizesDiff } from './secret-file';

/** Lines around a change, in a file without secrets. */
const CONTEXT = 3;
/** Lines that go or come; where there are more, nobody reads them, and to find them takes the square of their number. */
const MOST_CHANGES = 1000;
/** Characters of a line that are looked at, and shown: the owner of a file on a host chooses how long its lines are. */
const LONGEST_LINE = 4096;

/** Words in names of settings whose values are not for other eyes. */
const SECRET_WORD = /pass|pwd|secret|token|credential|api[_-]?key|private[_-]?key|authorization/i;
/** The path of a key is no secret; its content never travels. */
const KEY_FILE = /^["']?[/$]\S*\.(?:key|pem|crt|p12|jks)["']?$/;
const PEM_BEGINS = /-----BEGIN ([A-Z0-9 ]{1,60})-----/i;

/** What stands in the place of a value that is not shown. */
export const REDACTED = '[secret]';

/**
 * A text without values that look like secrets: PEM blocks, password hashes, passwords in URLs, values of settings with a
 * telling name. What the worker knows to be a secret is taken out by its redactor besides.
 */
export function withoutSecrets(text: string): string {
  return marked(text)
    .split('\n')
    .map((line) => withoutValue(cut(line, LONGEST_LINE)))
    .join('\n');
}

function withoutValue(line: string): string {
  const plain = line
    .replace(/\$[0-9a-z]{1,2}\$[^\s"']+/g, REDACTED)
    .replace(/(:\/\/[^\s/:@"']*:)[^\s/"']+@/g, `$1${REDACTED}@`);
  // Word by word, so that a line takes time by its length and no more.
  for (const { 0: word, index } of plain.matchAll(/[\w.-]+/g)) {
    if (!SECRET_WORD.test(word)) continue;
    const rest = plain.slice(index + word.length);
    const between = /^["']?\s*[:=]\s*/.exec(rest)?.[0];
    if (between === undefined || rest.length === between.length) continue;
    const value = rest.slice(between.length);
    return plain.slice(0, index) + word + between + (KEY_FILE.test(value) ? value : REDACTED);
  }
  return plain;
}

/**
 * What would change in a file on a host, as a diff without its two header lines' times.
 * @param before undefined where there is no such file yet
 * @param secret only what we write is shown: nobody knows what else the file holds
 * @param shows what of a secret file we write; default: nothing, so that only sizes are told
 */
export function fileDiff(
  path: string,
  before: string | undefined,
  after: string,
  secret: boolean,
  shows?: Showable,
): string {
  if (!secret) return withoutSecrets(unified(path, before, after, CONTEXT));
  const head = `--- ${before === undefined ? '/dev/null' : path}\n+++ ${path}\n`;
  if (shows === undefined) return head + sizesDiff(before, after);
  if (shows !== 'all') return withoutSecrets(head + keysDiff(before, after, shows));
  const lines = unified(path, before, after, 0).split('\n');
  // What stood there before is somebody else's, even where all that comes is ours.
  return withoutSecrets(lines.filter((line) => !line.startsWith('-') || /^--- [/]/.test(line)).join('\n'));
}

function unified(path: string, before: string | undefined, after: string, context: number): string {
  const was = before === undefined ? '/dev/null' : path;
  const options = { context, maxEditLength: MOST_CHANGES };
  const patch = createTwoFilesPatch(was, path, marked(before ?? ''), marked(after), undefined, undefined, options);
  if (patch === undefined) return `--- ${was}\n+++ ${path}\n${sizesDiff(before, after)}`;
  return patch
    .split('\n')
    .filter(
      (line) => !line.startsWith('=====') && !line.startsWith('Index: ') && line !== '\\ No newline at end of file',
    )
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
}

/** PEM blocks become one line each before the comparison, so that no half of a key lies outside a hunk. */
function marked(text: string): string {
  let [shown, rest] = ['', text];
  for (let begins = PEM_BEGINS.exec(rest); begins; begins = PEM_BEGINS.exec(rest)) {
    const kind = begins[1] ?? '';
    const end = `-----END ${kind}-----`;
    const at = rest.indexOf(end, begins.index);
    shown += `${rest.slice(0, begins.index)}${REDACTED} ${kind.toLowerCase()}`;
    // One that does not end may go on to the end of the file.
    rest = at < 0 ? '' : rest.slice(at + end.length);
  }
  return shown + rest;
}
