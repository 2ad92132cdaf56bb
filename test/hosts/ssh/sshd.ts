import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { FAILURES } from '../../../src/contract/failures';
import { createSshHosts, type SshHostsOptions } from '../../../src/hosts/ssh/hosts';
import { hostRef, type HostRef } from '../../../src/plan/hosts';
import { parsePlan } from '../../../src/plan/parse';
import type { Plan, PlanInput } from '../../../src/plan/schema';
import { SHOP } from '../../shop-plan';

/** A real sshd on a loopback port, with keys made for it alone. */
export interface TestSshd {
  port: number;
  folder: string;
  /** Ends the daemon and every connection. */
  stop(): Promise<void>;
  /** Ends every connection at once, as a reset does; the daemon goes on, and so do the scripts that ran over them. */
  cutConnections(): void;
  start(): Promise<void>;
}

/** All are this machine; a plan wants an address of its own for each host. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'];

/** Starts an sshd; `options` are further lines of its configuration. */
export async function startSshd(options: string[] = []): Promise<TestSshd> {
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-sshd-'));
  const path = (name: string) => join(folder, name);
  for (const name of ['host', 'client', 'stranger']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path(name)]);
  }
  writeFileSync(path('authorized'), readFileSync(path('client.pub')));
  chmodSync(path('authorized'), 0o600);
  const port = await freePort();
  const [type, key] = readFileSync(path('host.pub'), 'utf8').split(' ');
  writeFileSync(path('known_hosts'), ADDRESSES.map((address) => `[${address}]:${port} ${type} ${key}\n`).join(''));
  writeFileSync(
    path('sshd_config'),
    [
      ...ADDRESSES.map((address) => `ListenAddress ${address}:${port}`),
      `HostKey ${path('host')}`,
      `AuthorizedKeysFile ${path('authorized')}`,
      `PidFile ${path('pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      // A shell that sshd starts reads the person's own .bashrc, which may be slow, or hold locks when it is cut. A script
      // that a test kills leaves its temporary file.
      `SetEnv HOME=${folder} TMPDIR=${folder}`,
      ...options,
      '',
    ].join('\n'),
  );
  let daemon: ChildProcess | undefined;
  const start = async () => {
    // sshd wants this folder, which its package's service makes.
    if (userInfo().uid === 0) execFileSync('mkdir', ['-p', '/run/sshd']);
    daemon = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', path('sshd_config')], { stdio: 'ignore' });
    await reachable(port);
  };
  const orphans = new Set<number>();
  const cutConnections = () => {
    if (daemon?.pid === undefined) return;
    const children = descendants(daemon.pid);
    const connections = children.filter((pid) => nameOf(pid).startsWith('sshd'));
    for (const pid of children) if (!connections.includes(pid)) orphans.add(pid);
    for (const pid of connections) kill(pid);
  };
  await start();
  return {
    port,
    folder,
    start,
    cutConnections,
    stop: async () => {
      cutConnections();
      for (const pid of orphans) kill(pid);
      const ended = new Promise((resolve) => daemon?.once('exit', resolve));
      daemon?.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A plan whose hosts are all this machine, over the test's sshd. */
export function loopbackPlan(sshd: TestSshd, changes: Partial<PlanInput> = {}): Plan {
  const ssh = (index: number) => ({ address: ADDRESSES[index], port: sshd.port });
  return parsePlan({
    ...SHOP,
    name: 'test',
    ssh: {
      user: userInfo().username,
      privateKey: `file:${join(sshd.folder, 'client')}`,
      knownHosts: `file:${join(sshd.folder, 'known_hosts')}`,
    },
    bridge: {},
    hosts: {
      hub: { name: 'hub', addressForOld: '198.18.1.5', addressForNew: '198.18.2.5', ssh: ssh(1) },
      old: [{ name: 'old-1', address: '127.0.0.1', ssh: ssh(0) }],
      new: [{ name: 'new-1', address: '198.18.2.11', ssh: ssh(2) }],
      apps: SHOP.hosts.apps.map((app) => ({ ...app, ssh: ssh(3) })),
    },
    ...changes,
  });
}

/** Hosts over the test's sshd, with their ledger in the sshd's folder. */
export function loopbackHosts(sshd: TestSshd, options: Partial<SshHostsOptions> = {}) {
  const plan = options.plan ?? loopbackPlan(sshd);
  const hosts = createSshHosts({
    plan,
    secrets: {
      resolve: async (ref) => {
        if (ref.startsWith('file:')) return readFileSync(ref.slice('file:'.length), 'utf8');
        throw Object.assign(new Error(ref), { type: FAILURES.SECRET_MISSING });
      },
    },
    migration: plan.name,
    log: pino({ level: 'silent' }),
    ledgerRoot: join(sshd.folder, 'ledger'),
    lockFolder: join(sshd.folder, 'locks'),
    connectSeconds: 5,
    ...options,
  });
  const ref = (name: string): HostRef => hostRef(plan, name);
  return { plan, hosts, ref };
}

/** What the tests of a file share by {@link useSshd}. */
export interface SshWorld extends ReturnType<typeof loopbackHosts> {
  readonly sshd: TestSshd;
  /** The host that most tests use. */
  old(this: void): HostRef;
  /** A path in the sshd's folder. */
  path(this: void, name: string): string;
}

/** One sshd for all tests of a file, with hosts that each test gets anew; `options` are further lines of its configuration. */
export function useSshd(options: string[] = []): SshWorld {
  let sshd: TestSshd;
  let world: ReturnType<typeof loopbackHosts>;
  beforeAll(async () => {
    sshd = await startSshd(options);
  });
  beforeEach(() => {
    world = loopbackHosts(sshd);
  });
  afterEach(() => world.hosts.close());
  afterAll(() => sshd.stop());
  return {
    get sshd() {
      return sshd;
    },
    get plan() {
      return world.plan;
    },
    get hosts() {
      return world.hosts;
    },
    ref: (name) => world.ref(name),
    old: () => world.ref('old-1'),
    path: (name) => join(sshd.folder, name),
  };
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function reachable(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const ok = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
      socket.once('connect', () => socket.destroy());
    });
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd did not come up on port ${port}`);
}

function descendants(pid: number): number[] {
  let children: number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    children = [];
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Name of a program that runs; empty when it has ended. */
function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
