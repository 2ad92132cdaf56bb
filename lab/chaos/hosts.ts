import { setTimeout as sleep } from 'node:timers/promises';
import { breakHost } from '../break';
import type { BreakOptions } from '../break/scenario';
import { exec } from '../docker';
import { esRequest } from '../es';
import { hostsOf, urlOf } from '../layout';
import type { LabHost } from '../types';
import type { Excuse } from '../judge';
import type { Play } from './play';

/** What a cluster needs to be whole again after a fault, at most. */
const LONGEST_RECOVERY_MS = 200_000;
/** A look of a node at itself that began before the fault was over says nothing of the time after it. */
const MARGIN_MS = 1_500;

/** One host of a role, by seed. */
export function someHost(play: Play, role: LabHost['role']): LabHost {
  return play.dice.pick(hostsOf(play.stage.lab.hosts, role));
}

/** Runs a script as root on a host. */
export function onHost(play: Play, host: LabHost, script: string): Promise<string> {
  return exec(host, script, { dockerHost: play.stage.lab.dockerHost });
}

/** Breaks a host, or undoes that, and keeps it in the log. @returns what the fault's script said */
export async function strikeHost(
  play: Play,
  fault: string,
  host: LabHost,
  options: BreakOptions & { undo?: boolean } = {},
): Promise<string> {
  const { seconds, said } = await breakHost(fault, host.name, options);
  play.faults.undoesItself(`${fault} on ${host.name}`, seconds);
  const time = seconds === undefined ? '' : ` for ${seconds} s`;
  play.struck(`${options.undo ? 'undone: ' : ''}${fault} on ${host.name}${time}`);
  return said;
}

interface Health {
  status: string;
  number_of_nodes: number;
  timed_out: boolean;
}

/** The cluster's health as a node of its larger part sees it; undefined when none answers. */
async function health(play: Play, without?: LabHost): Promise<Health | undefined> {
  const nodes = [...hostsOf(play.stage.lab.hosts, 'new'), ...hostsOf(play.stage.lab.hosts, 'old')];
  const answers = await Promise.all(
    nodes
      .filter(({ name }) => name !== without?.name)
      .map((host) => {
        const endpoint = urlOf(host);
        return esRequest<Health>(endpoint, 'GET', '/_cluster/health?timeout=1s&master_timeout=2s', {
          timeoutMs: 4_000,
        }).catch(() => undefined);
      }),
  );
  return answers.filter((answer) => answer !== undefined).sort((a, b) => b.number_of_nodes - a.number_of_nodes)[0];
}

/** Number of nodes that the cluster has now. @throws Error when none answers */
async function nodesNow(play: Play): Promise<number> {
  const seen = await health(play);
  if (!seen) throw new Error('no node of the cluster answers');
  return seen.number_of_nodes;
}

/** Waits until the cluster has so many nodes and is green, twice in a row. @returns when that was, at the latest at the bound */
async function wholeAgain(play: Play, nodes: number): Promise<number> {
  const deadline = Date.now() + LONGEST_RECOVERY_MS;
  let good = 0;
  while (Date.now() < deadline && good < 2) {
    const seen = await health(play);
    good = seen?.status === 'green' && !seen.timed_out && seen.number_of_nodes >= nodes ? good + 1 : 0;
    // Not play.pause: the span must end where it ends, also when the migration did.
    await sleep(1_000);
  }
  return Date.now();
}

/**
 * Does something that takes nodes out of the cluster by itself, puts it right after a while, and excuses the time from
 * the fault until the cluster is whole again (at most 200 s after it was put right).
 */
export async function nodesOut(
  play: Play,
  excuse: Pick<Excuse, 'reason' | 'requests'>,
  strike: { begin: () => Promise<unknown>; seconds: number; end?: () => Promise<unknown> },
): Promise<void> {
  const nodes = await nodesNow(play);
  const from = Date.now();
  let to = from + LONGEST_RECOVERY_MS;
  try {
    await strike.begin();
    await play.pause(strike.seconds * 1000);
  } finally {
    await strike.end?.();
    to = await wholeAgain(play, nodes);
    play.faults.excuse({ ...excuse, from, to: to + MARGIN_MS, belowGreen: true });
  }
}

/** Host of the node that is the elected master now. */
export async function electedMaster(play: Play): Promise<LabHost> {
  for (const host of [...hostsOf(play.stage.lab.hosts, 'old'), ...hostsOf(play.stage.lab.hosts, 'new')]) {
    const endpoint = urlOf(host);
    const answer = await esRequest<{ node: string }[]>(endpoint, 'GET', '/_cat/master?format=json', {
      timeoutMs: 5_000,
    }).catch(() => undefined);
    const found = play.stage.lab.hosts.find(({ name }) => name === answer?.[0]?.node);
    if (found) return found;
  }
  throw new Error('no node says who is the elected master');
}
