/**
 * Which way arrows run: a room may import from the rooms that stand below it, and from nothing else.
 * The two orders are written once, here; `npm run lint` holds them. See docs/ARCHITECTURE.md.
 */

/** Rooms of `src/`, each with the rooms that it may import from (types too). */
const ROOMS = {
  text: [],
  doors: [],
  plan: [],
  contract: ['plan', 'text'],
  secrets: ['contract', 'plan', 'text'],
  hosts: ['secrets', 'contract', 'plan', 'text'],
  elasticsearch: ['hosts', 'secrets', 'contract', 'plan', 'text'],
  'dry-run': ['elasticsearch', 'hosts', 'secrets', 'contract', 'plan', 'text'],
  report: ['contract', 'plan', 'text'],
  activities: ['report', 'dry-run', 'elasticsearch', 'hosts', 'secrets', 'contract', 'plan', 'text'],
  workflows: ['contract', 'plan', 'text'],
  client: ['workflows', 'contract', 'plan', 'text'],
  view: ['client', 'contract', 'plan', 'text'],
  watch: ['view', 'contract', 'plan', 'text'],
  console: ['view', 'doors', 'contract', 'plan', 'text'],
  embedded: ['client', 'doors', 'contract', 'plan'],
  worker: ['activities', 'client', 'secrets', 'contract', 'plan', 'text'],
  cli: [
    ...['watch', 'console', 'view', 'embedded', 'worker', 'client', 'workflows', 'report'],
    ...['elasticsearch', 'secrets', 'contract', 'plan', 'text'],
  ],
};

/** Files at the top of `src/`, by the room that they belong to. */
const FRONT_DOORS = {
  client: ['client', 'links'],
  worker: ['worker', 'telemetry', 'search-attributes', 'bundle-workflows', 'replay'],
};

const pathOf = (room) => (FRONT_DOORS[room] ? `^src/(${FRONT_DOORS[room].join('|')})\\.ts$` : `^src/${room}/`);
const anyOf = (rooms) => rooms.map(pathOf);

const arrows = Object.entries(ROOMS).map(([room, below]) => ({
  name: `${room}-imports-from-below`,
  comment: `src/${room} may import from ${below.join(', ') || 'nothing of ours'}; move what it needs to a room below both`,
  severity: 'error',
  from: { path: pathOf(room) },
  to: { path: '^(src|lab|test)/', pathNot: anyOf([room, ...below]) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'every-file-has-a-room',
      comment: 'a file of src/ that belongs to no room is held by no rule; give it one above',
      severity: 'error',
      from: { path: '^src/', pathNot: anyOf(Object.keys(ROOMS)) },
      to: {},
    },
    {
      name: 'no-circle',
      comment: 'a type that two files need stands in a third file below both',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'workflows-import-no-node-module',
      comment: 'a workflow is replayed: no I/O, no clock, no chance of its own',
      severity: 'error',
      from: { path: '^src/(workflows|plan|contract|text)/', pathNot: '^src/plan/(load|parse)\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the-lab-is-a-user',
      comment: 'the lab uses the product as a person does, and must not share its mistakes',
      severity: 'error',
      from: { path: '^lab/' },
      to: { path: '^src/', pathNot: ['^src/(contract|plan|embedded)/', '^src/(client|links)\\.ts$'] },
    },
    {
      name: 'the-judge-knows-nothing-of-the-product',
      comment: 'who judges must not believe what the accused says',
      severity: 'error',
      from: { path: '^lab/judge/' },
      to: { path: '^src/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.css'] },
  },
};
