import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeConnection } from '@temporalio/worker';
import execa from 'execa';
import { ensureTemporal } from '../../../lab/setup/go';
import { registerCommand, SEARCH_ATTRIBUTE_NAMES, SEARCH_ATTRIBUTES } from '../../../src/contract/search-attributes';
import { tellMissingSearchAttributes } from '../../../src/search-attributes';
import { FakeWorld } from '../support/fake-world';
import { approve, approveAll, devServer, openGate, startLab, withMigration, type Handle } from '../support/lab';
import { planInput } from '../support/plan';

/** What a list shows of a migration. */
async function shown(handle: Handle): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await handle.describe();
  return Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((key) => [key.name, typedSearchAttributes.get(key)]));
}

/** Waits for what the worker's answer leads to. */
async function eventually(handle: Handle, wanted: Record<string, unknown>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (JSON.stringify(await shown(handle)) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await shown(handle)).toEqual(wanted);
}

test('a migration is found by its cluster, its phase and its open gate', async () => {
  const lab = await startLab(devServer());
  const input = planInput();
  try {
    await withMigration(lab, { world: new FakeWorld(input), input }, async (handle) => {
      await openGate(handle, 'big-switch');
      await eventually(handle, { BigswitchCluster: 'shop', BigswitchPhase: 'switch', BigswitchGate: 'big-switch' });
      await approve(handle, 'big-switch');
      await openGate(handle, 'drain:old-1');
      await eventually(handle, { BigswitchCluster: 'shop', BigswitchPhase: 'drain', BigswitchGate: 'drain:old-1' });
      await approveAll(handle, ['drain:old-1', 'drain:old-2', 'teardown']);
      await handle.result();
      await eventually(handle, { BigswitchCluster: 'shop', BigswitchPhase: 'report', BigswitchGate: undefined });
    });
  } finally {
    await lab.close();
  }
});

test('without registered search attributes a migration runs all the same; the command that the worker names registers them', async () => {
  const lab = await startLab(devServer([], []));
  const warned: { missing?: string[]; command?: string }[] = [];
  const look = () =>
    tellMissingSearchAttributes(lab.env.nativeConnection, 'default', { warn: (fields: object) => warned.push(fields) });
  const input = planInput();
  try {
    await withMigration(lab, { world: new FakeWorld(input), input }, async (handle) => {
      await approveAll(handle);
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
    });
    await look();
    expect(warned[0]).toEqual({
      missing: SEARCH_ATTRIBUTE_NAMES,
      command: registerCommand(SEARCH_ATTRIBUTE_NAMES, 'default'),
    });
    const [, ...args] = (warned[0]?.command ?? '').split(' ');
    // Twice: what is there already is left alone.
    for (let i = 0; i < 2; i++) await execa(await ensureTemporal(), [...args, '--address', lab.env.address]);
    await look();
    expect(warned).toHaveLength(1);
  } finally {
    await lab.close();
  }
});

test('a server that does not say what is registered is no reason not to work', async () => {
  const warned: unknown[] = [];
  const mute = { operatorService: { listSearchAttributes: () => Promise.reject(new Error('not allowed')) } };
  await tellMissingSearchAttributes(mute as unknown as NativeConnection, 'default', {
    warn: (x: object) => warned.push(x),
  });
  expect(warned).toEqual([{ reason: 'not allowed' }]);
});

test('set-up of the compose file registers the same ones', () => {
  const script = readFileSync(join(__dirname, '..', '..', '..', 'deploy', 'temporal', 'namespace.sh'), 'utf8');
  expect(script).toContain(registerCommand(SEARCH_ATTRIBUTE_NAMES, 'default').split('default ')[1]);
});
