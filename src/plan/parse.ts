import type { z } from 'zod';
import { cidrCapacity, cidrContains, parseCidr } from './addresses';
import { planSchema, type Plan } from './schema';

/** A plan that can't be used; `problems` has one sentence for each thing that is wrong, with where and what to do. */
export class InvalidPlanError extends Error {
  constructor(readonly problems: string[]) {
    super(
      `The plan can't be used (${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}); nothing was touched:\n` +
        problems.map((problem) => `  - ${problem}`).join('\n'),
    );
    this.name = 'InvalidPlanError';
  }
}

/**
 * Validates a plan from anywhere: a file, the Temporal UI, the `temporal` CLI. Pure, so that the workflow calls it too.
 * @throws InvalidPlanError that names every problem
 */
export function parsePlan(input: unknown): Plan {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidPlanError(['plan: must be one JSON object; see examples/plan.yaml for every field']);
  }
  const result = planSchema.safeParse(input);
  if (!result.success) throw new InvalidPlanError(result.error.issues.flatMap(describeIssue));
  const problems = crossFieldProblems(result.data);
  if (problems.length > 0) throw new InvalidPlanError(problems);
  return result.data;
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const where = issue.path.length > 0 ? issue.path.map(String).join('.') : 'plan';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `${where === 'plan' ? '' : `${where}.`}${key}: unknown field; remove it or correct its spelling`,
    );
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) return [`${where}: is missing; add it`];
  return [`${where}: ${issue.message}`];
}

/** What no single field can show: duplicates, overlaps, room, references between fields. */
function crossFieldProblems(plan: Plan): string[] {
  const { hub, old, new: fresh, apps } = plan.hosts;
  const nodes = [...old, ...fresh];
  const problems: string[] = [];
  const duplicate = (label: string, values: { value: string; where: string }[], remedy: string) => {
    const seen = new Map<string, string>();
    for (const { value, where } of values) {
      const first = seen.get(value);
      if (first === undefined) seen.set(value, where);
      else problems.push(`${where}: ${label} "${value}" is also that of ${first}; ${remedy}`);
    }
  };
  duplicate(
    'name',
    [
      { value: hub.name, where: 'hosts.hub' },
      ...old.map((host, i) => ({ value: host.name, where: `hosts.old.${i}` })),
      ...fresh.map((host, i) => ({ value: host.name, where: `hosts.new.${i}` })),
      ...apps.map((host, i) => ({ value: host.name, where: `hosts.apps.${i}` })),
    ],
    'give each host a name of its own',
  );
  duplicate(
    'address',
    [
      ...old.map((host, i) => ({ value: host.address, where: `hosts.old.${i}` })),
      ...fresh.map((host, i) => ({ value: host.address, where: `hosts.new.${i}` })),
      { value: hub.addressForOld, where: 'hosts.hub.addressForOld' },
      ...(hub.addressForNew === hub.addressForOld
        ? []
        : [{ value: hub.addressForNew, where: 'hosts.hub.addressForNew' }]),
    ],
    'bigswitch redirects by address, so each node needs its own',
  );
  duplicate(
    'node name',
    [
      ...old.map((host, i) => ({ value: host.nodeName ?? host.name, where: `hosts.old.${i}` })),
      ...fresh.map((host, i) => ({ value: host.nodeName ?? host.name, where: `hosts.new.${i}` })),
    ],
    'nodes are excluded by name, so each needs its own',
  );
  const cidr = parseCidr(plan.bridge.cidr);
  if (cidr) {
    const addresses = [
      ...nodes.map((host) => ({ address: host.address, name: host.name })),
      ...apps.map((host) => ({ address: host.address, name: host.name })),
      { address: hub.addressForOld, name: hub.name },
      { address: hub.addressForNew, name: hub.name },
    ];
    for (const { address, name } of addresses) {
      if (cidrContains(cidr, address)) {
        problems.push(
          `bridge.cidr: ${plan.bridge.cidr} overlaps with the address ${address} of host ${name}; choose a network that none of the hosts uses`,
        );
      }
    }
    const needed = nodes.length + 10;
    if (cidrCapacity(cidr) < needed) {
      problems.push(
        `bridge.cidr: ${plan.bridge.cidr} has room for ${cidrCapacity(cidr)} addresses, ${needed} are needed; choose a larger network`,
      );
    }
  }
  apps.forEach((app, i) => {
    const where = `hosts.apps.${i}.config`;
    if (app.config.format === 'text' && !app.config.template) problems.push(`${where}.template: is missing; add it`);
    if (app.config.format !== 'text' && Object.keys(app.config.set ?? {}).length === 0) {
      problems.push(`${where}.set: is missing; say which keys name the endpoints`);
    }
  });
  if (plan.switch.canary !== undefined && !apps.some((app) => app.name === plan.switch.canary)) {
    problems.push(`switch.canary: there is no app host "${plan.switch.canary}"; use a name from hosts.apps`);
  }
  return problems;
}
