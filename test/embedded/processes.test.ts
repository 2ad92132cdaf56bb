import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearLeftProcesses, startProcess, type Started } from '../../src/embedded/processes';

let folder: string;
const started: Started[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bigswitch-processes-'));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.stop()));
  rmSync(folder, { recursive: true });
});

const start = (name: string, where = folder) => {
  const process = startProcess(where, name, 'sleep', ['60']);
  started.push(process);
  return process;
};

describe('what a kept or killed demo left', () => {
  it('is stopped, the worker first', async () => {
    const left = [start('temporal'), start('worker'), start('worker-2')];
    expect(await clearLeftProcesses(folder)).toEqual(['worker', 'worker-2', 'temporal']);
    await Promise.all(left.map((process) => process.stop()));
    expect(left.map((process) => process.exited())).toEqual([true, true, true]);
    expect(readdirSync(folder).filter((file) => file.endsWith('.pid'))).toEqual([]);
    expect(await clearLeftProcesses(folder)).toEqual([]);
  });

  it('is never another process that got its number', async () => {
    const other = start('other', mkdtempSync(join(folder, 'other-')));
    writeFileSync(join(folder, 'worker.pid'), JSON.stringify({ pid: other.pid, started: '1' }));
    expect(await clearLeftProcesses(folder)).toEqual([]);
    expect(other.exited()).toBe(false);
  });
});
