import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientAddress, clientConfig, serverConfig } from '../../../src/activities/bridge/openvpn/config';
import { connectedClients } from '../../../src/activities/bridge/openvpn/status';
import { throughput } from '../../../src/activities/bridge/measure';
import { judgeLook } from '../../../src/activities/bridge/proof';
import { installClient } from '../../../src/activities/bridge/openvpn/install';
import { clientKeyStep, pkiStep, REQUEST_SCRIPT, signStep } from '../../../src/activities/bridge/openvpn/steps';
import type { Scope } from '../../../src/elasticsearch/scope';
import type { Hosts } from '../../../src/hosts/hosts';
import type { HostStep } from '../../../src/hosts/step';
import { parsePlan } from '../../../src/plan/parse';
import { SHOP } from '../../shop-plan';

const plan = parsePlan(SHOP);
const material = { ca: 'CA', certificate: 'CERT', tlsCrypt: 'SHARED' };

describe('configuration', () => {
  it('gives each host a fixed address and no other client any', () => {
    expect(clientAddress(plan, 'old-1')).toBe('ifconfig-push 198.19.0.10 255.255.255.0\n');
    expect(clientAddress(plan, 'new-2')).toBe('ifconfig-push 198.19.0.12 255.255.255.0\n');
    const server = serverConfig(plan, 1500);
    for (const line of ['server 198.19.0.0 255.255.255.0 nopool', 'ccd-exclusive', 'allow-compression no']) {
      expect(server.split('\n')).toContain(line);
    }
  });

  it('names the hub as each side reaches it, and verifies it', () => {
    expect(clientConfig(plan, 'old-1', 1500, material)).toContain('remote 198.18.1.5 1194\nproto udp4\n');
    const client = clientConfig(plan, 'new-1', 8900, material);
    expect(client).toContain('remote 198.18.2.5 1194\n');
    expect(client).toContain('verify-x509-name bigswitch-hub name\n');
    expect(client).toContain('tun-mtu 8900\nmssfix 0\n');
  });

  it('uses absolute paths only: the daemon changes its folder', () => {
    const paths = serverConfig(plan, 1500).match(/^(ca|cert|key|tls-crypt|crl-verify|client-config-dir) .*$/gm) ?? [];
    expect(paths).toHaveLength(6);
    for (const line of paths) expect(line).toMatch(/^\S+ \//);
  });

  it('speaks TCP where the plan asks', () => {
    const tcp = parsePlan({ ...SHOP, bridge: { proto: 'tcp' } });
    expect(serverConfig(tcp, 1500)).toContain('proto tcp4-server\n');
    expect(serverConfig(tcp, 1500)).not.toMatch(/explicit-exit-notify|multihome|fast-io/);
    expect(clientConfig(tcp, 'old-1', 1500, material)).toContain('proto tcp4-client\n');
  });
});

describe('what the hub gives a client', () => {
  const pem = (kind: string, text: string) => `-----BEGIN ${kind}-----\n${text}\n-----END ${kind}-----\n`;
  const KEY = 'OpenVPN Static key V1';
  const install = async (given: string[]) => {
    const written: string[] = [];
    const hosts = {
      read: async () => ({ code: 0, stdout: '1500\n', stderr: '' }),
      ask: async (_host: unknown, script: string) =>
        script === REQUEST_SCRIPT ? pem('CERTIFICATE REQUEST', 'b25l') : given.join(''),
      apply: async (_host: unknown, step: HostStep) => {
        for (const effect of step.effects ?? []) if (effect.kind === 'file') written.push(effect.content ?? '');
        return { host: '', phase: step.phase, step: step.id, summary: '', changed: true, at: '' };
      },
    } as unknown as Hosts;
    await installClient({ plan, hosts } as Scope, 'old-1');
    return written.join('');
  };
  const good = [pem('CERTIFICATE', 'Y2E='), pem('CERTIFICATE', 'b3du'), pem(KEY, 'c0ffee')] as const;

  it('is written into its configuration', async () => {
    expect(await install([...good])).toContain('<tls-crypt>\n-----BEGIN OpenVPN Static key V1-----\nc0ffee\n');
  });

  it.each([0, 1, 2])('is no line of configuration: part %i', async (part) => {
    const evil = [...good].map((one, index) =>
      index === part ? one.replace('\n-----END', '\n</ca>\nplugin /tmp/x.so\n<ca>\n-----END') : one,
    );
    await expect(install(evil)).rejects.toThrow(/does not hold what old-1 needs/);
  });
});

describe('proof', () => {
  it('reads who is connected, and ignores the header', () => {
    const status = [
      'TITLE,OpenVPN 2.6.14',
      'HEADER,CLIENT_LIST,Common Name,Real Address,Virtual Address',
      'CLIENT_LIST,old-1,198.18.1.11:1194,198.19.0.10,,1,2,x,1',
      'ROUTING_TABLE,198.19.0.10,old-1,198.18.1.11:1194,x,1',
    ].join('\n');
    expect([...connectedClients(status)]).toEqual([['old-1', '198.19.0.10']]);
    expect(connectedClients('').size).toBe(0);
  });

  it('a pair that is not named as answering does not answer', () => {
    expect(judgeLook(plan, 'old-1', 'answers 198.19.0.11\nanswers 198.19.0.12\nmtu 1500\n')).toEqual({
      answered: 2,
      mtu: 1500,
      problems: [],
    });
    expect(judgeLook(plan, 'old-1', 'answers 198.19.0.11\nmtu 1500').problems).toEqual([
      'old-1 gets no answer from new-2 (198.19.0.12)',
    ]);
    expect(judgeLook(plan, 'old-1', '').problems).toHaveLength(2);
    expect(judgeLook(plan, 'new-1', 'answers 198.19.0.10').problems).toEqual([
      'from new-1 no unfragmented packet passes',
    ]);
  });

  it('a throughput needs all three transfers', () => {
    expect(throughput('sent 262144 100\nsent 1048576 1000000\nsent 67108864 2000000\n')).toBe(32);
    expect(throughput('sent 262144 100\nsent 1048576 1000000\n')).toBeUndefined();
    expect(throughput('')).toBeUndefined();
  });
});

describe('keys and certificates, made for real', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  const run = (fragment: string) => {
    // The steps name fixed folders; the test puts its own in their place. `openvpn` only makes one key here.
    const script = fragment.replaceAll('/etc/openvpn/bigswitch', path('pki'));
    return execFileSync('sh', ['-eu', '-c', script], {
      env: { PATH: `${path('bin')}:${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString();
  };
  const holds = (step: HostStep) => {
    try {
      run(step.check);
      return true;
    } catch {
      return false;
    }
  };
  const csr = (name: string) => {
    execFileSync(
      'sh',
      [
        '-euc',
        `cd ${folder}; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${name}.key; openssl req -new -key ${name}.key -subj /CN=${name} -out ${name}.csr`,
      ],
      { stdio: 'ignore' },
    );
    return readFileSync(path(`${name}.csr`), 'utf8');
  };
  const text = (certificate: string) =>
    execFileSync('openssl', ['x509', '-noout', '-text', '-in', path(certificate)]).toString();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bigswitch-pki-'));
    mkdirSync(path('bin'));
    writeFileSync(path('bin/openvpn'), '#!/bin/sh\n[ "$1 $2" = "--genkey tls-crypt" ] && echo shared >"$3"\n');
    chmodSync(path('bin/openvpn'), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes an authority, readable by root only, once', () => {
    const step = pkiStep(plan);
    expect(holds(step)).toBe(false);
    run(step.apply);
    expect(holds(step)).toBe(true);
    expect(statSync(path('pki')).mode & 0o777).toBe(0o700);
    expect(statSync(path('pki/ca.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(path('pki/ccd')).sort()).toEqual(['new-1', 'new-2', 'old-1']);
    expect(text('pki/server.crt')).toMatch(/TLS Web Server Authentication/);
    expect(text('pki/server.crt')).not.toMatch(/TLS Web Client Authentication/);
  });

  it("signs a request under the host's name whatever it says, and again only for another key", () => {
    const step = signStep('old-1', csr('mallory'));
    expect(holds(step)).toBe(false);
    run(step.apply);
    expect(holds(step)).toBe(true);
    expect(text('pki/issued/old-1.crt')).toMatch(/Subject: CN = old-1\b/);
    expect(text('pki/issued/old-1.crt')).toMatch(/TLS Web Client Authentication/);
    expect(holds(signStep('old-1', csr('other')))).toBe(false);
  });

  it('holds from yesterday on, for clocks that are behind', () => {
    const [, from = ''] = /Not Before: (.*)/.exec(text('pki/issued/old-1.crt')) ?? [];
    expect(Date.parse(from)).toBeLessThan(Date.now() - 3_600_000);
  });

  const years = (until: string) => (Date.parse(until) - Date.now()) / (365 * 86_400_000);
  const crl = () => execFileSync('openssl', ['crl', '-noout', '-text', '-in', path('pki/crl.pem')]).toString();
  const crlEnds = () => years(/Next Update: (.*)/.exec(crl())?.[1] ?? '');

  it('holds however long the move waits: nothing would renew it, and the bridge would be gone', () => {
    for (const name of ['ca.crt', 'server.crt', 'issued/old-1.crt']) {
      expect(years(/Not After : (.*)/.exec(text(`pki/${name}`))?.[1] ?? '')).toBeGreaterThan(9);
    }
    expect(crlEnds()).toBeGreaterThan(9);
  });

  it('undoing a signature revokes the certificate', () => {
    run(signStep('old-1', csr('mallory')).undo);
    expect(holds(signStep('old-1', csr('mallory')))).toBe(false);
    expect(crl()).toMatch(/Serial Number: [0-9A-F]+/);
    expect(crlEnds()).toBeGreaterThan(9);
    run(signStep('old-1', csr('mallory')).undo);
  });

  it('undo leaves nothing, and may run before anything was made', () => {
    run(pkiStep(plan).undo);
    run(pkiStep(plan).undo);
    run(signStep('old-1', csr('mallory')).undo);
    expect(readdirSync(folder)).not.toContain('pki');
  });

  it("a client's key stays in a folder for root only and goes with its undo", () => {
    const step = clientKeyStep('old-1');
    expect(holds(step)).toBe(false);
    run(step.apply);
    expect(holds(step)).toBe(true);
    expect(statSync(path('pki/client.key')).mode & 0o777).toBe(0o600);
    run(step.undo);
    run(step.undo);
    expect(readdirSync(folder)).not.toContain('pki');
  });
});
