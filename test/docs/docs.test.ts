import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import execa from 'execa';
import { PHASES } from '../../src/contract/phases';
import { MESSAGES, QUERIES, readMessage, UPDATES, type MessageName } from '../../src/workflows/messages/messages';
import { chooseStages } from '../run/stages';

// Each script is a program that compiles as it starts, which takes long on a busy machine.
jest.setTimeout(60_000);

const root = join(__dirname, '..', '..');

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const files = ['README.md', 'CHANGELOG.md', ...markdownIn('docs'), 'lab/README.md'];
const text = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const all = [...text.values()].join('\n');

/** The anchor that a heading gets on the usual hosts of git repositories. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replace(/ /g, '-');
}

/** `temporal` commands, with their continued lines joined. */
function commands(program: string): string[] {
  const joined = all.replace(/\\\n\s*/g, ' ');
  return [...joined.matchAll(new RegExp(`(?:^|\`)${program} (workflow [^\`\\n]*)`, 'gm'))].map(
    (match) => match[1] ?? '',
  );
}

describe.each(files)('%s', (file) => {
  const content = text.get(file) ?? '';

  test('has no broken link', () => {
    const prose = content.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', hash] = target.split('#');
      const linked = path === '' ? file : relative(root, join(root, dirname(file), path));
      expect([file, target, existsSync(join(root, linked))]).toEqual([file, target, true]);
      if (hash === undefined) continue;
      const headings = [...readFileSync(join(root, linked), 'utf8').matchAll(/^#+ (.+)$/gm)].map((m) =>
        anchor(m[1] ?? ''),
      );
      expect(headings).toContain(hash);
    }
  });

  test('names only files that are there', () => {
    const paths = [...content.matchAll(/`((?:src|lab|test|scripts|docs|examples|deploy)\/[A-Za-z0-9_./-]*)`/g)];
    for (const [, path = ''] of paths)
      expect([path, madeByUser(path) || existsSync(join(root, path))]).toEqual([path, true]);
  });
});

/** Made by deploy/prepare and deploy/pin on a user's machine, and never in the repository. */
function madeByUser(path: string): boolean {
  return path.startsWith('deploy/secrets/') || path === 'deploy/images.yml';
}

describe('commands in the docs', () => {
  const scripts = [...all.matchAll(/(?:\.\/)?scripts\/(demo|test|lab|setup)\b([^`\n#|]*)/g)].map((match) => ({
    script: match[1] ?? '',
    flags: (match[2] ?? '').match(/--[a-z-]+/g) ?? [],
  }));

  test.each(['demo', 'test', 'lab', 'setup', 'chaos'])('scripts/%s has every flag that is quoted', async (name) => {
    const help = [await execa(join(root, 'scripts', name), ['--help'])];
    if (name === 'lab') help.push(await execa(join(root, 'scripts', name), ['up', '--help']));
    const known = help.map(({ stdout }) => stdout).join('\n');
    const quoted = scripts.filter(({ script }) => script === name).flatMap(({ flags }) => flags);
    if (name === 'demo') expect(quoted).toContain('--manual');
    for (const flag of quoted) expect(known).toContain(flag);
  });

  test('signals and updates have the name and the shape that the workflow knows', () => {
    const messages = commands('temporal').filter((command) => /^workflow (signal|update execute) /.test(command));
    expect(messages.length).toBeGreaterThan(8);
    for (const command of messages) {
      const name = / --name ([a-zA-Z]+)/.exec(command)?.[1] ?? '';
      expect(Object.keys(command.startsWith('workflow update') ? UPDATES : MESSAGES)).toContain(name);
      const input: unknown = JSON.parse(/ --input '(.*)'/.exec(command)?.[1] ?? 'null');
      expect([command, typeof readMessage(name as MessageName, input)]).toEqual([command, 'object']);
    }
  });

  test('queries have a name that the workflow knows', () => {
    const queries = commands('temporal').filter((command) => command.startsWith('workflow query '));
    expect(queries.length).toBeGreaterThan(3);
    for (const command of queries) expect(Object.keys(QUERIES)).toContain(/ --type ([a-z]+)/.exec(command)?.[1]);
  });

  test('npm scripts are there', () => {
    const { scripts: known } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    for (const [, name = ''] of all.matchAll(/npm run (\w+)/g)) expect(Object.keys(known)).toContain(name);
  });
});

describe('words in the docs', () => {
  test('the architecture names every phase', () => {
    for (const phase of PHASES)
      expect(text.get('docs/ARCHITECTURE.md')).toMatch(new RegExp(`^\\| \\d \\| ${phase} \\|`, 'm'));
  });

  test('the runbook names every message and query', () => {
    const runbook = text.get('docs/RUNBOOK.md') ?? '';
    for (const name of [...Object.keys(MESSAGES), ...Object.keys(QUERIES)]) {
      if (name !== 'plan') expect(runbook).toMatch(new RegExp(`--(name|type) ${name}\\b`));
    }
  });

  test('the help of scripts/test names every stage', async () => {
    const { stdout } = await execa(join(root, 'scripts', 'test'), ['--help']);
    for (const { name } of chooseStages({ fast: false, only: [] }).slice(1)) expect(stdout).toContain(name);
  });
});
