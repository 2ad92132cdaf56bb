import { cpSync, appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startWorker, type TemporalServer } from '../demo/temporal';
import type { Started } from '../../src/embedded/processes';
import { ROOT } from '../paths';

/** The workers of one scenario, by name. */
export class Workers {
  /** When a worker was killed last, milliseconds since the epoch; 0 when none was. */
  lastKilledAt = 0;
  private readonly running = new Map<string, Started>();

  constructor(
    private readonly folder: string,
    private readonly temporal: TemporalServer,
    first: Started,
  ) {
    this.running.set('worker', first);
  }

  /** Starts a worker and waits until it polls. @param dist its build; default: the repository's */
  async start(name = 'worker', dist?: string): Promise<void> {
    this.running.set(name, await startWorker(this.folder, this.temporal, { name, dist }));
  }

  /** Ends a worker with SIGKILL. */
  async kill(name = 'worker'): Promise<void> {
    await this.get(name).kill('SIGKILL');
    this.lastKilledAt = Date.now();
    this.running.delete(name);
  }

  /** Stops a worker in the middle of what it does, so that hosts end what it began and it hears nothing of it. */
  async freeze(name = 'worker'): Promise<void> {
    await this.get(name).kill('SIGSTOP');
  }

  /** Ends a worker as a person does. */
  async stop(name = 'worker'): Promise<void> {
    await this.get(name).stop();
    this.running.delete(name);
  }

  /** Ends whatever runs. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((name) => this.stop(name)));
  }

  private get(name: string): Started {
    const worker = this.running.get(name);
    if (!worker) throw new Error(`no worker "${name}" runs`);
    return worker;
  }
}

/**
 * Another build of the product, as an update brings it: the same code with another version. Its workflow bundle has
 * other bytes, so that Temporal sees another build id.
 * @returns its folder
 */
export function nextBuild(out: string, version: string): string {
  // Beside the packages that it requires.
  const dist = join(out, `dist-${version}`);
  rmSync(dist, { recursive: true, force: true });
  cpSync(join(ROOT, 'dist'), dist, { recursive: true });
  appendFileSync(join(dist, 'workflow-bundle.js'), `\n// bigswitch ${version}\n`);
  return dist;
}
