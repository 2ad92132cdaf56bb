import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FAMILIES } from '../../../src/hosts/family';

const folder = join(__dirname, '../../../src/hosts/family');

describe('families of hosts', () => {
  it('have one folder each, with the same files, and a line in the registry', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).sort()).toEqual(FAMILIES.map(({ name }) => name).sort());
    for (const { name } of folders) {
      expect(readdirSync(join(folder, name))).toEqual(readdirSync(join(folder, FAMILIES[0]!.name)));
    }
  });

  it.each(FAMILIES)('$name: what gives no answer is not stopped', ({ services }) => {
    for (const word of ['', 'unknown', 'active', 'activating', 'deactivating', 'Failed to connect to bus']) {
      expect([word, services.saysStopped(word)]).toEqual([word, false]);
    }
    expect(services.saysOff('')).toBe(false);
    expect(services.both('')).toEqual({ enabled: '', active: '' });
    expect(services.seen('x', () => undefined)).toMatchObject({ usable: false, running: false, stopped: false });
    expect(services.manager.judge('').verdict).toBe('unusable');
  });

  it.each(FAMILIES)('$name: every script is one that sh can read', ({ packages, services, jobs }) => {
    const listener = { address: '192.0.2.1', port: 9200, command: "/bin/sh -c 'echo it'" };
    const scripts = [
      ...[packages.simulationScript(['x']), packages.offerScript('x')],
      ...[services.manager.stateScript, services.stateScript('x'), services.bothScript('x'), services.seenScript('x')],
      ...[services.isRunning('x'), services.isEnabled('x'), services.reload('x'), services.restartByNewSettings('x')],
      ...[services.variableScript('x', 'X'), services.programScript('x'), services.userScript('x')],
      services.logScript('x', 9),
      ...[services.isKnown("it's"), services.ownScript],
      ...[
        jobs.timer.arm({ name: 'x', seconds: 9, script: "echo 'x'" }),
        jobs.timer.disarm('x'),
        jobs.timer.isArmed('x'),
      ],
      ...[jobs.listener.open({ ...listener, name: 'x', seconds: 9 }), jobs.listener.close(['x', 'y'])],
      ...[jobs.listener.isOpen('x'), jobs.listener.here(listener)],
    ];
    for (const script of scripts) expect(execFileSync('sh', ['-n'], { input: script }).toString()).toBe('');
  });
});
