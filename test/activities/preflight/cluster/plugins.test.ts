import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookScript, parseLook } from '../../../../src/activities/preflight/cluster/hosts';
import { pluginChecks } from '../../../../src/activities/preflight/cluster/plugins';
import { hostRef } from '../../../../src/plan/hosts';
import { testPlan } from '../../../elasticsearch/world';
import { newHost } from './sides';

const VERSION = '7.17.28';
const icu = { name: 'analysis-icu', version: VERSION };
const ltr = { name: 'ltr', version: '1.5.8-es7.17.28' };
const old = (...plugins: (typeof icu)[][]) => plugins.map((of, i) => ({ node: `old-${i + 1}`, plugins: of }));
const fresh = (...plugins: (typeof icu)[][]) =>
  plugins.map((of, i) => newHost(`new-${i + 1}`, '', { version: VERSION, plugins: of }));
const wrong = (...args: Parameters<typeof pluginChecks>) =>
  pluginChecks(...args).filter(({ result }) => result !== 'ok');

it('names a plugin that any old node has and a new host lacks, once, with what to do', () => {
  expect(wrong(old([icu], []), fresh([icu], [], []), VERSION)).toMatchObject([
    {
      ...{ name: 'plugins', subject: 'analysis-icu', result: 'failed', waivable: true },
      seen: expect.stringContaining('analysis-icu is 7.17.28 on old-1, and not there on new-2 and new-3'),
      remedy: expect.stringContaining('elasticsearch-plugin install analysis-icu'),
    },
  ]);
  expect(wrong(old([icu, ltr], [ltr]), fresh([ltr, icu]), VERSION)).toEqual([]);
  expect(wrong(old([], []), fresh([icu]), VERSION)).toEqual([]);
});

it('names one of another version, but for those that have the version of their node', () => {
  const older = { ...ltr, version: '1.5.6-es7.17.0' };
  expect(wrong(old([ltr]), fresh([older]), VERSION)).toMatchObject([
    { subject: 'ltr', seen: expect.stringContaining('is 1.5.8-es7.17.28 on old-1, and 1.5.6-es7.17.0 on new-1') },
  ]);
  const [host] = fresh([{ ...icu, version: '8.19.0' }]);
  expect(wrong(old([icu]), [{ ...host!, version: '8.19.0' }], VERSION)).toEqual([]);
});

describe('on a real shell', () => {
  const plan = testPlan([{ name: 'old-1', address: '198.18.1.11' }], [{ name: 'new-1', address: '198.18.2.11' }]);
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'bigswitch-home-'));
    mkdirSync(join(home, 'lib'));
    writeFileSync(join(home, 'lib', `elasticsearch-${VERSION}.jar`), '');
  });
  afterEach(() => rmSync(home, { recursive: true }));
  const look = () => {
    // Without a service the script looks where its program would be, which is here.
    const input = `set -eu\n${lookScript(plan, hostRef(plan, 'new-1'))}`;
    return parseLook('new-1', execFileSync('sh', ['-s'], { input, cwd: home, encoding: 'utf8', stdio: 'pipe' }));
  };
  const put = (folder: string, file: string, text: string) => {
    mkdirSync(join(home, folder), { recursive: true });
    writeFileSync(join(home, folder, file), text);
  };

  it('finds none where there is none', () => expect(look()).toMatchObject({ version: VERSION, plugins: [] }));

  it('reads names and versions of what is on the disk', () => {
    put('plugins/icu', 'plugin-descriptor.properties', '# name=x\nname=analysis-icu\nversion = 7.17.28\n');
    put('plugins/s', 'stable-plugin-descriptor.properties', 'name=mine\nversion=1\nelasticsearch.version=7.17.28\n');
    put('plugins/.removing-x', 'plugin-descriptor.properties', 'name=x\nversion=1\n');
    put('plugins/empty', 'readme', '');
    put('modules/s3', 'plugin-descriptor.properties', `name=repository-s3\nversion=${VERSION}\nconfig=\`x\` $(y)\n`);
    put('plugins/odd', 'plugin-descriptor.properties', 'name=a b=c;\\x\nversion=\n');
    const seen = look();
    expect(seen.config).toBeUndefined();
    expect(seen).toMatchObject({
      version: VERSION,
      plugins: [
        icu,
        { name: 'abcx', version: '' },
        { name: 'mine', version: '1' },
        { name: 'repository-s3', version: VERSION },
      ],
    });
  });
});
