import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNotifyActivities } from '../../../src/activities/notify/activities';
import { runHook } from '../../../src/activities/notify/command';
import { createSecrets } from '../../../src/secrets/resolve';
import { NOTICE } from './fixture';

const folder = mkdtempSync(join(tmpdir(), 'bigswitch-hooks-'));
const hooks = join(folder, 'hooks');
const env = { BIGSWITCH_HOOKS: hooks, PATH: process.env.PATH, FRONT_PASSWORD: 'correct-horse-battery' };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hook(name: string, script: string, mode = 0o755, where = hooks): string {
  writeFileSync(join(where, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(where, name), mode);
  return name;
}

describe('a hook', () => {
  beforeAll(() => mkdirSync(hooks, { mode: 0o755 }));

  test('gets the notice on its standard input, no argument, and nothing of the secrets of the worker', async () => {
    const out = join(folder, 'out');
    hook('told', `cat >${out}; { echo; echo "arguments $#"; env; } >>${out}`);
    await runHook('told', NOTICE, env);
    const [first = '', ...rest] = readFileSync(out, 'utf8').split('\n');
    expect(JSON.parse(first)).toEqual(NOTICE);
    expect(rest).toContain('arguments 0');
    expect(rest.join('\n')).not.toContain('correct-horse-battery');
    expect(rest.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split('=')[0])).toEqual(
      expect.not.arrayContaining(['FRONT_PASSWORD', 'BIGSWITCH_HOOKS']),
    );
  });

  test('that fails or does not read its input is told by its exit code only', async () => {
    hook('fails', 'echo a secret of its own >&2; exit 7');
    await expect(runHook('fails', NOTICE, env)).rejects.toMatchObject({
      message: 'hook fails ended with 7',
      nonRetryable: false,
    });
    await expect(runHook(hook('deaf', 'exec <&-; exit 0'), NOTICE, env)).resolves.toBeUndefined();
  });

  test('is killed with all that it has started when its activity is cancelled', async () => {
    const survived = join(folder, 'survived');
    hook('slow', `(sleep 2; touch ${survived}) & wait`);
    const controller = new AbortController();
    const ran = runHook('slow', NOTICE, env, controller.signal);
    setTimeout(() => controller.abort(), 300);
    await expect(ran).rejects.toMatchObject({ name: 'AbortError' });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(existsSync(survived)).toBe(false);
  });

  test('is refused when it is not there, not executable, a link, or can be changed by others', async () => {
    hook('outside', 'exit 0', 0o755, folder);
    symlinkSync(join(folder, 'outside'), join(hooks, 'link'));
    hook('plain', 'exit 0', 0o644);
    hook('open', 'exit 0', 0o777);
    mkdirSync(join(hooks, 'folder'));
    for (const [name, why] of [
      ['missing', 'ENOENT'],
      ['plain', 'EACCES'],
      ['link', 'not a plain file'],
      ['folder', 'not a plain file'],
      ['open', 'can be changed by others'],
    ] as const) {
      await expect(runHook(name, NOTICE, env)).rejects.toMatchObject({
        message: expect.stringContaining(why) as string,
        nonRetryable: true,
      });
    }
  });

  test('is refused when the worker names no folder, or one that others can change', async () => {
    for (const BIGSWITCH_HOOKS of [undefined, '', 'hooks']) {
      await expect(runHook('told', NOTICE, { BIGSWITCH_HOOKS })).rejects.toThrow('set BIGSWITCH_HOOKS');
    }
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    hook('told', 'exit 0', 0o755, open);
    await expect(runHook('told', NOTICE, { BIGSWITCH_HOOKS: open })).rejects.toThrow('can be changed by others');
  });

  test.each([{ run: '../outside' }, { run: 'sh -c id' }, { run: '/bin/sh' }, {}])(
    'the activity refuses %j, whoever asks for it',
    async (receiver) => {
      const { notify } = createNotifyActivities({ secrets: createSecrets({ env: {} }), env });
      await expect(notify({ notice: NOTICE, receiver: { name: 'x', ...receiver } as never })).rejects.toThrow(
        'neither a webhook nor a command',
      );
    },
  );
});
