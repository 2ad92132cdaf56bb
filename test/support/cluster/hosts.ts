import { Agent } from 'node:http';
import { frontLookScript } from '../../../src/activities/front/proof';
import { readFileScript } from '../../../src/hosts/read-file';
import type { Claim, Claimer } from '../../../src/contract/claim';
import type { Hosts, Recorded, ScriptResult } from '../../../src/hosts/hosts';
import type { HostStep } from '../../../src/hosts/step';
import type { HostRef } from '../../../src/plan/hosts';
import type { Plan } from '../../../src/plan/schema';
import type { ClusterState } from '../../../src/dry-run/cluster/state';

/** What a script gives back otherwise; undefined where it has nothing to say. What it throws is a host that is away. */
export type HostLie = (host: string, script: string) => Partial<ScriptResult> | undefined;

/** The hosts of a plan beside a simulated cluster. They answer as hosts do on which all is well, until a test lies. */
export class SimulatedHosts implements Hosts {
  /** Every change that reached a host, in order: `host: step`, `host: undo`, `host: forget`. */
  readonly touched: string[] = [];
  /** Kept records, by host. */
  readonly records = new Map<string, Map<string, unknown>>();
  /** Configuration files of the apps, by host. */
  readonly files = new Map<string, string>();
  /** Who holds each host; whoever comes first where it is not said. */
  readonly claims = new Map<string, Claim>();
  /** Services of nodes that are not as the cluster's membership says, by host. */
  readonly services = new Map<string, string>();
  onStep: (host: string, step: HostStep) => void = () => undefined;
  onKeep: (host: string, name: string) => void = () => undefined;
  private lies: HostLie[] = [];

  constructor(
    private readonly plan: Plan,
    private readonly state: ClusterState,
  ) {}

  /** From now on hosts say this. */
  tell(...lies: HostLie[]): void {
    this.lies.push(...lies);
  }

  async read(host: HostRef, script: string): Promise<ScriptResult> {
    const lie = this.lies.map((one) => one(host.name, script)).find((said) => said !== undefined);
    return { code: 0, stdout: '', stderr: '', ...(lie ?? this.truth(host.name, script)) };
  }

  async ask(host: HostRef, script: string): Promise<string> {
    const { code, stdout, stderr } = await this.read(host, script);
    if (code !== 0) throw new Error(`${host.name}: a script ended with exit code ${code}: ${stderr}`);
    return stdout;
  }

  private truth(host: string, script: string): Partial<ScriptResult> {
    const { old, new: fresh, apps } = this.plan.hosts;
    const app = apps.find(({ name }) => name === host);
    if (app && script === readFileScript(app.config.path)) return this.file(host);
    const fronts = fresh.map(({ name }) => `front\t${name}\t200\t401\t401\trefused\t`);
    if (script === frontLookScript(this.plan, [])) return { stdout: [...fronts, ''].join('\n') };
    if (script === frontLookScript(this.plan)) {
      return { stdout: [...fronts, ...old.map(({ name }) => `node\t${name}\t200\t\t\t\t`), ''].join('\n') };
    }
    if (/ss -Htnp? state/.test(script)) return { stdout: '' };
    if (script.endsWith('echo looked')) return { stdout: 'looked\n' };
    if (script.startsWith('systemctl is-active'))
      return { stdout: `${this.services.get(host) ?? this.service(host)}\n` };
    // The app's check, and the rehearsal of its way back.
    if (app) return { stdout: 'well' };
    throw new Error(`the simulated hosts have no answer to ${script}`);
  }

  private file(host: string): Partial<ScriptResult> {
    const text = this.files.get(host);
    if (text === undefined) return { code: 1, stderr: 'there is no file' };
    return { stdout: Buffer.from(text).toString('base64') };
  }

  private service(host: string): string {
    return this.state.nodes.some(({ name }) => name === host) ? 'active' : 'inactive';
  }

  async apply(host: HostRef, step: HostStep) {
    this.touched.push(`${host.name}: ${step.id}`);
    this.onStep(host.name, step);
    const { phase, id, summary } = step;
    return { host: host.name, phase, step: id, summary, changed: true, at: '2026-01-01T00:00:00Z' };
  }

  async undo(host: HostRef) {
    this.touched.push(`${host.name}: undo`);
    return { host: host.name, undone: [] };
  }

  async forget(host: HostRef) {
    this.touched.push(`${host.name}: forget`);
    this.records.delete(host.name);
  }

  async claim(host: HostRef, { workflow, ...rest }: Claimer): Promise<Claim> {
    const claim = this.claims.get(host.name) ?? { migration: this.plan.name, owner: workflow, ...rest };
    this.claims.set(host.name, claim);
    return claim;
  }

  async release(host: HostRef) {
    this.claims.delete(host.name);
  }

  async renew() {
    // Nobody asks how old a claim is.
  }

  async recorded(_host: HostRef): Promise<Recorded> {
    return { steps: [] };
  }

  /** Files that the undo of a switch would put back, by host. */
  readonly old = new Map<string, string>();

  async saved({ name }: HostRef): Promise<string | undefined> {
    return this.old.get(name);
  }

  async keep({ name: host }: { name: string }, name: string, record: unknown) {
    const records = this.records.get(host) ?? new Map<string, unknown>();
    // What is kept must survive being written down.
    records.set(name, JSON.parse(JSON.stringify(record)));
    this.records.set(host, records);
    this.onKeep(host, name);
  }

  async kept(host: { name: string }): Promise<Record<string, unknown>> {
    return Object.fromEntries([...(this.records.get(host.name) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async unkeep(host: { name: string }, name: string) {
    this.records.get(host.name)?.delete(name);
    this.onKeep(host.name, name);
  }

  agent(): Agent {
    return new Agent();
  }

  async close(): Promise<void> {}
}
