import { plannedNodes, type PlannedNode } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';

/** Port of the listener that measures the throughput, on a VPN address that nothing else uses. */
export const MEASURE_PORT = 47911;
const MEBIBYTE = 2 ** 20;
/** Most that one measurement sends, in bytes: three transfers, the last one of at most 8 MiB. */
export const MEASURE_BYTES = 11 * MEBIBYTE;
/** What a listener starts for one connection: it takes as many bytes as it is told, and says when it has them. */
export const LISTENER = `/bin/sh -c 'read -r n; head -c "$n" >/dev/null; echo got'`;

/** Between which two nodes the bridge's throughput is measured: from the first old one to the first new one. */
export function measuredBetween(plan: Plan): { from: PlannedNode; to: PlannedNode } {
  const nodes = plannedNodes(plan);
  const from = nodes.find(({ side }) => side === 'old');
  const to = nodes.find(({ side }) => side === 'new');
  if (!from || !to) throw new Error('the plan has no old or no new host');
  return { from, to };
}

/** Sends zeros to a listener, three times, and prints `sent BYTES MICROSECONDS` for each. */
export function sendScript(address: string, port: number): string {
  return `bash <<'EOF_BASH'
set -eu
most=8388608
size=262144
for aim in 1000000 2500000 0; do
  begin=\${EPOCHREALTIME/./}
  exec 3<>/dev/tcp/${address}/${port}
  { echo "$size"; head -c "$size" /dev/zero; } >&3
  read -r -t 20 answer <&3
  [ "$answer" = got ]
  exec 3>&-
  took=$((\${EPOCHREALTIME/./} - begin))
  echo "sent $size $took"
  size=$((size * aim / (took + 1)))
  if [ "$size" -gt "$most" ]; then size=$most; fi
  if [ "$size" -lt 65536 ]; then size=65536; fi
done
EOF_BASH`;
}

/** MiB/s of the last, longest transfer; undefined unless all three came to their end. */
export function throughput(output: string): number | undefined {
  const sent = [...output.matchAll(/^sent (\d+) (\d+)$/gm)];
  const last = sent[2];
  if (!last) return undefined;
  const rate = Number(last[1]) / MEBIBYTE / (Number(last[2]) / 1e6);
  return Number.isFinite(rate) && rate > 0 ? rate : undefined;
}
