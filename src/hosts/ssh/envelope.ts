import { randomBytes } from 'node:crypto';
import type { HostRef } from '../../plan/hosts';
import { scriptFailed, scriptNotBegun } from '../errors';
import type { ScriptResult } from '../hosts';
import { PATH, scriptForStdin } from '../script';

/** A script on its way to a host, and how its answer is told from all else that comes back over the same connection. */
export interface Envelope {
  /** What the login's shell is asked to run; it says nothing that bash, zsh, fish and csh would not read alike. */
  command: string;
  stdin: string;
  /** Stands in stdout when the whole answer is there, though something else may hold the connection open. */
  end: string;
  /**
   * The script's own exit code, stdout and stderr.
   * @throws ApplicationFailure ScriptNotBegun (retry) when nothing of it was run
   * @throws ApplicationFailure ScriptFailed (retry) when it was killed before its end
   */
  open(result: ScriptResult): ScriptResult;
}

/** What a script may see of the login's environment; the rest reaches commands of the plan only, see `asLogin`. */
const KEPT = ['HOME', 'USER', 'LOGNAME'];
/** Longest line of base64; with its mark it fits into one write to a pipe, so nothing can get between. */
const LINE = 900;
/** Exit code when something has read from the script before `sh` could. */
const TAKEN = 76;

/**
 * Puts a script into an envelope. Start-up files of the login's shell, and whatever they leave running, may print to the
 * same stdout, read the same stdin and set variables, functions and aliases: so the script's text begins with a mark that
 * nobody can guess, it runs in an environment of its own, and each line of its answer is marked and in base64.
 * @param timeoutSeconds after which it ends itself on the host, so that a script whose connection is gone does not go on
 *   for ever beside its own retry
 */
export function envelope(
  ref: HostRef,
  script: string,
  secrets: Record<string, string> | undefined,
  timeoutSeconds: number,
): Envelope {
  const mark = randomBytes(16).toString('hex');
  const clean = `/usr/bin/env -i PATH=${PATH} LC_ALL=C`;
  const kept = KEPT.map((name) => `${name}="\${${name}-}"`).join(' ');
  const begin = [
    `read -r mark && [ "$mark" = ${mark} ] || { echo "something read from the script before it began" >&2; exit ${TAKEN}; }`,
    `exec 4<&0`,
    `{ export -p | ${clean} ${kept} TMPDIR="\${TMPDIR:-/tmp}" /bin/sh -s 3<&0 <&4 4<&-; ${clean} printf "${mark} %s" $?; } | ` +
      `${clean} base64 -w ${LINE} | ${clean} sed -u "s/^/${mark} /"`,
    `${clean} printf "%s\n" ${mark}.end`,
  ].join('; ');
  // `sh`, not the login's shell, and not bash by that name: it reads start-up files for every command over SSH.
  const shell = `timeout -k 5 ${Math.ceil(timeoutSeconds)} /bin/sh -c '${begin}'`;
  return {
    command: `/usr/bin/env -u ENV -u BASH_ENV -u SHELLOPTS -u BASHOPTS ${ref.ssh.sudo ? 'sudo -n ' : ''}${shell}`,
    // The braces make the shell read all of it before it runs any of it.
    stdin: `${mark}
{
LOGIN_ENVIRONMENT=$(cat <&3)
exec 3<&-
umask 022
cd /
echo ${mark} >&2
${scriptForStdin(script, secrets)}}
`,
    end: `${mark}.end`,
    open: (result) => open(ref.name, mark, result),
  };
}

function open(host: string, mark: string, result: ScriptResult): ScriptResult {
  // A start-up file may have sent stderr elsewhere.
  const [, stderr = ''] = cut(result.stderr, `${mark}\n`);
  if (!`${result.stdout}${result.stderr}`.includes(mark)) {
    throw scriptNotBegun(host, { code: result.code ?? -1, said: `${result.stdout}\n${result.stderr}` });
  }
  const lines = [...result.stdout.matchAll(new RegExp(`${mark} ([A-Za-z0-9+/]+={0,2})\n`, 'g'))];
  const answer = Buffer.from(lines.map(([, line]) => line).join(''), 'base64').toString('utf8');
  const [stdout, code] = cut(answer, `${mark} `);
  if (code === undefined || !/^\d+$/.test(code)) {
    throw scriptFailed(`${host}: a script was ended before it could answer, with exit code ${result.code}`);
  }
  return { code: Number(code), stdout, stderr };
}

/** What is before the last `mark`, and what is after it. */
function cut(text: string, mark: string): [string, string | undefined] {
  const at = text.lastIndexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}
