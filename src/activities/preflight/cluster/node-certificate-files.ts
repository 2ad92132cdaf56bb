import { stringify } from 'yaml';
import pMap from 'p-map';
import type { Check } from '../../../contract/evidence';
import { nodesCa } from '../../../elasticsearch/client/endpoints/secured';
import type { Scope } from '../../../elasticsearch/scope';
import { flattenConfig } from '../../../hosts/app-config/yaml/edit';
import { readHostFile } from '../../../hosts/read-file';
import { quote } from '../../../hosts/script';
import { hostRef, plannedNode } from '../../../plan/hosts';
import type { NodeHost, Plan } from '../../../plan/schema';
import type { Deps } from '../../deps';
import { SECURITY, securityFiles } from '../../nodes/settings';
import { looked } from '../check';
import { nodeCertificateChecks, type MissingFiles, type NodeCertificate } from './node-certificates';

const PORTS = ['http', 'transport'] as const;
/** Bytes of a file of certificates that is read. */
const MOST_BYTES = 256 * 1024;

/** What the security settings of a node will be, flat; values as its file has them. */
type Settings = Map<string, unknown>;

/** Looks at what the old nodes' security settings will ask of each new host. Read-only; no private key leaves its host. */
export async function lookAtNodeCertificates(scope: Scope, deps: Deps, nowMs = Date.now()): Promise<Check[]> {
  const { plan } = scope;
  const [old] = plan.hosts.old;
  if (!old) return [];
  return looked('node-certificates', 'what the security settings ask of new hosts', async () => {
    const text = await readHostFile(scope.hosts, hostRef(plan, old.name), plan.elasticsearch.configFile);
    const theirs = settingsOf(flattenConfig(text), {});
    const believed = await believedFiles(scope, old, theirs);
    const ca = await nodesCa(scope, deps.secrets);
    const seen = await pMap(plan.hosts.new, (host) => lookAt(scope, host, theirs, believed, ca), { concurrency: 8 });
    return nodeCertificateChecks(
      seen.map(({ missing }) => missing),
      seen.flatMap(({ certificates }) => certificates),
      nowMs,
    );
  });
}

function settingsOf(told: Settings, newNodeSettings: Plan['elasticsearch']['newNodeSettings']): Settings {
  const all = new Map([...told, ...Object.entries(newNodeSettings)]);
  return new Map([...all].filter(([key]) => key.startsWith(SECURITY)));
}

/** The files of those whom an old node believes, by port. */
async function believedFiles({ plan, hosts }: Scope, old: NodeHost, theirs: Settings): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const port of PORTS) {
    const paths = securityFiles(
      textOf(old, new Map([...theirs].filter(([key]) => key === keyOf(port, 'certificate_authorities')))),
    );
    if (paths.length === 0) continue;
    const told = parseFiles(await hosts.ask(hostRef(plan, old.name), filesScript(plan, paths, [])));
    found[port] = told.map(({ content = '' }) => content).join('\n');
  }
  return found;
}

async function lookAt(
  { plan, hosts }: Scope,
  host: NodeHost,
  theirs: Settings,
  believed: Record<string, string>,
  ca: string | undefined,
): Promise<{ missing: MissingFiles; certificates: NodeCertificate[] }> {
  const settings = settingsOf(theirs, plan.elasticsearch.newNodeSettings);
  const files = securityFiles(textOf(host, settings));
  const one = (key: string) => securityFiles(textOf(host, new Map([...settings].filter(([name]) => name === key))))[0];
  const keys = PORTS.flatMap((port) => one(keyOf(port, 'key')) ?? []);
  const out = files.length > 0 ? await hosts.ask(hostRef(plan, host.name), filesScript(plan, files, keys)) : '';
  const told = new Map(parseFiles(out).map((file) => [file.path, file]));
  const certificates = PORTS.flatMap((port): NodeCertificate[] => {
    const path = one(keyOf(port, 'certificate')) ?? one(keyOf(port, 'keystore.path'));
    const file = path === undefined ? undefined : told.get(path);
    if (settings.get(keyOf(port, 'enabled')) !== true || path === undefined || !file?.isThere) return [];
    const isPem = one(keyOf(port, 'certificate')) !== undefined;
    const https = port === 'http' ? plan.elasticsearch.https : undefined;
    const isFull = port === 'http' || (settings.get(keyOf(port, 'verification_mode')) ?? 'full') === 'full';
    return [
      {
        ...{ host: host.name, address: plannedNode(plan, host.name).address, port, path, addressToo: isFull },
        ...(isPem && { chain: file.content ?? '' }),
        publicKey: told.get(one(keyOf(port, 'key')) ?? '')?.publicKey,
        authorities: (https ? ca : believed[port]) ?? '',
        believers: https ? 'bigswitch and the fronts, by elasticsearch.https of the plan,' : 'the old nodes',
      },
    ];
  });
  return { missing: { host: host.name, files: files.filter((path) => !told.get(path)?.isThere) }, certificates };
}

function keyOf(port: string, what: string): string {
  return `${SECURITY}${port}.ssl.${what}`;
}

/** Settings as a file of this node would have them, for what one says by another. */
function textOf(host: NodeHost, settings: Settings): string {
  return stringify(Object.fromEntries([['node.name', host.nodeName ?? host.name], ...settings]));
}

/** One file of a host. */
interface HostFile {
  path: string;
  isThere: boolean;
  /** What stands in it, where it is public. */
  content?: string;
  publicKey?: string;
}

/**
 * Prints for each file whether it is there, what stands in it if it has certificates and no key, and of keys the public half, where
 * openssl is there and no password is asked for. Relative paths are meant from the folder of elasticsearch.yml.
 */
export function filesScript(plan: Plan, files: string[], keys: string[]): string {
  return `cd "$(dirname ${quote(plan.elasticsearch.configFile)})"
tell() { printf '%s %s %s\\n' "$1" "$(printf %s "$path" | base64 -w0)" "$2"; }
for path in ${files.map(quote).join(' ')}; do
  if [ ! -e "$path" ]; then continue; fi
  tell there -
  if [ -f "$path" ] && grep -q -- '-----BEGIN CERTIFICATE-----' "$path" && ! grep -q 'PRIVATE KEY-----' "$path"; then
    tell content "$(head -c ${MOST_BYTES} <"$path" | base64 -w0)"
  fi
done
if command -v openssl >/dev/null; then
  for path in ${keys.map(quote).join(' ')}; do
    if [ -f "$path" ] && half=$(openssl pkey -in "$path" -passin pass: -pubout 2>/dev/null </dev/null); then
      tell public "$(printf '%s\\n' "$half" | base64 -w0)"
    fi
  done
fi
echo end`;
}

/** @throws Error when the host did not come to its end */
export function parseFiles(out: string): HostFile[] {
  const lines = out.trim().split('\n');
  if (lines.at(-1) !== 'end' && out.trim() !== '') throw new Error('a host did not tell all of its files');
  const decoded = (text = '') => Buffer.from(text, 'base64').toString();
  const files = new Map<string, HostFile>();
  for (const line of lines) {
    const [what, name, value] = line.split(' ');
    if (name === undefined) continue;
    const path = decoded(name);
    const file = files.get(path) ?? { path, isThere: false };
    files.set(path, file);
    if (what === 'there') file.isThere = true;
    if (what === 'content') file.content = decoded(value);
    if (what === 'public') file.publicKey = decoded(value);
  }
  return [...files.values()];
}
