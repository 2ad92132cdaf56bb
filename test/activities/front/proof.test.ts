import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deps } from '../../../src/activities/deps';
import type { Scope } from '../../../src/elasticsearch/scope';
import { curlQuoted, frontLookScript, lookAtFronts } from '../../../src/activities/front/proof';
import { parsePlan } from '../../../src/plan/parse';
import { minimalPlan } from '../../plan/minimal';

/** Facts that do not hold, of one front and one old node that answer so to the right, a wrong and no password. */
async function bad(
  front: [string, string, string],
  oldNone: string,
  judges: boolean,
  tls = 'refused',
): Promise<string[]> {
  const base = minimalPlan();
  const auth = { username: 'elastic', password: 'env:PASSWORD' };
  const plan = parsePlan({
    ...base,
    elasticsearch: { ...base.elasticsearch, ...(judges && { auth }) },
    hosts: { ...base.hosts, old: [base.hosts.old[0]!], new: [base.hosts.new[0]!] },
  });
  const [[old], [fresh]] = [plan.hosts.old, plan.hosts.new];
  const answer = [
    ['front', fresh?.name, ...front, tls, ''],
    ['node', old?.name, '200', '', oldNone, '', ''],
  ];
  const ask = async () => answer.map((row) => row.join('\t')).join('\n');
  const deps = { secrets: { resolve: async () => 'secret' } } as unknown as Deps;
  const facts = await lookAtFronts({ plan, hosts: { ask } } as unknown as Scope, deps, true);
  return facts.filter(({ ok }) => !ok).map(({ name }) => name);
}

describe('a front is proven', () => {
  it('where it judges, by 401 to who names no user', async () => {
    expect(await bad(['200', '401', '401'], '200', false)).toEqual([]);
    expect(await bad(['200', '401', '200'], '200', false)).toHaveLength(1);
  });

  it.each(['200', '403'])('where the cluster judges and says %s to no user, by the same', async (none) => {
    expect(await bad(['200', '401', none], none, true)).toEqual([]);
    expect(await bad(['200', '401', '401'], none, true)).toEqual([]);
    expect(await bad(['200', '401', none], '401', true)).toHaveLength(1);
    expect(await bad(['200', none, none], none, true)).toHaveLength(1);
  });

  it('by no answer of nobody', async () => {
    expect(await bad(['200', '401', '000'], '000', true)).toHaveLength(1);
    expect(await bad(['000', '000', '000'], '000', true)).toHaveLength(1);
  });
});

it('a password of several lines is one value for curl, and no further line of its configuration', () => {
  const password = 'a"b\\c\nurl = "file:///etc/passwd"\r\n\tend';
  const input = `user-agent = "${curlQuoted(password)}"\nurl = "http://127.0.0.1:1/"\n`;
  const { stdout, status } = spawnSync('curl', ['-sS', '-K', '-'], { input, encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 7 });
  expect(curlQuoted(password)).not.toMatch(/[\n\r]/);
});

it('curl is told whom to believe, and nobody else: neither the CAs of the host nor what a user of it wants of curl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'front-curl-'));
  const curl = `#!/bin/sh
cat >/dev/null
believed=
for one in "$@"; do if [ "$before" = --capath ]; then believed=$(ls -A "$one" | wc -l); fi; before=$one; done
echo "$1 $believed" >>${folder}/calls
printf 200
`;
  writeFileSync(join(folder, 'curl'), curl, { mode: 0o755 });
  const base = minimalPlan();
  const plan = parsePlan({
    ...base,
    elasticsearch: { ...base.elasticsearch, https: { ca: 'file:/ca.crt' } },
    front: { ...base.front, caFile: '/etc/ca.crt' },
  });
  const env = { PATH: `${folder}:/usr/bin:/bin`, FRONT_USER: 'a', WRONG_USER: 'b', LOGIN: 'c', NODES_CA: 'ca' };
  execFileSync('sh', ['-eu'], { input: frontLookScript(plan), env });
  const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
  rmSync(folder, { recursive: true });
  expect(calls).toHaveLength(4 * plan.hosts.new.length + 2 * plan.hosts.old.length);
  expect([...new Set(calls)]).toEqual(['-q 0']);
});

describe('whether a front speaks TLS 1.1', () => {
  /** What is told of it with a curl that ends so where it is to speak that. */
  const told = (code: number, error: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'front-curl-'));
    const curl = `#!/bin/sh\ncase "$*" in *--tls-max*) echo '${error}' >&2; exit ${code} ;; esac\nprintf 200\n`;
    writeFileSync(join(folder, 'curl'), curl);
    chmodSync(join(folder, 'curl'), 0o755);
    const env = { PATH: `${folder}:/usr/bin:/bin`, FRONT_USER: 'a', WRONG_USER: 'b', LOGIN: '' };
    const out = execFileSync('sh', ['-eu'], {
      input: frontLookScript(parsePlan(minimalPlan()), []),
      env,
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    return out.split('\n')[0]?.split('\t')[5];
  };

  it.each([
    [35, 'curl: (35) OpenSSL: tlsv1 alert protocol version', 'refused'],
    [2, 'curl: option --tls-max: is unknown', 'not tried from here (curl: option --tls-max: is unknown)'],
    [59, 'curl: (59) failed setting cipher list', 'not tried from here (curl: (59) failed setting cipher list)'],
    [35, 'curl: (35) no protocols available', 'not tried from here (curl: (35) no protocols available)'],
    [0, '', 'not refused: '],
    [35, 'curl: (35) reset', 'not refused: curl: (35) reset'],
    [7, 'curl: (7) nobody listens', 'not refused: curl: (7) nobody listens'],
  ])('curl ends with %i: %s', (code, error, seen) => expect(told(code, error)).toBe(seen));

  it('is no reason to doubt a front where it can not be tried', async () => {
    expect(await bad(['200', '401', '401'], '200', false, 'not tried from here (old curl)')).toEqual([]);
    expect(await bad(['200', '401', '401'], '200', false, 'not refused: ')).toHaveLength(1);
  });
});
