import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPreflightHostActivities } from '../../../../src/activities/preflight/host/activities';
import type { Deps } from '../../../../src/activities/deps';
import type { Plan } from '../../../../src/plan/schema';
import { loopbackHosts, loopbackPlan, startSshd, type TestSshd } from '../../../hosts/ssh/sshd';

jest.setTimeout(120_000);

let sshd: TestSshd;
let closed: TestSshd;
let server: Server;
let httpPort: number;

beforeAll(async () => {
  sshd = await startSshd();
  closed = await startSshd(['AllowTcpForwarding no']);
  server = createServer((_, answer) => answer.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  httpPort = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await sshd.stop();
  await closed.stop();
});

/** Runs the real script over a real sshd; this machine stands for every host. */
async function preflight(daemon: TestSshd, host: string, change: (plan: Plan) => void = () => undefined) {
  const plan = loopbackPlan(daemon);
  plan.elasticsearch.httpPort = httpPort;
  for (const one of plan.hosts.new) one.address = '127.0.0.3';
  change(plan);
  const { hosts } = loopbackHosts(daemon, { plan, connectSeconds: 5 });
  const deps = { scope: async () => ({ plan, hosts }), secrets: { resolve: async () => '' } } as unknown as Deps;
  try {
    const checks = await createPreflightHostActivities(deps).preflightHost({ host });
    for (const check of checks) {
      expect(check.subject).toBe(host);
      expect(check.result === 'ok' || check.remedy !== undefined).toBe(true);
    }
    return (name: string) => checks.find((check) => check.name === name);
  } finally {
    await hosts.close();
  }
}

it.each(['hub', 'old-1', 'new-1', 'app-1'])('asks %s everything in one script that comes to its end', async (host) => {
  const check = await preflight(sshd, host);
  expect(check('ssh')?.result).toBe('ok');
  expect(check('look')).toBeUndefined();
  expect(check('clock')?.result).toBe('ok');
  expect(check('disk')).toBeDefined();
  expect(check('clock')?.seen).toMatch(/^0\.\d s/);
});

it('tells of an unreachable host by one check that nobody can waive', async () => {
  const check = await preflight(sshd, 'old-1', (plan) => {
    plan.hosts.old[0]!.ssh = { address: '127.0.0.9', port: 1 };
  });
  expect(check('ssh')).toMatchObject({ result: 'failed', waivable: false });
  expect(check('clock')).toBeUndefined();
});

it('tells of an unknown host key by the same check', async () => {
  const check = await preflight(sshd, 'old-1', (plan) => (plan.ssh.knownHosts = 'file:/dev/null'));
  expect(check('ssh')).toMatchObject({ result: 'failed', waivable: false, seen: expect.stringContaining('SHA256:') });
});

describe('ssh-forwarding', () => {
  it('is tried for real', async () => {
    expect((await preflight(sshd, 'old-1'))('ssh-forwarding')).toMatchObject({ result: 'ok' });
  });

  it.each(['old-1', 'new-1'])('fails when the sshd of %s forbids it, whatever listens', async (host) => {
    const found = (await preflight(closed, host))('ssh-forwarding');
    expect(found).toMatchObject({ result: 'failed', waivable: false });
    expect(found?.remedy).toContain('AllowTcpForwarding');
  });

  it('fails where an old node does not answer; on a new one nothing listens yet', async () => {
    const silent = (plan: Plan) => (plan.elasticsearch.httpPort = 1);
    expect((await preflight(sshd, 'old-1', silent))('ssh-forwarding')).toMatchObject({ result: 'failed' });
    expect((await preflight(sshd, 'new-1', silent))('ssh-forwarding')).toMatchObject({ result: 'ok' });
  });
});

it("runs the app's check, and waits for it no longer than 20 s", async () => {
  const check = (command: string) => preflight(sshd, 'app-1', (plan) => (plan.hosts.apps[0]!.check = command));
  expect((await check('true'))('app-check')).toMatchObject({ result: 'ok' });
  expect((await check('exit 7'))('app-check')?.seen).toContain('exit code 7');
  expect((await check("printf 'it''s'; sleep 60"))('app-check')?.seen).toContain('no answer in 20 s');
});

it('finds missing commands and units by name, not what stands around them', async () => {
  const found = (
    await preflight(sshd, 'app-1', (plan) => {
      plan.hosts.apps[0]!.restart = 'MODE=x systemctl --quiet restart no-such.service';
      plan.hosts.apps[0]!.check = 'no-such-tool --now | cat';
    })
  )('app-commands');
  expect(found?.seen).toContain('there is no command no-such-tool');
  expect(found?.seen).toContain('there is no unit no-such.service');
});
