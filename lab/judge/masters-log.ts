import { exec } from '../docker';
import { hostsOf } from '../layout';
import type { LabHost, LabState } from '../types';
import { LIFE } from '../life/habits';
import { meet, type Span } from './spans';
import type { Excuse } from './types';

/** That a master found the cluster below green, as it wrote into its own log. */
export interface LoggedFall {
  host: string;
  /** Milliseconds since the epoch. */
  at: number;
  words: string;
}

/** What a master writes each time that it makes a state which is no longer green. */
const FALL = 'Cluster health status changed from [GREEN]';

/** Prints how far the host's clock is off UTC, how many lines its log has, and the lines that tell of a fall. */
const script = (clusterName: string) => `
folder=/var/log/elasticsearch
date +%z
if [ -e "$folder/${clusterName}.log" ]; then wc -l <"$folder/${clusterName}.log"; else echo none; fi
for file in "$folder/${clusterName}.log" "$folder/${clusterName}"-*.log.gz; do
  if [ -e "$file" ]; then zgrep -hF '${FALL}' "$file" || [ $? -eq 1 ] || exit 1; fi
done
`;

/**
 * Every fall that a node wrote down while it was the master.
 * @throws Error when an old node has no log: one of them was the master
 */
export async function readFalls(lab: LabState): Promise<LoggedFall[]> {
  const hosts = [...hostsOf(lab.hosts, 'old'), ...hostsOf(lab.hosts, 'new')];
  const found = await Promise.all(
    hosts.map(async (host) =>
      parseFalls(host, await exec(host, script(lab.clusterName), { dockerHost: lab.dockerHost })),
    ),
  );
  return found.flat();
}

/** Reads what the script printed. @throws Error when it can't be understood, or an old node has no log */
export function parseFalls({ name, role }: Pick<LabHost, 'name' | 'role'>, text: string): LoggedFall[] {
  const [zone = '', lines, ...falls] = text.split('\n');
  if (!/^[+-]\d{4}$/.test(zone)) throw new Error(`${name} does not tell its time zone: ${zone}`);
  if (role === 'old' && !(Number(lines) > 0)) throw new Error(`Elasticsearch on ${name} has no log`);
  return falls
    .filter((line) => line !== '')
    .map((line) => {
      const [, day, ms] = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d),(\d{3})\]/.exec(line) ?? [];
      const at = day === undefined ? Number.NaN : Date.parse(`${day}.${ms}${zone}`);
      if (!Number.isFinite(at)) throw new Error(`a line of the log of ${name} has no time: ${line.slice(0, 200)}`);
      return { host: name, at, words: line.slice(line.indexOf('Cluster health'), 400).trim() };
    });
}

/** The falls within a span that no fault of the lab excuses, in words; the first 20. */
export function fallsWithin(falls: LoggedFall[], span: Span, excuses: Excuse[]): string[] {
  return falls
    .filter(({ at, words }) => meet(span, { from: at, to: at }) && !words.includes(`[${LIFE}`))
    .filter(({ at }) => !excuses.some((excuse) => excuse.belowGreen === true && meet(excuse, { from: at, to: at })))
    .sort((a, b) => a.at - b.at)
    .slice(0, 20)
    .map(({ host, at, words }) => `${new Date(at).toISOString()} ${host} wrote: ${words}`);
}
