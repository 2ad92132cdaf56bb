import execa from 'execa';
import { run } from './terminal';

/** What bash offers for the last of these words. */
async function offered(words: string[]): Promise<string[]> {
  const { stdout: script } = await run(['completion']);
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(bigswitch ${quoted}); COMP_CWORD=${words.length}; _bigswitch; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['--norc', '-c', `${script}\n${ask}`]);
  return stdout.split('\n');
}

test.each([
  [['sta'], ['start', 'status']],
  [
    ['approve', 'shop', '--t'],
    ['--token', '--tls', '--tls-ca-path', '--tls-cert-path', '--tls-key-path', '--tls-server-name'],
  ],
  [['--json', 'plan', '--l'], ['--link']],
  // Nothing of ours fits, so bash offers files.
  [['plan', 'exam'], ['']],
])('bash offers for %j', async (words, expected) => {
  expect(await offered(words)).toEqual(expected);
});
