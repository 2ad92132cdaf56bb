import type { DryRun } from '../../contract/dry-run';
import type { Check } from '../../contract/evidence';
import type { Plan } from '../../plan/schema';
import { bytes as showBytes } from '../../text/format';
import { isWaived } from '../../plan/waive';
import { slowestPerNode } from './time';

type Risk = DryRun['risks'][number];

/** Elasticsearch's own advice for the largest shard. */
const HUGE_BYTES = 50 * 2 ** 30;

const WORST_FIRST: Risk['severity'][] = ['refused', 'waived', 'warning'];

/** What preflight found and what the foreseen end shows, the worst first. Pure. */
export function risksOf(plan: Plan, checks: Check[], foreseen: Pick<DryRun, 'moves' | 'disks' | 'link'>): Risk[] {
  const risks = [
    ...checks.flatMap((check) => riskOf(plan, check)),
    ...hugeShards(plan, foreseen),
    ...fullDisks(foreseen.disks),
    ...dataPaths(plan),
  ];
  return WORST_FIRST.flatMap((severity) => risks.filter((risk) => risk.severity === severity));
}

function riskOf(plan: Plan, check: Check): Risk[] {
  if (check.result === 'ok') return [];
  const severity = check.result === 'warn' ? 'warning' : isWaived(plan, check) ? 'waived' : 'refused';
  const { name, subject, seen, remedy } = check;
  return [{ severity, check: name, subject, seen, ...(remedy !== undefined && { todo: remedy }) }];
}

/** A shard goes at the pace of one node, not at that of the bridge. */
function hugeShards(plan: Plan, { moves, link }: Pick<DryRun, 'moves' | 'link'>): Risk[] {
  return moves
    .filter((move) => move.link === 'bridge' && move.bytes > HUGE_BYTES)
    .map(({ index, shard, bytes, to }) => {
      const hours = bytes / 2 ** 20 / slowestPerNode(plan, link) / 3600;
      return {
        severity: 'warning' as const,
        check: 'huge-shard',
        subject: index,
        seen: `shard ${shard} has ${showBytes(bytes)} and goes to ${to} in one piece, in up to ${hours.toFixed(1)} h; a break on the way begins it anew`,
        todo: 'split the index before (POST /INDEX/_split/NEW), or roll it over and let the old part go',
      };
    });
}

function fullDisks(disks: DryRun['disks']): Risk[] {
  const said = {
    low: 'no further shard is put there',
    high: 'the cluster moves shards away from it again',
    flood: 'indices with a shard there refuse writes',
  };
  return disks.flatMap(({ node, over, freeBytes, totalBytes }) =>
    over === 'none'
      ? []
      : [
          {
            severity: 'warning' as const,
            check: 'disk-watermark',
            subject: node,
            seen: `at the end ${showBytes(Math.max(0, freeBytes))} of ${showBytes(totalBytes)} are free, over the ${over} watermark: ${said[over]}`,
            todo: 'give it a larger disk, add a new host, or lower replicas in the plan',
          },
        ],
  );
}

/** A shard lies in one of the paths only, so the sum of what is free says little. */
function dataPaths(plan: Plan): Risk[] {
  const paths = plan.elasticsearch.newNodeSettings['path.data'];
  if (!Array.isArray(paths) || paths.length < 2) return [];
  return [
    {
      severity: 'warning',
      check: 'data-paths',
      subject: '',
      seen: `the new nodes have ${paths.length} data paths (${paths.join(', ')}); each shard lies in one of them as a whole, and only the first is looked at here`,
      todo: 'use one path on one volume; several paths are deprecated since 7.13',
    },
  ];
}
