import type { Fact } from '../../contract/evidence';
import type { KeptName } from '../../contract/kept-record';
import { lostOnHub } from '../../elasticsearch/ledger/second-copy';
import type { Scope } from '../../elasticsearch/scope';

/** Whether the hub has lost records of changes of the cluster that the run knows of. */
export async function lookAtRecord(scope: Scope, kept: KeptName[]): Promise<{ facts: Fact[]; lost: string[] }> {
  const name = 'the hub has recorded what was changed in the cluster';
  try {
    const lost = await lostOnHub(scope, kept);
    if (lost.length === 0) return { facts: [], lost };
    const seen = `it has lost: ${lost.join(', ')}. The run writes it there again from its own copy; look whether the disk of ${scope.plan.hosts.hub.name} is well`;
    return { facts: [{ name, ok: false, seen }], lost };
  } catch (error) {
    return { facts: [{ name, ok: false, seen: `could not be seen: ${(error as Error).message}` }], lost: [] };
  }
}
