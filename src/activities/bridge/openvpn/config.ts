import { netmask, numberToIp, parseCidr, type Cidr } from '../../../plan/addresses';
import { familyOf } from '../../../hosts/family';
import type { OpenvpnHere } from '../../../hosts/family/software';
import { hubRef, plannedNode, plannedNodes, type HostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { BRIDGE_DEVICE } from '../device';

/** Folder of keys and certificates, on the hub and on the clients. Under /etc/openvpn, because the unit sees no home. */
export const BRIDGE_FOLDER = '/etc/openvpn/bigswitch';
/** Common name of the hub's certificate; clients accept no other. */
export const HUB_CN = 'bigswitch-hub';
/**
 * Days for which the bridge's certificates hold, and its list of revoked ones. Nothing renews them, so they must outlast a move
 * that waits over a freeze; what ends them is the teardown, with the hub's keys and the whole authority.
 */
export const CERTIFICATE_DAYS = 3650;

/**
 * Candidates for the MTU of the VPN device, and the packet between host and hub that must then pass unfragmented.
 * Large packets cost less, since each is encrypted by one thread; 1500 always works, as OpenVPN clamps TCP to the path.
 */
export const MTU_CANDIDATES = [
  { tunMtu: 8900, pathMtu: 9000 },
  { tunMtu: 1500, pathMtu: 0 },
] as const;

/** OpenVPN as a host's family packages it. */
export function openvpnOn(host: HostRef): OpenvpnHere {
  return familyOf(host).software.openvpn;
}

function bridgeCidr(plan: Plan): Cidr {
  const cidr = parseCidr(plan.bridge.cidr);
  if (!cidr) throw new Error(`bridge.cidr "${plan.bridge.cidr}" is not a network`);
  return cidr;
}

/** What server and client have in common: only what OpenVPN 2.5 and later know. */
function shared(tunMtu: number): string[] {
  return [
    `dev ${BRIDGE_DEVICE}`,
    'dev-type tun',
    'topology subnet',
    'persist-key',
    'persist-tun',
    'data-ciphers AES-128-GCM:AES-256-GCM',
    'tls-version-min 1.2',
    'tls-cert-profile preferred',
    'allow-compression no',
    'script-security 1',
    `tun-mtu ${tunMtu}`,
    ...(tunMtu > 1500 ? ['mssfix 0'] : []),
    'txqueuelen 1000',
    // The kernel's defaults lose packets at the hub: 17 % were sent again (measured).
    'sndbuf 1048576',
    'rcvbuf 1048576',
    'verb 3',
  ];
}

/** The hub's server.conf. */
export function serverConfig(plan: Plan, tunMtu: number): string {
  const cidr = bridgeCidr(plan);
  const udp = plan.bridge.proto === 'udp';
  return lines([
    '# Written by bigswitch; removed with the bridge.',
    `port ${plan.bridge.port}`,
    `proto ${udp ? 'udp4' : 'tcp4-server'}`,
    // A hub with several addresses must answer from the one that was asked.
    ...(udp
      ? ['multihome', 'fast-io', 'explicit-exit-notify 1']
      : ['socket-flags TCP_NODELAY', 'push "socket-flags TCP_NODELAY"']),
    ...shared(tunMtu),
    `server ${numberToIp(cidr.base)} ${netmask(cidr.prefix)} nopool`,
    `max-clients ${plannedNodes(plan).length + 8}`,
    'client-to-client',
    'ccd-exclusive',
    `client-config-dir ${BRIDGE_FOLDER}/ccd`,
    `ca ${BRIDGE_FOLDER}/ca.crt`,
    `cert ${BRIDGE_FOLDER}/server.crt`,
    `key ${BRIDGE_FOLDER}/server.key`,
    `crl-verify ${BRIDGE_FOLDER}/crl.pem`,
    `tls-crypt ${BRIDGE_FOLDER}/tls-crypt.key`,
    'dh none',
    'remote-cert-tls client',
    'keepalive 5 30',
    'push "sndbuf 1048576"',
    'push "rcvbuf 1048576"',
    `status ${openvpnOn(hubRef(plan)).status} 5`,
    'status-version 2',
  ]);
}

/** Public and shared parts of the PKI that a client needs, as PEM. */
export interface ClientMaterial {
  ca: string;
  certificate: string;
  /** Shared by all; a secret. */
  tlsCrypt: string;
}

/** A client's configuration; it has the shared key inline, so it is a secret file. */
export function clientConfig(plan: Plan, host: string, tunMtu: number, material: ClientMaterial): string {
  const { side } = plannedNode(plan, host);
  const udp = plan.bridge.proto === 'udp';
  return lines([
    '# Written by bigswitch; removed with the bridge.',
    'client',
    `remote ${side === 'old' ? plan.hosts.hub.addressForOld : plan.hosts.hub.addressForNew} ${plan.bridge.port}`,
    `proto ${udp ? 'udp4' : 'tcp4-client'}`,
    ...(udp ? ['fast-io', 'explicit-exit-notify 1'] : []),
    ...shared(tunMtu),
    'resolv-retry infinite',
    'connect-retry 1 5',
    'remote-cert-tls server',
    `verify-x509-name ${HUB_CN} name`,
    // The hub gives an address and nothing else: no route, no name server.
    'pull-filter ignore "redirect-gateway"',
    'pull-filter ignore "route "',
    'pull-filter ignore "dhcp-option"',
    `key ${BRIDGE_FOLDER}/client.key`,
    '<ca>',
    material.ca.trim(),
    '</ca>',
    '<cert>',
    material.certificate.trim(),
    '</cert>',
    '<tls-crypt>',
    material.tlsCrypt.trim(),
    '</tls-crypt>',
  ]);
}

/** The file in the hub's client-config-dir that gives a host its fixed address. */
export function clientAddress(plan: Plan, host: string): string {
  return `ifconfig-push ${plannedNode(plan, host).vpnAddress} ${netmask(bridgeCidr(plan).prefix)}\n`;
}

/** Configuration of `openssl ca` on the hub. */
export function caConfig(): string {
  return lines([
    '[ca]',
    'default_ca = bigswitch',
    '[bigswitch]',
    `dir = ${BRIDGE_FOLDER}`,
    'database = $dir/index.txt',
    'new_certs_dir = $dir/issued',
    'serial = $dir/serial',
    'crlnumber = $dir/crlnumber',
    'certificate = $dir/ca.crt',
    'private_key = $dir/ca.key',
    'default_md = sha256',
    `default_days = ${CERTIFICATE_DAYS}`,
    `default_crl_days = ${CERTIFICATE_DAYS}`,
    'policy = name_only',
    'unique_subject = no',
    'copy_extensions = none',
    'email_in_dn = no',
    '[name_only]',
    'commonName = supplied',
    '[authority]',
    'basicConstraints = critical,CA:TRUE,pathlen:0',
    'keyUsage = critical,keyCertSign,cRLSign',
    'subjectKeyIdentifier = hash',
    '[server]',
    'basicConstraints = critical,CA:FALSE',
    'keyUsage = critical,digitalSignature',
    'extendedKeyUsage = serverAuth',
    '[client]',
    'basicConstraints = critical,CA:FALSE',
    'keyUsage = critical,digitalSignature',
    'extendedKeyUsage = clientAuth',
  ]);
}

function lines(all: string[]): string {
  return `${all.join('\n')}\n`;
}
