/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // For hooks too: on a busy machine a Temporal server or an sshd takes its time to start and to end.
  testTimeout: 60_000,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/test/e2e/'],
  transform: {
    '^.+\\.[jt]s$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } } }],
  },
  transformIgnorePatterns: ['/node_modules/'],
};
