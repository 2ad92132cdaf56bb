import { parse } from 'dotenv';
import { ConfigEditError } from '../setting';

/**
 * One assignment: lead (indent, `export`), name, `=` with spaces, value in any quoting, the rest of the line. A value without
 * quotes is words with spaces between, up to the end of the line or a comment.
 */
const ASSIGNMENT =
  /^([ \t]*(?:export[ \t]+)?)([A-Za-z_][A-Za-z0-9_.]*)([ \t]*=(?:[ \t]*(?=\S))?)("(?:\\[\s\S]|[^"\\])*"|'[^']*'|`[^`]*`|(?:\S+(?:[ \t]+(?!#)\S+)*)?)((?:[ \t]+(?:#[^\r\n]*)?)?)(?=\r?$)/gm;

/** Every variable of a dotenv-like text (dotenv, systemd EnvironmentFile, shell); the last assignment counts. */
export function readEnv(text: string): Record<string, string> {
  return parse(text);
}

/**
 * Sets one variable and leaves every other byte as it was; a variable that is assigned more than once is set everywhere.
 * @param missing `add` appends a line, `refuse` fails
 * @throws ConfigEditError when it is missing and may not be added, or when the value can't be written so that
 * dotenv, systemd and a shell all read the same
 */
export function setEnv(text: string, name: string, value: string, missing: 'add' | 'refuse'): string {
  const before = readEnv(text);
  if (before[name] === value) return text;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new ConfigEditError(`can't have a variable "${name}"; use letters, digits and underscores`);
  }
  if (!(name in before) && missing === 'refuse') {
    throw new ConfigEditError(`has no variable "${name}"; correct its name, or add it to the file`);
  }
  const spelled = spell(name, value);
  let edited = text.replace(ASSIGNMENT, (line, lead: string, key: string, equals: string, _value, rest: string) =>
    key === name ? `${lead}${key}${equals}${spelled}${rest}` : line,
  );
  if (!(name in before)) {
    const nl = text.includes('\r\n') ? '\r\n' : '\n';
    edited = `${text}${text === '' || text.endsWith('\n') ? '' : nl}${name}=${spelled}${nl}`;
  }
  const after = readEnv(edited);
  const unharmed = Object.keys({ ...before, ...after }).every((key) => key === name || before[key] === after[key]);
  if (after[name] !== value || !unharmed) {
    throw new ConfigEditError(`can't be edited safely at "${name}"; write it on a line of its own`);
  }
  return edited;
}

function spell(name: string, value: string): string {
  if (/^[A-Za-z0-9_./:,@%+-]+$/.test(value)) return value;
  if (/^[^'\r\n]*$/.test(value)) return `'${value}'`;
  if (/^[^"\\$`\r\n]*$/.test(value)) return `"${value}"`;
  throw new ConfigEditError(
    `can't hold the new value of "${name}" in a way that every reader understands; use a password without quotes`,
  );
}
