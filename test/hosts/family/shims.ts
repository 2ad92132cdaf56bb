import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostStep } from '../../../src/hosts/step';

/** Runs the parts of a step as the ledger does, with stand-ins for programs that would change this machine. */
export class Shims {
  readonly folder = mkdtempSync(join(tmpdir(), 'bigswitch-shims-'));

  constructor(programs: Record<string, string>) {
    for (const name of ['bin', 'backup', 'state']) mkdirSync(join(this.folder, name));
    for (const [name, body] of Object.entries(programs)) {
      const file = join(this.folder, 'bin', name);
      writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>'${this.folder}/log'\ncd '${this.folder}/state'\n${body}\n`);
      chmodSync(file, 0o755);
    }
  }

  /** Runs a fragment with \`set -eu\`; throws when it fails. */
  run(fragment: string): string {
    const env = { PATH: `${this.folder}/bin:${process.env.PATH}`, BACKUP: join(this.folder, 'backup') };
    return execFileSync('sh', ['-euc', fragment], { env, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  }

  holds(fragment: string): boolean {
    try {
      this.run(fragment);
      return true;
    } catch {
      return false;
    }
  }

  /** Check → save → apply → verify, as a first run does it. */
  apply(step: HostStep): void {
    if (this.holds(step.check)) return;
    this.run(step.save ?? ':');
    this.run(step.apply);
    this.run(step.verify ?? step.check);
  }

  set(name: string, text: string): void {
    writeFileSync(join(this.folder, 'state', name), text);
  }

  get(name: string): string | undefined {
    const file = join(this.folder, 'state', name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  }

  /** The calls so far whose program has this name. */
  calls(name: string): string[] {
    const log = existsSync(join(this.folder, 'log')) ? readFileSync(join(this.folder, 'log'), 'utf8') : '';
    return log.split('\n').filter((line) => line.startsWith(`${name} `));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
