/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // A limit for what hangs, not a wish for speed: on a busy machine a Temporal server or an sshd takes its time. For hooks too.
  testTimeout: 240_000,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/test/e2e/'],
  transform: {
    '^.+\\.[jt]s$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } } }],
  },
  transformIgnorePatterns: ['/node_modules/'],
};
