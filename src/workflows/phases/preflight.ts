import { ApplicationFailure } from '@temporalio/workflow';
import type { Check } from '../../contract/evidence';
import { FAILURES } from '../../contract/failures';
import { allHosts } from '../../plan/hosts';
import { isWaived } from '../../plan/waive';
import { sentence } from '../run/failures';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';

/** Checks that say that hosts belong to another run. */
const HELD = ['left-overs', 'other-migration'];

/**
 * Phase 0: looks at every host and the cluster, and changes nothing.
 * @throws ApplicationFailure PreflightFailed that names every failed check: what, where, what to do
 */
export async function preflight(m: Migration): Promise<string> {
  const hosts = allHosts(m.plan);
  m.state.doing(`looks at ${hosts.length} hosts`);
  const checks = (await looked(() => onEach(names(hosts), (host) => m.world.preflightHost({ host })))).flat();
  m.state.set({ checks });

  // Another run explains all the rest: other checks would stumble over its nodes, its rules and its settings.
  const held = checks.filter((check) => check.result === 'failed' && HELD.includes(check.name));
  if (held.length > 0) throw preflightFailed(saidOnce(held));

  // The cluster is asked over the old hosts' SSH: with one of them out of reach there is nothing sound to be had from it.
  if (!checks.some((check) => check.result === 'failed' && check.name === 'ssh')) {
    m.state.doing('looks at the cluster');
    const cluster = await looked(() => m.world.preflightCluster());
    checks.push(...cluster.checks);
    m.state.set({ checks, cluster: cluster.facts });
  }

  const failed = checks.filter((check) => check.result === 'failed' && !isWaived(m.plan, check));
  if (failed.length > 0) throw preflightFailed(failed.map((check) => describe(check)));
  const count = (result: Check['result']) => checks.filter((check) => check.result === result).length;
  return `${checks.length} checks: ${count('ok')} ok, ${count('warn')} warnings, ${count('failed')} waived by the plan`;
}

/** A look that can't be had is a failed preflight: nothing was touched, so there is nothing to wait for. */
async function looked<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'CancelledFailure') throw error;
    throw preflightFailed([sentence(error)], error);
  }
}

function describe({ name, subject, seen, remedy, waivable }: Check): string {
  const where = subject ? `${subject}: ` : '';
  const waive = waivable
    ? ` (or accept it by \`waive: ["${subject ? `${name}:${subject}` : name}"]\` in the plan)`
    : '';
  return `${where}${name}: ${seen}${remedy ? `. To do: ${remedy}` : ''}${waive}`;
}

/** Problems that several hosts have, each said once. */
function saidOnce(checks: Check[]): string[] {
  const kinds = [...new Set(checks.map(({ seen }) => seen))].map((seen) => checks.filter((one) => one.seen === seen));
  return kinds.flatMap(([first, ...others]) =>
    first ? [describe({ ...first, subject: [first, ...others].map(({ subject }) => subject).join(', ') })] : [],
  );
}

/** The refusal of a preflight that found these problems, one sentence each. */
export function preflightFailed(problems: string[], cause?: Error): ApplicationFailure {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return ApplicationFailure.create({
    type: FAILURES.PREFLIGHT_FAILED,
    message: `Preflight found ${count}; nothing was touched:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    nonRetryable: true,
    details: [problems],
    cause,
  });
}

function names(hosts: { name: string }[]): string[] {
  return hosts.map((host) => host.name);
}
