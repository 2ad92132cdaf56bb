import { byOption } from '../../src/cli/options';

jest.mock('node:os', () => ({
  ...jest.requireActual<object>('node:os'),
  userInfo: () => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  },
}));

test('a user who has no name on this machine, as in a container, can use every command', () => {
  expect(byOption().defaultValue).toBe(`user ${process.getuid?.()}`);
});
