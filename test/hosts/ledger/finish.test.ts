import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { TELLING_STEPS } from '../../../src/contract/ledger';
import type { Phase } from '../../../src/contract/phases';
import type { HostStep } from '../../../src/hosts/step';
import { useSshd } from '../ssh/sshd';

jest.setTimeout(60_000);

const world = useSshd();
const { old, path } = world;
const finish = (...args: string[]) =>
  spawnSync('sh', [path('ledger/test/finish-all.sh'), ...args], { encoding: 'utf8' });

/** Makes a file, which its undo takes away. */
function step(phase: Phase, id: string, extra: Partial<HostStep> = {}): HostStep {
  const file = path(`made-${id}`);
  return {
    ...{ phase, id, summary: `make ${id}`, check: `[ -e ${file} ]` },
    ...{ apply: `touch ${file}`, undo: `rm -f ${file}`, ...extra },
  };
}

/** Applies steps one after the other. */
async function host(...steps: HostStep[]): Promise<void> {
  for (const one of steps) await world.hosts.apply(old(), one);
}

const made = () =>
  readdirSync(path(''))
    .flatMap((name) => /^made-(.*)$/.exec(name)?.[1] ?? [])
    .sort();

afterEach(() => {
  rmSync(path('ledger'), { recursive: true, force: true });
  for (const id of made()) rmSync(path(`made-${id}`));
});

describe('finish-all.sh, by hand', () => {
  it('takes redirect and bridge from a new host, and leaves node and front', async () => {
    const { NODE_STARTED } = TELLING_STEPS;
    await host(step('bridge', 'bridge-client'), step('redirect', 'redirect-rules'), step('join', 'elasticsearch-yml'));
    await host(step('join', NODE_STARTED), step('front', 'front-config'));
    const said = finish();
    expect([said.status, said.stderr]).toEqual([0, '']);
    expect(made()).toEqual(['elasticsearch-yml', NODE_STARTED, 'front-config'].sort());
    expect(said.stdout).toContain(`what stays for good:\n  make elasticsearch-yml\n  make ${NODE_STARTED}\n`);
    expect(finish().status).toBe(0);
    expect(made()).toHaveLength(3);
  });

  it('gives an old host that was drained its files back too, and leaves its node stopped', async () => {
    const { NODE_STOPPED } = TELLING_STEPS;
    await host(step('bridge', 'bridge-client'), step('join', 'elasticsearch-yml'), step('drain', NODE_STOPPED));
    expect(finish().status).toBe(0);
    expect(made()).toEqual([NODE_STOPPED]);
  });

  it('does nothing on an old host whose node was not drained, unless it is forced', async () => {
    await host(step('bridge', 'bridge-client'), step('join', 'elasticsearch-yml'));
    const said = finish();
    expect(said.status).toBe(1);
    expect(said.stderr).toContain('the node of this host was not drained');
    expect(made()).toEqual(['bridge-client', 'elasticsearch-yml']);
    expect(finish('--force').status).toBe(0);
    expect(made()).toEqual(['elasticsearch-yml']);
  });

  it('asks whom it harms, and goes on where it stopped', async () => {
    const harmless = `[ -e ${path('alone')} ] || { echo 'nodes talk over it' >&2; exit 1; }`;
    await host(step('bridge', 'bridge-client'), step('redirect', 'redirect-rules', { harmless }));
    const said = finish();
    expect(said.status).toBe(1);
    expect(said.stderr).toContain('nodes talk over it');
    expect(made()).toEqual(['bridge-client', 'redirect-rules']);
    writeFileSync(path('alone'), '');
    expect(finish().stdout).toContain('nothing is left here');
    expect([made(), existsSync(path('ledger'))]).toEqual([[], false]);
  });

  it('is gone with the record, and says so of a hub what of the cluster is kept there', async () => {
    await host(step('bridge', 'bridge-server'));
    await world.hosts.keep(old(), 'cluster-0001', { original: 'all' });
    expect(finish().stdout).toContain("the cluster's settings before the move:");
    expect(made()).toEqual([]);
    await world.hosts.unkeep(old(), 'cluster-0001');
    expect(existsSync(path('ledger/test/finish-all.sh'))).toBe(false);
  });
});
