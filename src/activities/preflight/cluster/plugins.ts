import type { Check } from '../../../contract/evidence';
import type { NodePlugins } from '../../../elasticsearch/looks/plugins';
import { list } from '../../../text/format';
import { failed, judged } from '../check';
import type { NewHost } from './hosts';

/**
 * Whether each plugin of an old node is on every new host, in its package's own modules at the least. Pure.
 * @param version of the cluster, which plugins of the same makers have too
 */
export function pluginChecks(old: NodePlugins[], hosts: NewHost[], version: string): Check[] {
  const names = [...new Set(old.flatMap(({ plugins }) => plugins.map(({ name }) => name)))].sort();
  const found = names.flatMap((name) => difference(old, hosts, version, name));
  return judged('plugins', found, 'each plugin of the old nodes is on every new host');
}

function difference(old: NodePlugins[], hosts: NewHost[], cluster: string, name: string): Check[] {
  const has = old.filter(({ plugins }) => plugins.some((one) => one.name === name));
  const versions = [...new Set(has.flatMap(({ plugins }) => plugins.filter((one) => one.name === name)))].map(
    ({ version }) => version,
  );
  const others = hosts.flatMap(({ host, version, plugins = [] }) => {
    const theirs = plugins.filter((one) => one.name === name).map((one) => one.version);
    // A plugin of Elastic's has the version of its node, whichever that is.
    const good = theirs.some((one) => versions.includes(one) || (versions.includes(cluster) && one === version));
    return good ? [] : [{ host, now: theirs.length === 0 ? 'not there' : theirs.join(' and ') }];
  });
  if (others.length === 0) return [];
  const nows = [...new Set(others.map(({ now }) => now))].map(
    (now) => `${now} on ${list(others.filter((one) => one.now === now).map(({ host }) => host))}`,
  );
  const seen = `the plugin ${name} is ${[...new Set(versions)].join(' and ')} on ${list(has.map(({ node }) => node))}, and ${nows.join(', ')}: shards, pipelines or repositories that use it fail there`;
  const remedy = `on each of these hosts run \`elasticsearch-plugin install ${name}\` (or with the address of the same archive, if it is not one of Elastic's); or waive plugins:${name} if nothing uses it`;
  return [failed('plugins', name, seen, remedy)];
}
