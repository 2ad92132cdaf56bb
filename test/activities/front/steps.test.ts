import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FRONT_CONFIG } from '../../../src/activities/front/config';
import { frontSteps } from '../../../src/activities/front/steps';
import { familyOf } from '../../../src/hosts/family';
import { hostRef } from '../../../src/plan/hosts';
import { parsePlan } from '../../../src/plan/parse';
import { minimalPlan } from '../../plan/minimal';

const plan = parsePlan(minimalPlan());
const [host] = plan.hosts.new;
const folder = mkdtempSync(join(tmpdir(), 'front-steps-'));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the file that makes the service read the front', () => {
  const unit = frontSteps(plan, host!, { haproxy: [2, 6, 12], elasticsearch: '7.17.28' }).find(
    ({ id }) => id === 'front-unit',
  )!;
  /** Runs the commands around the service with a systemctl that says what it is told, and fails at one of them. */
  const run = (part: string, active: boolean, failing = 'nothing'): string[] => {
    writeFileSync(
      path('systemctl'),
      `#!/bin/sh
echo "$*" >>${path('told')}
case "$* " in "${failing} "*) exit 1 ;; is-active*) [ -e ${path('active')} ] ;; start*) : >${path('active')} ;; stop*) rm -f ${path('active')} ;; esac
`,
    );
    chmodSync(path('systemctl'), 0o755);
    rmSync(path('told'), { force: true });
    if (active) writeFileSync(path('active'), '');
    const script = part.slice(part.indexOf('if systemctl is-active'));
    try {
      execFileSync('sh', ['-eu'], { input: script, env: { PATH: `${folder}:/usr/bin:/bin`, BACKUP: folder } });
    } catch {
      // Told below.
    }
    const told = existsSync(path('told')) ? readFileSync(path('told'), 'utf8').trim().split('\n') : [];
    return told.map((line) => line.split(' ')[0] ?? '').filter((word) => word !== 'is-active');
  };

  it('lets what is under way be answered for a minute', () => {
    const { path, content } = familyOf(hostRef(plan, host!.name)).software.haproxy.settings(FRONT_CONFIG, 60);
    expect(unit.effects).toEqual([expect.objectContaining({ kind: 'file', path, content })]);
  });

  it.each(['apply', 'undo'] as const)('is taken over by a stop as the service was started: %s', (part) => {
    expect(run(unit[part], true)).toEqual(['stop', 'daemon-reload', 'start']);
    rmSync(path('active'));
    expect(run(unit[part], false)).toEqual(['daemon-reload']);
  });

  it('starts what it stopped when it was cut off in between', () => {
    expect(run(unit.apply, true, 'daemon-reload')).toEqual(['stop', 'daemon-reload']);
    expect(run(unit.apply, false)).toEqual(['daemon-reload', 'start']);
  });
});

test('a front that somebody is connected to is not stopped by hand', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const here = { ...plan, front: { ...plan.front, port } };
  const steps = frontSteps(here, { ...host!, address: '127.0.0.1' }, { haproxy: [2, 6, 12], elasticsearch: '7.17.28' });
  const { harmless = '' } = steps.find(({ id }) => id === 'front-service')!;
  const ask = () => spawnSync('sh', ['-eu', '-c', harmless], { encoding: 'utf8' });
  expect(ask()).toMatchObject({ status: 0, stderr: '' });
  const client = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
  await once(client, 'connect');
  expect(ask()).toMatchObject({ status: 1, stderr: expect.stringContaining('in use, by 127.0.0.2:') as string });
  client.destroy();
  server.close();
});
