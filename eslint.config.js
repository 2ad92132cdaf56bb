const js = require('@eslint/js');
const tseslint = require('typescript-eslint');
const regexp = require('eslint-plugin-regexp');
const prettier = require('eslint-config-prettier');

/** Where text for a terminal and for the page of Temporal is cleaned and written. */
const TEXT_DOORS = ['src/text/terminal.ts', 'src/cli/io.ts', 'src/workflows/state/details.ts'];

/** What would write text that was not cleaned. */
const PAST_THE_DOORS = [
  {
    selector: "CallExpression[callee.property.name='write'][callee.object.property.name=/^std(out|err)$/]",
    message: 'Text goes to a terminal through src/text/terminal.ts and src/cli/io.ts, which clean it.',
  },
  {
    selector: "CallExpression[callee.object.name='console']",
    message: 'Text goes to a terminal through writeLine of src/text/terminal.ts, which cleans it.',
  },
  {
    selector: "ImportSpecifier[imported.name='setCurrentDetails']",
    message: 'Text goes to the page of Temporal through src/workflows/state/details.ts, which cleans it.',
  },
];

/** What only a family of hosts may know: how services and packages of its hosts are called. */
const MANAGERS = String.raw`systemctl|systemd|journalctl|timedatectl|\bapt\b|dpkg|rc-service|rc-update|openrc|\b(dnf|yum|apk)\b|(?<!elasticsearch)\.(service|timer|socket)\b`;

/** What would name the managers of services and packages outside of a family. The plan has a service of that name. */
const PAST_THE_FAMILY = [
  `Literal[value=/${MANAGERS}/i]`,
  `Literal[regex.pattern=/${MANAGERS}/i]`,
  `TemplateElement[value.raw=/${MANAGERS}/i]`,
].map((selector) => ({
  selector,
  message: 'Services and packages of a host are asked of its family: src/hosts/family/family.ts.',
}));

module.exports = tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'coverage/', '**/*.js'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    // Text of hosts, clusters and people meets patterns: one that is worse than linear would stop a worker.
    plugins: { regexp },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['warn', { max: 260, skipBlankLines: true, skipComments: true }],
      'no-console': 'off',
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': 'error',
    },
  },
  {
    // What is loaded only when it is needed; a native import() would not find a TypeScript file when the sources are run.
    files: ['src/cli/**/*.ts'],
    rules: {
      '@typescript-eslint/no-require-imports': [
        'error',
        { allow: ['^\\.\\./actions/', '^\\.\\./init/live$', '^\\./explain$', '^\\.\\./\\.\\./worker$'] },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    // One door for each place where text is read; the scripts of the build speak of their own files only.
    ignores: [...TEXT_DOORS, 'src/bundle-workflows.ts', 'src/console/bundle-page.ts', 'src/console/page/**'],
    rules: { 'no-restricted-syntax': ['error', ...PAST_THE_DOORS, ...PAST_THE_FAMILY] },
  },
  { files: TEXT_DOORS, rules: { 'no-restricted-syntax': ['error', ...PAST_THE_FAMILY] } },
  { files: ['src/hosts/family/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...PAST_THE_DOORS] } },
  {
    files: ['test/**/*.ts'],
    // Tests feed in data that the types forbid.
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  prettier,
);
