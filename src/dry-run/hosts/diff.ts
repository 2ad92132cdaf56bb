import { createTwoFilesPatch } from 'diff';

/** Lines around a change, in a file without secrets. */
const CONTEXT = 3;

/** Names of settings whose values are not for other eyes. */
const SECRET_KEY =
  /([A-Za-z0-9_.-]*(?:pass(?:word|phrase|wd)?|secret|token|api[_-]?key|private[_-]?key|credential)[A-Za-z0-9_.-]*["']?\s*[:=]\s*)(?!\s*$)(.+)/i;
/** The path of a key is no secret; its content never travels. */
const KEY_FILE = /^["']?[/$]\S*\.(key|pem|crt|p12|jks)["']?$/;
const PEM = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/gi;

/** What stands in the place of a value that is not shown. */
export const REDACTED = '[secret]';

/**
 * A text without values that look like secrets: PEM blocks, password hashes, passwords in URLs, values of settings with a
 * telling name. What the worker knows to be a secret is taken out by its redactor besides.
 */
export function withoutSecrets(text: string): string {
  return marked(text)
    .replace(/\$(?:[0-9a-z]{1,2})\$[^\s"']+/g, REDACTED)
    .replace(/(:\/\/[^\s/:@"']*:)[^\s/@"']+@/g, `$1${REDACTED}@`)
    .split('\n')
    .map((line) =>
      line.replace(SECRET_KEY, (_line, key: string, value: string) => key + (KEY_FILE.test(value) ? value : REDACTED)),
    )
    .join('\n');
}

/**
 * Unified diff of a file on a host, without its two header lines' times.
 * @param before undefined where there is no such file yet
 * @param secret show the changed lines only: what lies around them is nobody's business
 */
export function fileDiff(path: string, before: string | undefined, after: string, secret: boolean): string {
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : path,
    path,
    marked(before ?? ''),
    marked(after),
    undefined,
    undefined,
    { context: secret ? 0 : CONTEXT },
  );
  const shown = patch
    .split('\n')
    .filter(
      (line) => !line.startsWith('=====') && !line.startsWith('Index: ') && line !== '\\ No newline at end of file',
    )
    .map((line) => line.trimEnd());
  return withoutSecrets(shown.join('\n').trimEnd());
}

/** PEM blocks become one line each before the comparison, so that no half of a key lies outside a hunk. */
function marked(text: string): string {
  return text.replace(PEM, (_block, kind: string) => `${REDACTED} ${kind.toLowerCase()}`);
}
