import type { Activities, Survey } from '../../../src/contract/activities';
import { ownerWord, type JudgedClaim } from '../../../src/contract/claim';
import { TELLING_STEPS, type LedgerEntry } from '../../../src/contract/ledger';
import type { Phase } from '../../../src/contract/phases';
import type { HostRef } from '../../../src/plan/hosts';

/** Activities whose changes are of the cluster: kept on the hub as records. */
const CLUSTER = ['prepareClusterForJoin', 'setThrottle', 'prepareIndices', 'moveQuorum', 'excludeNode', 'excludeNodes'];

/** What hosts and hub would have recorded, by what activities did. */
export class FakeLedger {
  private steps: LedgerEntry[] = [];
  private cluster: LedgerEntry[] = [];
  private readonly claims = new Map<string, JudgedClaim>();
  private settingsKept = false;
  private tearingDown = false;

  /** Everything that is recorded, as `host/step`. */
  left(): string[] {
    const claims = [...this.claims.keys()].map((host) => `${host}/claim`);
    const steps = [...this.steps, ...this.cluster].map(({ host, step }) => `${host}/${step}`);
    return [...steps, ...claims, ...(this.settingsKept ? ['hub/settings-before'] : [])];
  }

  /**
   * Claims a host for a run, unless another one was first.
   * @param from whose claim is taken over
   * @returns who holds it now
   */
  claim(host: string, claim: JudgedClaim, from?: string): JudgedClaim {
    const held = this.claims.get(host);
    const holder = held && ownerWord(held) !== from ? held : claim;
    this.claims.set(host, holder);
    return holder;
  }

  /** Notes what an activity did. */
  note(name: keyof Activities, input: unknown, result: unknown): void {
    const {
      host = '',
      phases,
      run,
      planned,
    } = (input ?? {}) as {
      host?: string;
      phases?: Phase[];
      run?: string;
      planned?: boolean;
    };
    const stays = (entry: LedgerEntry) => phases !== undefined && !phases.includes(entry.phase);
    switch (name) {
      case 'releaseHost':
        if (this.claims.get(host)?.run === run) this.claims.delete(host);
        break;
      case 'markTeardown':
        this.tearingDown = true;
        break;
      case 'unmarkTeardown':
        this.tearingDown = false;
        break;
      case 'restoreCluster':
        // Nothing that the plan wanted of indices is told apart here.
        if (!planned) this.cluster = this.cluster.filter(stays);
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
        claim: this.claims.get(host),
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
