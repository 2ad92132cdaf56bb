import { esRequest } from '../es';
import { hostsOf, urlOf } from '../layout';
import type { LabState } from '../types';
import { snapshotHosts, type Snapshot } from './snapshot';

/** Where a started copy of a shard is. */
export interface Copy {
  index: string;
  shard: number;
  primary: boolean;
  node: string;
}

/** Hosts and shards at one moment of a run, to compare with what was foreseen for it. */
export interface Look {
  hosts: Snapshot;
  copies: Copy[];
}

/**
 * Looks at every host and at where each shard is; changes nothing.
 * @throws Error when a host can't be looked at, or no node tells where shards are
 */
export async function lookAtLab(lab: LabState): Promise<Look> {
  const [hosts, copies] = [await snapshotHosts(lab), await copiesIn(lab)];
  return { hosts, copies };
}

async function copiesIn(lab: LabState): Promise<Copy[]> {
  const reasons: string[] = [];
  for (const host of [...hostsOf(lab.hosts, 'new'), ...hostsOf(lab.hosts, 'old')]) {
    try {
      const rows = await esRequest<{ index: string; shard: string; prirep: string; state: string; node: string }[]>(
        urlOf(host),
        'GET',
        '/_cat/shards?format=json&h=index,shard,prirep,state,node',
        { timeoutMs: 10_000 },
      );
      const moving = rows.filter(({ state }) => state !== 'STARTED');
      if (moving.length > 0) throw new Error(`${moving.length} copies are not at rest`);
      return rows.map(({ index, shard, prirep, node }) => ({
        index,
        shard: Number(shard),
        primary: prirep === 'p',
        node,
      }));
    } catch (error) {
      reasons.push(`${host.name}: ${(error as Error).message}`);
    }
  }
  throw new Error(`no node tells where the shards are: ${reasons.join('; ')}`);
}
