import type { Activities, Survey } from '../../../src/contract/activities';
import { TELLING_STEPS, type LedgerEntry } from '../../../src/contract/ledger';
import type { Phase } from '../../../src/contract/phases';
import type { HostRef } from '../../../src/plan/hosts';

/** Activities whose changes are of the cluster: kept on the hub as records. */
const CLUSTER = ['prepareClusterForJoin', 'setThrottle', 'prepareIndices', 'moveQuorum', 'excludeNode'];

/** What hosts and hub would have recorded, by what activities did. */
export class FakeLedger {
  private steps: LedgerEntry[] = [];
  private cluster: LedgerEntry[] = [];
  private readonly claims = new Map<string, string>();
  private settingsKept = false;
  private tearingDown = false;

  /** Everything that is recorded, as `host/step`. */
  left(): string[] {
    const claims = [...this.claims.keys()].map((host) => `${host}/claim`);
    const steps = [...this.steps, ...this.cluster].map(({ host, step }) => `${host}/${step}`);
    return [...steps, ...claims, ...(this.settingsKept ? ['hub/settings-before'] : [])];
  }

  /** Claims a host for a workflow, unless another one was first. @returns who holds it now */
  claim(host: string, owner: string): string {
    const holder = this.claims.get(host) ?? owner;
    this.claims.set(host, holder);
    return holder;
  }

  /** Notes what an activity did. */
  note(name: keyof Activities, input: unknown, result: unknown, workflowId: string): void {
    const { host = '', phases } = (input ?? {}) as { host?: string; phases?: Phase[] };
    const stays = (entry: LedgerEntry) => phases !== undefined && !phases.includes(entry.phase);
    switch (name) {
      case 'releaseHost':
        if (this.claims.get(host) === workflowId) this.claims.delete(host);
        break;
      case 'markTeardown':
        this.tearingDown = true;
        break;
      case 'restoreCluster':
        this.cluster = this.cluster.filter(stays);
        break;
      case 'undoHost':
        this.steps = this.steps.filter((entry) => entry.host !== host || stays(entry));
        break;
      case 'forgetHost':
        this.steps = this.steps.filter((entry) => entry.host !== host);
        this.claims.delete(host);
        if (host === 'hub') this.tearingDown = this.settingsKept = false;
        break;
      default:
        if (name === 'prepareClusterForJoin') this.settingsKept = true;
        if (Array.isArray(result)) this.add(CLUSTER.includes(name), result as LedgerEntry[]);
    }
  }

  /** What a survey finds. */
  survey(hosts: HostRef[]): Survey {
    const has = (host: string, step: string) => this.steps.some((one) => one.host === host && one.step === step);
    return {
      hosts: hosts.map(({ name: host, role }) => ({
        host,
        role,
        steps: this.steps.filter((step) => step.host === host),
        claim: this.claims.has(host) ? { migration: 'shop', owner: this.claims.get(host) ?? '' } : undefined,
        running:
          role === 'old'
            ? !has(host, TELLING_STEPS.NODE_STOPPED)
            : role === 'new'
              ? has(host, TELLING_STEPS.NODE_STARTED)
              : undefined,
      })),
      cluster: this.cluster,
      settingsKept: this.settingsKept,
      tearingDown: this.tearingDown,
    };
  }

  private add(ofCluster: boolean, entries: LedgerEntry[]): void {
    const made = entries.filter((entry) => typeof entry === 'object' && 'step' in entry && entry.changed);
    if (ofCluster) this.cluster.push(...made.map((entry) => ({ ...entry, host: 'hub' })));
    else this.steps.push(...made);
  }
}
