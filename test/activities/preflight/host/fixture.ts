import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appChecks } from '../../../../src/activities/preflight/host/app';
import { commonChecks, rootCheck } from '../../../../src/activities/preflight/host/checks';
import { HostFacts } from '../../../../src/activities/preflight/host/facts';
import { networkChecks } from '../../../../src/activities/preflight/host/network';
import { trafficChecks } from '../../../../src/activities/preflight/host/traffic';
import { nodeChecks } from '../../../../src/activities/preflight/host/node';
import type { Check } from '../../../../src/contract/evidence';
import { hostRef } from '../../../../src/plan/hosts';
import { parsePlan } from '../../../../src/plan/parse';
import type { PlanInput } from '../../../../src/plan/schema';

/** The moment for which everything in the fixture is good; a little ahead, because certificates are made after it is taken. */
export const NOW = Date.now() + 15 * 60_000;
const folder = mkdtempSync(join(tmpdir(), 'bigswitch-preflight-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A certificate of `days` for an address, made now; its key is `front.key`. */
export function certificate(days: number, address = '198.18.2.11'): string {
  const san = `subjectAltName=IP:${address}`;
  const args = ['req', '-x509', '-new', '-key', join(folder, 'front.key'), '-subj', '/CN=new-1', '-addext', san];
  return execFileSync('openssl', [...args, '-days', String(days)], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}
/** Makes a private key; gives its public half. */
export function newKey(name: string): string {
  const file = join(folder, name);
  execFileSync('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file]);
  return execFileSync('openssl', ['pkey', '-in', file, '-pubout']).toString();
}
const publicKey = newKey('front.key');
/** A text as the script sends it. */
export const base64 = (text: string) => Buffer.from(text).toString('base64');

const input: PlanInput = {
  version: 1,
  name: 'shop-move',
  elasticsearch: { clusterName: 'shop', newNodeSettings: { 'path.data': '/data' } },
  ssh: { privateKey: 'env:KEY', knownHosts: 'file:/known_hosts' },
  hosts: {
    hub: { name: 'hub', addressForOld: '198.18.1.5', addressForNew: '198.18.2.5' },
    old: [{ name: 'old-1', address: '198.18.1.11' }],
    new: [{ name: 'new-1', address: '198.18.2.11' }],
    apps: [
      {
        name: 'app-1',
        address: '198.18.1.201',
        config: { path: '/etc/shop.env', format: 'env', set: { ES: '{{urls}}', USER: '{{username}}' } },
        restart: 'systemctl restart shop',
        check: 'curl -f http://127.0.0.1/health',
      },
    ],
  },
  front: {
    caFile: '/etc/ca.crt',
    certificate: { chain: '/etc/front.crt', key: '/etc/front.key' },
    auth: { username: 'shop', password: 'env:PASSWORD' },
  },
};
/** A plan with one host of each kind. */
export const plan = (change: (plan: PlanInput) => void = () => undefined) => {
  const copy = structuredClone(input);
  change(copy);
  return parsePlan(copy);
};

/** What a host says when all is well: of every kind of host in one. */
export const GOOD = {
  uid: ['0'],
  free: ['/ 900000', '/var/lib 900000'],
  has: ['apt-get'],
  services: ['running'],
  tun: ['yes'],
  device: ['no'],
  iptables: ['usable'],
  reach: ['198.18.1.11 yes', '198.18.2.11 yes'],
  conntrack: ['- -'],
  opened: ['3'],
  open: ['120'],
  address: ['127.0.0.1', '198.18.1.5', '198.18.2.5', '198.18.1.11', '198.18.2.11'],
  routes: ['read'],
  route: ['default via 198.18.1.1 dev eth0', '198.18.1.0/24 dev eth0 proto kernel scope link'],
  sockets: ['read'],
  tcp: ['0.0.0.0:22', '127.0.0.1:9243'],
  udp: ['127.0.0.53%lo:53'],
  LoadState: ['loaded'],
  UnitFileState: ['disabled'],
  ActiveState: ['inactive'],
  config: [base64('path.data: /data\n')],
  data: ['0 /data'],
  chain: [] as string[],
  key: [base64(publicKey)],
  'front-service': [''],
  haproxy: ['HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/'],
  'app-config': [base64('ES=http://198.18.1.11:9200\n')],
  'app-config-mode': ['640'],
  check: ['0'],
  old: ['198.18.1.11 0'],
  front: ['198.18.2.11 1'],
  ca: [base64('x')],
  trust: ['new-1 yes'],
  end: ['1'],
};
/** What a host says otherwise than a good one does. */
export type Changes = { [key in keyof typeof GOOD]?: string[] } & Record<string, string[]>;
const good90 = certificate(90);

/** The answer of a good host with changes. */
export function facts(changes: Changes = {}): HostFacts {
  const all: Record<string, string[]> = { ...GOOD, chain: [base64(good90)], ...changes };
  return new HostFacts(
    Object.entries(all)
      .flatMap(([key, values]) => values.map((value) => `${key}=${value}`))
      .join('\n'),
  );
}

/** All pure checks of a host. */
export function look(host: string, changes: Changes = {}, thePlan = plan()): Check[] {
  const ref = hostRef(thePlan, host);
  const seen = facts({
    ...(host === 'old-1' ? { ActiveState: ['active'], tcp: ['198.18.1.11:9200', '*:9300'] } : {}),
    ...changes,
  });
  const app = thePlan.hosts.apps.find((one) => one.name === host);
  return [
    rootCheck(ref, seen),
    ...commonChecks(thePlan, ref, seen, { seconds: 0.1, plusMinus: 0.1 }),
    ...(app
      ? appChecks(thePlan, app, seen)
      : [...networkChecks(thePlan, ref, seen), ...trafficChecks(thePlan, ref, seen)]),
    ...(['old', 'new'].includes(ref.role) ? nodeChecks(thePlan, ref, seen, NOW) : []),
  ];
}
/** What is not ok. */
export const bad = (checks: Check[]) => checks.filter((check) => check.result !== 'ok');
/** The same in short. */
export const names = (checks: Check[]) => bad(checks).map((check) => `${check.result} ${check.name}`);
