import { cidrCapacity, cidrContains, ipToNumber, parseCidr } from './addresses';
import { allHosts, HUB_AND_SPARE_ADDRESSES, hubVpnAddress, plannedNodes } from './hosts';
import type { Plan } from './schema';

/** A value and the place in the plan where it stands. */
interface Placed {
  value: string;
  where: string;
}

/** What no single field can show: duplicates, overlaps, room, references between fields. One sentence each. */
export function crossFieldProblems(plan: Plan): string[] {
  return [
    ...duplicateProblems(plan),
    ...bridgeProblems(plan),
    ...bridgeAddressProblems(plan),
    ...portProblems(plan),
    ...settingProblems(plan),
    ...appProblems(plan),
    ...notifyProblems(plan),
  ];
}

function duplicates(label: string, values: Placed[], remedy: string): (Placed & { problem: string })[] {
  const seen = new Map<string, string>();
  return values.flatMap(({ value, where }) => {
    const first = seen.get(value);
    if (first !== undefined) {
      return [{ value, where, problem: `${where}: ${label} "${value}" is also that of ${first}; ${remedy}` }];
    }
    seen.set(value, where);
    return [];
  });
}

/** Where each host stands in the plan, in the order of `allHosts`. */
function places(plan: Plan): string[] {
  return [
    'hosts.hub',
    ...plan.hosts.old.map((_, i) => `hosts.old.${i}`),
    ...plan.hosts.new.map((_, i) => `hosts.new.${i}`),
    ...plan.hosts.apps.map((_, i) => `hosts.apps.${i}`),
  ];
}

function duplicateProblems(plan: Plan): string[] {
  const { hub, old, new: fresh } = plan.hosts;
  const hosts = allHosts(plan);
  const where = places(plan);
  const nodes = [
    ...old.map((host, i) => ({ host, where: `hosts.old.${i}` })),
    ...fresh.map((host, i) => ({ host, where: `hosts.new.${i}` })),
  ];
  const names = duplicates(
    'name',
    hosts.map((host, i) => ({ value: host.name, where: where[i] ?? '' })),
    'give each host a name of its own',
  );
  const addresses = duplicates(
    'address',
    [
      ...nodes.map(({ host, where: at }) => ({ value: host.address, where: at })),
      { value: hub.addressForOld, where: 'hosts.hub.addressForOld' },
      // A hub with one address for both sides is fine.
      ...(hub.addressForNew === hub.addressForOld
        ? []
        : [{ value: hub.addressForNew, where: 'hosts.hub.addressForNew' }]),
    ],
    'bigswitch redirects by address, so each host needs its own',
  );
  const nodeNames = duplicates(
    'node name',
    nodes.map(({ host, where: at }) => ({ value: host.nodeName ?? host.name, where: at })),
    'nodes are excluded by name, so each needs its own',
  ).filter(({ where: at }) => !names.some((name) => name.where === at));
  const machines = duplicates(
    'SSH address',
    hosts.map((host, i) => ({ value: `${host.ssh.address}:${host.ssh.port}`, where: where[i] ?? '' })),
    'each host keeps its own record of changes, so one machine can stand in the plan only once',
  ).filter(({ value }) => !addresses.some((address) => value.startsWith(`${address.value}:`)));
  return [...names, ...addresses, ...nodeNames, ...machines].map(({ problem }) => problem);
}

function bridgeProblems(plan: Plan): string[] {
  const { hub, old, new: fresh, apps } = plan.hosts;
  const cidr = parseCidr(plan.bridge.cidr);
  if (!cidr) return [];
  const used = [
    ...[...old, ...fresh, ...apps].map(({ name, address }) => ({ name, address })),
    { name: hub.name, address: hub.addressForOld },
    ...(hub.addressForNew === hub.addressForOld ? [] : [{ name: hub.name, address: hub.addressForNew }]),
  ];
  const problems = used
    .filter(({ address }) => cidrContains(cidr, address))
    .map(
      ({ name, address }) =>
        `bridge.cidr: ${plan.bridge.cidr} overlaps with the address ${address} of host ${name}; choose a network that none of the hosts uses`,
    );
  const needed = old.length + fresh.length + HUB_AND_SPARE_ADDRESSES;
  if (cidrCapacity(cidr) < needed) {
    problems.push(
      `bridge.cidr: ${plan.bridge.cidr} has room for ${cidrCapacity(cidr)} addresses, ${needed} are needed; choose a larger network`,
    );
  }
  return problems;
}

