import pMap from 'p-map';
import type { LedgerEntry } from '../../../contract/ledger';
import { scriptFailed } from '../../../hosts/errors';
import { fileStep } from '../../../hosts/steps';
import { allHosts, hostRef, hubRef, plannedNode } from '../../../plan/hosts';
import { certificatesIn } from '../../../text/pem';
import { BRIDGE_FOLDER, clientConfig, MTU_CANDIDATES, openvpnOn, serverConfig, type ClientMaterial } from './config';
import {
  clientKeyStep,
  clientService,
  materialScript,
  mtuScript,
  openvpnPackage,
  pkiStep,
  REQUEST_SCRIPT,
  serverService,
  signStep,
} from './steps';
import type { Scope } from '../../../elasticsearch/scope';

/** Letters and digits and nothing else: a hub that says more there would write the configuration of every client. */
const STATIC_KEY = /-----BEGIN OpenVPN Static key V1-----[0-9A-Za-z\s]+-----END OpenVPN Static key V1-----/;

/** The authority, the server and its configuration on the hub. */
export async function installHub(scope: Scope): Promise<LedgerEntry[]> {
  const { plan, hosts } = scope;
  const hub = hubRef(plan);
  const done = [await hosts.apply(hub, openvpnPackage(hub)), await hosts.apply(hub, pkiStep(plan))];
  const tunMtu = (await chosenMtu(scope)) ?? (await chooseMtu(scope));
  const config = fileStep({
    phase: 'bridge',
    id: 'bridge-server-config',
    summary: `configure the VPN server (MTU ${tunMtu})`,
    path: openvpnOn(hub).server.config,
    content: serverConfig(plan, tunMtu),
    mode: '0600',
    owner: 'root:root',
  });
  const effects = [
    ...(config.effects ?? []),
    { kind: 'answer' as const, script: mtuScript(hub), stdout: `${tunMtu}\n` },
  ];
  done.push(await hosts.apply(hub, { ...config, effects }), await hosts.apply(hub, serverService(plan)));
  return done;
}

/** Key, certificate, configuration and service of one client. */
export async function installClient({ plan, hosts }: Scope, host: string): Promise<LedgerEntry[]> {
  plannedNode(plan, host);
  const ref = hostRef(plan, host);
  const hub = hubRef(plan);
  const done = [await hosts.apply(ref, openvpnPackage(ref)), await hosts.apply(ref, clientKeyStep(host))];
  const csr = await hosts.ask(ref, REQUEST_SCRIPT);
  done.push(await hosts.apply(hub, signStep(host, pem(csr, 'CERTIFICATE REQUEST', ref.name))));
  const { tunMtu, material } = await readMaterial({ plan, hosts }, host);
  const config = fileStep({
    phase: 'bridge',
    id: 'bridge-client-config',
    summary: 'configure the VPN client',
    path: openvpnOn(ref).client.config,
    content: clientConfig(plan, host, tunMtu, material),
    mode: '0600',
    owner: 'root:root',
    secret: true,
    shows: 'all',
  });
  done.push(await hosts.apply(ref, config), await hosts.apply(ref, clientService(plan, host)));
  return done;
}

/** What a client needs from the hub; the shared key is in the worker's memory for as long as it takes to pass it on. */
async function readMaterial(
  { plan, hosts }: Pick<Scope, 'plan' | 'hosts'>,
  host: string,
): Promise<{ tunMtu: number; material: ClientMaterial }> {
  const hub = hubRef(plan);
  const tunMtu = await chosenMtu({ plan, hosts });
  if (tunMtu === undefined) throw scriptFailed(`${hub.name}: ${openvpnOn(hub).server.config} names no tun-mtu`);
  const text = await hosts.ask(hub, materialScript(host));
  const certificates = certificatesIn(text);
  const [ca, certificate] = certificates;
  const tlsCrypt = STATIC_KEY.exec(text)?.[0];
  if (certificates.length !== 2 || !ca || !certificate || !tlsCrypt) {
    throw scriptFailed(`${hub.name}: ${BRIDGE_FOLDER} does not hold what ${host} needs for the bridge`);
  }
  return { tunMtu, material: { ca, certificate, tlsCrypt } };
}

function pem(text: string, kind: string, host: string): string {
  const found = new RegExp(`-----BEGIN ${kind}-----[A-Za-z0-9+/=\\s]+-----END ${kind}-----`).exec(text)?.[0];
  if (!found) throw scriptFailed(`${host}: ${BRIDGE_FOLDER}/client.csr is not a certificate request`);
  return found;
}

/** The MTU that was chosen before, so that a retry doesn't choose another one. */
async function chosenMtu({ plan, hosts }: Pick<Scope, 'plan' | 'hosts'>): Promise<number | undefined> {
  const hub = hubRef(plan);
  const { stdout } = await hosts.read(hub, mtuScript(hub));
  const value = Number(stdout.trim());
  return Number.isInteger(value) && value >= 1000 ? value : undefined;
}

/** The largest MTU whose packets pass unfragmented between the hub and every host; a host that can't tell counts as no. */
async function chooseMtu({ plan, hosts }: Scope): Promise<number> {
  const nodes = allHosts(plan).filter(({ role }) => role === 'old' || role === 'new');
  for (const { tunMtu, pathMtu } of MTU_CANDIDATES) {
    if (pathMtu === 0) return tunMtu;
    const passes = await pMap(
      nodes,
      async (node) => {
        const hub = node.role === 'old' ? plan.hosts.hub.addressForOld : plan.hosts.hub.addressForNew;
        const probe = `ping -q -M do -c 2 -i 0.2 -W 1 -s ${pathMtu - 28} ${hub} >/dev/null 2>&1`;
        return (await hosts.read(node, probe)).code === 0;
      },
      { concurrency: 16 },
    );
    if (passes.every(Boolean)) return tunMtu;
  }
  return 1500;
}
