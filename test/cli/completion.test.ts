import execa from 'execa';
import type { Shell } from '../../src/cli/completion';
import { run } from './terminal';

/** How each shell is asked what it offers for the last of some words, one a line. */
const ASK: Record<Shell, (quoted: string[]) => string> = {
  bash: (words) =>
    `COMP_WORDS=(bigswitch ${words.join(' ')}); COMP_CWORD=${words.length}; _bigswitch; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // As zsh itself calls it, outside of its line editor.
  zsh: (words) =>
    `words=(bigswitch ${words.join(' ')}); CURRENT=${words.length + 1}; COMP_WORDS=("\${words[@]}"); COMP_CWORD=${words.length}; compgen -F _bigswitch -- ${words.at(-1)}`,
  fish: (words) => `complete -C ${JSON.stringify(['bigswitch', ...words].join(' '))} | string split -f 1 \\t; true`,
};
const ARGS: Record<Shell, string[]> = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] };

/** What a shell offers for the last of these words. */
async function offered(shell: Shell, words: string[]): Promise<string[]> {
  const { stdout: script } = await run(['completion', shell]);
  const ask = ASK[shell](words.map((word) => `'${word}'`));
  const { stdout } = await execa(shell, [...ARGS[shell], '-c', `${script}\n${ask}`]);
  // zsh itself takes what fits of what it is offered.
  return stdout.split('\n').filter((word) => shell !== 'zsh' || word.startsWith(words.at(-1) ?? ''));
}

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  test.each([
    [['sta'], ['start', 'status']],
    [['--json', 'plan', '--l'], ['--link']],
    [['plan', '--h'], ['--help']],
  ])('offers for %j', async (words, expected) => {
    expect(await offered(shell, words)).toEqual(expected);
  });

  test('offers the options of a command and those of all', async () => {
    const tls = ['--tls', '--tls-ca-path', '--tls-cert-path', '--tls-key-path', '--tls-server-name'];
    expect((await offered(shell, ['approve', 'shop', '--t'])).sort()).toEqual([...tls, '--token'].sort());
  });
});

test('where nothing of ours fits, files are offered', async () => {
  expect(await offered('bash', ['plan', 'exam'])).toEqual(['']);
  expect(await offered('fish', ['plan', 'exam'])).toEqual(['examples/']);
});

test('bash is what it is for when no shell is named, and an unknown one is refused', async () => {
  expect((await run(['completion'])).stdout).toBe((await run(['completion', 'bash'])).stdout);
  expect(await run(['completion', 'tcsh'])).toMatchObject({ code: 2, stdout: '' });
});