/** Addresses on the bridge that a person gives: those of its hosts, in its network, each once. */
function bridgeAddressProblems(plan: Plan): string[] {
  const given = Object.entries(plan.bridge.addresses ?? {});
  const cidr = parseCidr(plan.bridge.cidr);
  if (!cidr || given.length === 0) return [];
  const nodes = plannedNodes(plan);
  const strange = given
    .filter(([name]) => !nodes.some(({ host }) => host === name))
    .map(([name]) => `bridge.addresses.${name}: there is no old or new host of that name; remove it`);
  const outside = given
    .filter(([, address]) => !cidrContains(cidr, address))
    .map(([name, address]) => `bridge.addresses.${name}: ${address} is not in bridge.cidr ${plan.bridge.cidr}`);
  const twice = duplicates(
    'address on the bridge',
    [
      { value: hubVpnAddress(plan), where: 'hosts.hub' },
      ...nodes.map(({ host, vpnAddress }) => ({ value: vpnAddress, where: `bridge.addresses.${host}` })),
    ],
    'give each host its own',
  );
  const numbers = (one: 'old' | 'new') => nodes.flatMap((n) => (n.side === one ? [ipToNumber(n.vpnAddress)] : []));
  const mixed = Math.max(...numbers('old')) > Math.min(...numbers('new'));
  return [
    ...strange,
    ...outside,
    ...twice.map(({ problem }) => problem),
    // The filter of the bridge knows the other side as one range.
    ...(mixed ? ['bridge.addresses: those of the old hosts must all be below those of the new ones'] : []),
  ];
}

/** On a new host Elasticsearch and the front listen side by side. */
function portProblems(plan: Plan): string[] {
  return duplicates(
    'port',
    [
      { value: String(plan.elasticsearch.httpPort), where: 'elasticsearch.httpPort' },
      { value: String(plan.elasticsearch.transportPort), where: 'elasticsearch.transportPort' },
      { value: String(plan.front.port), where: 'front.port' },
    ],
    'they listen on the same host, so each needs its own',
  ).map(({ problem }) => problem);
}

/** The audit names who could not be told by these. */
function notifyProblems(plan: Plan): string[] {
  const { webhooks, commands } = plan.notify;
  return duplicates(
    'name',
    [
      ...webhooks.map(({ name }, i) => ({ value: name, where: `notify.webhooks.${i}` })),
      ...commands.map(({ name }, i) => ({ value: name, where: `notify.commands.${i}` })),
    ],
    'the audit names them, so each needs its own',
  ).map(({ problem }) => problem);
}

/** Settings that bigswitch itself writes; another value would keep a new node out of the cluster or found a second one. */
const OWN_SETTINGS: [RegExp, string][] = [
  [/^cluster\.name$/, 'use elasticsearch.clusterName'],
  [/^node\.name$/, 'use hosts.new.N.nodeName'],
  [/^http\.port$/, 'use elasticsearch.httpPort'],
  [/^transport\.(tcp\.)?port$/, 'use elasticsearch.transportPort'],
  [/^cluster\.initial_master_nodes$/, 'it would found a second cluster; remove it'],
  [/^discovery\./, 'bigswitch sets the seeds; remove it'],
  [/^gateway\.(expected|recover)/, 'bigswitch sets the expected nodes; remove it'],
];

function settingProblems(plan: Plan): string[] {
  return Object.keys(plan.elasticsearch.newNodeSettings).flatMap((key) => {
    const own = OWN_SETTINGS.find(([pattern]) => pattern.test(key));
    return own ? [`elasticsearch.newNodeSettings.${key}: can't be set here; ${own[1]}`] : [];
  });
}

function appProblems(plan: Plan): string[] {
  const problems = plan.hosts.apps.flatMap((app, i) => {
    const where = `hosts.apps.${i}.config`;
    const { format, template, set } = app.config;
    if (format === 'text') {
      return [
        ...(template ? [] : [`${where}.template: is missing; add it`]),
        ...(set ? [`${where}.set: does nothing with format text; remove it`] : []),
      ];
    }
    return [
      ...(Object.keys(set ?? {}).length > 0 ? [] : [`${where}.set: is missing; say which keys name the endpoints`]),
      ...(template ? [`${where}.template: does nothing with format ${format}; remove it`] : []),
    ];
  });
  if (plan.switch.canary !== undefined && !plan.hosts.apps.some((app) => app.name === plan.switch.canary)) {
    problems.push(`switch.canary: there is no app host "${plan.switch.canary}"; use a name from hosts.apps`);
  }
  return problems;
}
