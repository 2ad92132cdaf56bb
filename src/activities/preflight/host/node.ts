import { X509Certificate, createPublicKey } from 'node:crypto';
import type { Check } from '../../../contract/evidence';
import { flattenConfig } from '../../../hosts/app-config/yaml/edit';
import { GENERATIONS } from '../../../elasticsearch/generations';
import { familyOf } from '../../../hosts/family';
import { quote } from '../../../hosts/script';
import type { HostRef } from '../../../plan/hosts';
import type { NodeHost, Plan } from '../../../plan/schema';
import { newNodeConfig, oldNodeConfig } from '../../nodes/settings';
import { failed, passed, refused, warned } from '../check';
import type { HostFacts } from './facts';
import { frontServiceCheck, haproxyCheck } from './front';

const DAY_MS = 86_400_000;
/** Days that a front's certificate must still hold, and below which a person is told. */
const CERTIFICATE_DAYS = { failed: 7, warn: 30 };

/** Checks of Elasticsearch on an old or new host, and of the front's certificate on a new one. Pure. */
export function nodeChecks(plan: Plan, host: HostRef, facts: HostFacts, nowMs: number): Check[] {
  const planned = plan.hosts.new.find((one) => one.name === host.name);
  return [
    service(plan, host, facts),
    config(plan, host, facts),
    ...(planned
      ? [
          dataFolder(plan, host, facts),
          ...certificate(plan, planned, facts, nowMs),
          haproxyCheck(host, facts),
          frontServiceCheck(host, facts),
        ]
      : []),
  ];
}

function service(plan: Plan, host: HostRef, facts: HostFacts): Check {
  const { name, role } = host;
  const unit = plan.elasticsearch.service;
  const { services } = familyOf(host);
  const { usable, running, stopped, enabled, words, ...more } = services.seen(unit, (key) => facts.one(key));
  const seen = `${unit} is ${words}`;
  if (!usable) {
    const remedy = 'install Elasticsearch there, or correct elasticsearch.service in the plan';
    return refused('es-service', name, seen, more.remedy ?? remedy);
  }
  if (role === 'old') {
    const remedy = `start it, and wait until the cluster is green: \`${services.byHand.start(unit)}\``;
    return running ? passed('es-service', seen, name) : refused('es-service', name, seen, remedy);
  }
  const remedy = `\`${services.byHand.stop(unit)}\`: a node that starts before it is configured founds a cluster of its own`;
  if (!stopped) return refused('es-service', name, seen, remedy);
  return enabled ? warned('es-service', name, seen, remedy) : passed('es-service', seen, name);
}

function config(plan: Plan, { name }: HostRef, facts: HostFacts): Check {
  const path = plan.elasticsearch.configFile;
  try {
    const text = facts.text('config');
    if (text === undefined) {
      const remedy = 'correct elasticsearch.configFile in the plan, or install Elasticsearch there';
      return refused('es-config', name, `there is no file ${path}`, remedy);
    }
    rehearseEdits(plan, name, text);
    return passed('es-config', `${path} is there and can be edited`, name);
  } catch (error) {
    return refused('es-config', name, `${path} ${(error as Error).message}`, 'correct the file');
  }
}

/** What join would write is made now, for every version: what can't be edited must not show when bridge and redirects stand. */
function rehearseEdits(plan: Plan, name: string, text: string): void {
  const planned = plan.hosts.new.find((one) => one.name === name);
  const all = plan.hosts.old.length + plan.hosts.new.length;
  const counts = { data: all, master: all, dataOrMaster: all };
  for (const { discovery, majors } of GENERATIONS) {
    for (const major of majors) {
      if (planned) newNodeConfig(text, '', plan, planned, { major, discovery }, counts);
      else oldNodeConfig(text, plan, { major, discovery }, counts);
    }
  }
}

/** Old data carries another cluster's identity: such a node would never join. */
function dataFolder(plan: Plan, { name }: HostRef, facts: HostFacts): Check {
  const seen = facts.all('data').map((value) => {
    const [state = '', ...folder] = value.split(' ');
    return { state, folder: folder.join(' ') };
  });
  const list = seen.map(({ folder }) => folder).join(', ');
  const other = otherFolders(plan, facts, seen);
  if (seen.length === 0 || other !== undefined) {
    const what = other ?? 'it was not seen which folder Elasticsearch would use';
    return refused('data-dir', name, what, 'give elasticsearch.newNodeSettings a `path.data` in the plan');
  }
  const full = seen.find(({ state }) => !['0', 'absent'].includes(state));
  if (full) {
    const what = full.state === 'unreadable' ? `${full.folder} can't be read` : `${full.folder} is not empty`;
    const empty = facts.all('shards').length === 0 && full.state !== 'unreadable';
    const remedy = empty
      ? `no shard lies there, as after an earlier try: if nobody needs it, stop Elasticsearch there and run: find ${quote(full.folder)} -mindepth 1 -delete`
      : 'move what is in it away, if nobody needs it: the node must start without data';
    return refused('data-dir', name, what, remedy);
  }
  const absent = seen.find(({ state }) => state === 'absent');
  if (!absent) return passed('data-dir', `${list} is empty`, name);
  const remedy = 'make the folder, and give it to the user of Elasticsearch';
  return warned('data-dir', name, `${absent.folder} does not exist`, remedy);
}

