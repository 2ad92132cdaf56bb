import type { Check } from '../../../contract/evidence';
import { list } from '../../../text/format';
import { failed, judged, warned } from '../check';
import type { Keystore } from './keystore-list';

/** What each node makes for itself, or needs at its first start alone. */
const ITS_OWN = /^(keystore\.seed|bootstrap\.password|autoconfiguration\..*)$/;

/**
 * Whether each entry of an old node's keystore is in that of every new host. Only names are known, never values. A keystore that
 * could not be listed is told, and counts neither as equal nor as empty. Pure.
 */
export function keystoreChecks(old: Keystore[], fresh: Keystore[]): Check[] {
  const names = [...new Set(old.flatMap(({ entries = [] }) => entries))].filter((name) => !ITS_OWN.test(name)).sort();
  return judged(
    'keystore',
    [...names.flatMap((name) => lacking(old, fresh, name)), ...[...old, ...fresh].flatMap(hidden)],
    'each entry of the old nodes’ keystores is in that of every new host',
  );
}

function lacking(old: Keystore[], fresh: Keystore[], name: string): Check[] {
  const has = old.filter(({ entries }) => entries?.includes(name));
  const lacks = fresh.filter(({ entries }) => entries?.includes(name) === false);
  if (lacks.length === 0) return [];
  const seen = `${name} is in the keystore of ${hosts(has)}, and not in that of ${hosts(lacks)}`;
  const remedy = `on each of these hosts run \`elasticsearch-keystore add ${name}\` with the value of the old nodes; or waive keystore:${name} if the new nodes need it not`;
  return [failed('keystore', name, seen, remedy)];
}

function hidden({ host, entries, why }: Keystore): Check[] {
  if (entries !== undefined) return [];
  const remedy = 'compare by hand what `elasticsearch-keystore list` says on old and new hosts';
  return [warned('keystore', host, `what is in its keystore is not compared: ${why}`, remedy)];
}

function hosts(keystores: Keystore[]): string {
  return list(keystores.map(({ host }) => host));
}
