import os from 'node:os';
import { byOf } from '../../src/cli/by';
import { run } from './terminal';

const unknown = () => {
  throw new Error('A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)');
};

afterEach(() => jest.restoreAllMocks());

test.each([
  ['ann', { BIGSWITCH_BY: 'bob', SUDO_USER: 'carol', USER: 'root' }, 'ann'],
  [undefined, { BIGSWITCH_BY: 'bob', SUDO_USER: 'carol', USER: 'root' }, 'bob'],
  [undefined, { BIGSWITCH_BY: ' ', SUDO_USER: 'carol', USER: 'root' }, 'carol'],
  [undefined, { SUDO_USER: '', USER: 'dave', LOGNAME: 'eve' }, 'dave'],
  ['  ', { LOGNAME: 'eve' }, 'eve'],
  [undefined, {}, os.userInfo().username],
])('--by %j in %j is %s', (given, env, by) => {
  expect(byOf(env, given)).toBe(by);
});

describe('for a uid that the machine has no name for', () => {
  beforeEach(() => void jest.spyOn(os, 'userInfo').mockImplementation(unknown));

  test.each([['--help'], ['completion'], ['approve', '--help'], ['worker', '--help'], ['schema']])(
    '%s %s works',
    async (...argv) => {
      const { code, stderr } = await run(argv);
      expect([code, stderr]).toEqual([0, '']);
    },
  );

  test.each(['approve', 'reject', 'pause', 'resume', 'throttle', 'rollback'].map((name) => [name, '--reason']))(
    '%s asks for --by, unless the environment says it',
    async (name) => {
      const said: Record<string, string[]> = {
        approve: ['--token', '1a2b3c4d'],
        reject: ['--token', '1a2b3c4d', '--reason', 'no'],
        rollback: ['--yes', '--reason', 'slow'],
        throttle: ['--mbps', '20'],
      };
      const argv = [name, 'shop', ...(said[name] ?? []), '--address', '127.0.0.1:1'];
      const nobody = await run(argv);
      expect([nobody.code, nobody.stderr]).toEqual([
        2,
        'This machine has no name for you, and the audit needs one\n' +
          'Say who you are: --by NAME, or BIGSWITCH_BY in the environment.\n',
      ]);
      expect((await run(argv, { env: { BIGSWITCH_BY: 'ann' } })).code).toBe(3);
      expect((await run([...argv, '--by', 'ann'])).code).toBe(3);
    },
  );

  test('who only watches needs no name', async () => {
    expect((await run(['watch', '--address', '127.0.0.1:1'])).code).toBe(3);
  });
});