/** What the script took for the folder is only a guess by one line of the file: the file itself must say the same. */
function otherFolders(plan: Plan, facts: HostFacts, seen: { folder: string }[]): string | undefined {
  if (plan.elasticsearch.newNodeSettings['path.data'] !== undefined) return undefined;
  try {
    const leaves = [...flattenConfig(facts.text('config') ?? '')];
    const said = leaves
      .filter(([key]) => /^path\.data(\.\d+)?$/.test(key))
      .flatMap(([, value]): unknown[] => [value].flat());
    const same = said.every((value) => seen.length === 1 && value === seen[0]?.folder);
    return same ? undefined : `${plan.elasticsearch.configFile} spells path.data in a way that can't be looked at`;
  } catch {
    return `${plan.elasticsearch.configFile} can't be read, so the folder is not known`;
  }
}

function certificate(plan: Plan, host: NodeHost, facts: HostFacts, nowMs: number): Check[] {
  const check = 'front-certificate';
  const { chain: path, key } = plan.front.certificate;
  const chain = facts.bytes('chain');
  if (chain === undefined) {
    const remedy = 'put the certificate chain there, or correct front.certificate.chain in the plan';
    return [refused(check, host.name, `there is no file ${path}`, remedy)];
  }
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(chain);
  } catch {
    const remedy = "put the host's certificate there as PEM, then those of its issuers";
    return [refused(check, host.name, `${path} does not begin with a certificate`, remedy)];
  }
  const renew = `get a new certificate and put it at ${path}`;
  const problems = [
    keyProblem(host, path, key, leaf, facts),
    validity(host, path, leaf, nowMs, renew),
    leaf.checkIP(host.address) === undefined
      ? failed(
          check,
          host.name,
          `${path} is not made out to ${host.address} (it names ${leaf.subjectAltName ?? 'nothing'}), and apps ask for that`,
          `get one with IP:${host.address} among its alternative names`,
        )
      : undefined,
  ].filter((one) => one !== undefined);
  const until = new Date(leaf.validTo).toISOString().slice(0, 10);
  return problems.length > 0
    ? problems
    : [passed(check, `made out to ${host.address}, valid until ${until}`, host.name)];
}

function keyProblem(
  host: NodeHost,
  chain: string,
  key: string,
  leaf: X509Certificate,
  facts: HostFacts,
): Check | undefined {
  const check = 'front-certificate';
  const said = facts.one('key');
  if (said === 'unknown') {
    const remedy = 'nothing: it is looked at again before the front starts; or install openssl to see it now';
    return warned(check, host.name, `whether ${key} belongs to ${chain} can't be seen without openssl`, remedy);
  }
  if (said === 'absent' || said === undefined) {
    const remedy = 'put the private key there, or correct front.certificate.key in the plan';
    return refused(check, host.name, `there is no file ${key}`, remedy);
  }
  const remedy = 'put the private key there with which the certificate was asked for, as PEM without a passphrase';
  if (said === 'unusable') return refused(check, host.name, `${key} can't be read as a private key`, remedy);
  try {
    if (createPublicKey(Buffer.from(said, 'base64')).equals(leaf.publicKey)) return undefined;
  } catch {
    return refused(check, host.name, `${key} gives no public key that can be read`, remedy);
  }
  return refused(check, host.name, `${key} does not belong to the certificate in ${chain}`, remedy);
}

function validity(
  host: NodeHost,
  path: string,
  leaf: X509Certificate,
  nowMs: number,
  remedy: string,
): Check | undefined {
  const check = 'front-certificate';
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  const days = Math.floor((to - nowMs) / DAY_MS);
  if (!Number.isFinite(days)) return refused(check, host.name, `${path} does not say how long it is valid`, remedy);
  if (from > nowMs) return failed(check, host.name, `${path} is valid only from ${leaf.validFrom}`, remedy);
  if (days < 0) return refused(check, host.name, `${path} expired on ${leaf.validTo}`, remedy);
  const seen = `${path} is valid for ${days} days only`;
  if (days < CERTIFICATE_DAYS.failed) return failed(check, host.name, seen, remedy);
  return days < CERTIFICATE_DAYS.warn ? warned(check, host.name, seen, remedy) : undefined;
}
