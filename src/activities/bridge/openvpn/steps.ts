import { familyOf } from '../../../hosts/family';
import { quote } from '../../../hosts/script';
import type { HostStep } from '../../../hosts/step';
import { hostRef, hubRef, hubVpnAddress, plannedNode, plannedNodes, type HostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { BRIDGE_DEVICE } from '../device';
import { BRIDGE_FOLDER, caConfig, CERTIFICATE_DAYS, clientAddress, HUB_CN, openvpnOn } from './config';

/** OpenVPN from the host's own packages. */
export function openvpnPackage(host: HostRef): HostStep {
  return familyOf(host).packages.step({
    phase: 'bridge',
    id: 'bridge-package',
    summary: 'install OpenVPN',
    ...openvpnOn(host).install,
  });
}

/** Valid since yesterday, so that a client whose clock is a little behind accepts it. */
const SIGN = `ca() { openssl ca -batch -notext -config ca.cnf -startdate "$(date -u -d '1 day ago' +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d '${CERTIFICATE_DAYS} days' +%Y%m%d%H%M%SZ)" "$@" 2>openssl.log || { cat openssl.log; return 1; }; }`;

/** The bridge's own certificate authority, made on the hub; its key never leaves the hub. */
export function pkiStep(plan: Plan): HostStep {
  const addresses = plannedNodes(plan)
    .map(({ host }) => `printf %s ${quote(clientAddress(plan, host))} >ccd/${host}`)
    .join('\n');
  return {
    phase: 'bridge',
    id: 'bridge-pki',
    summary: "make the bridge's certificate authority and the hub's certificate",
    effects: [
      ...['ca.cnf', 'ca.crt', 'crl.pem', 'server.crt', 'tls-crypt.key', 'ca.key', 'server.key'].map((name) => ({
        kind: 'file' as const,
        path: `${BRIDGE_FOLDER}/${name}`,
        mode: '0600',
        ...(name === 'ca.cnf' ? { content: caConfig() } : {}),
      })),
      ...plannedNodes(plan).map(({ host }) => ({
        kind: 'file' as const,
        path: `${BRIDGE_FOLDER}/ccd/${host}`,
        mode: '0600',
        content: clientAddress(plan, host),
      })),
    ],
    check: `cd ${BRIDGE_FOLDER}
[ -e complete ]
openssl x509 -checkend 86400 -noout -in server.crt >/dev/null
openssl verify -CAfile ca.crt server.crt >/dev/null`,
    apply: `rm -rf ${BRIDGE_FOLDER}
install -d -m 0700 ${BRIDGE_FOLDER} ${BRIDGE_FOLDER}/issued ${BRIDGE_FOLDER}/ccd
cd ${BRIDGE_FOLDER}
umask 077
cat >ca.cnf <<'EOF_CNF'
${caConfig()}EOF_CNF
: >index.txt
openssl rand -hex 16 >serial
echo 01 >crlnumber
${SIGN}
new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
new_key ca.key
openssl req -new -key ca.key -subj ${quote(`/CN=bigswitch ${plan.name}`)} -out ca.csr
ca -selfsign -keyfile ca.key -in ca.csr -extensions authority -out ca.crt
new_key server.key
openssl req -new -key server.key -subj /CN=${HUB_CN} -out server.csr
ca -in server.csr -extensions server -out server.crt
openssl ca -batch -config ca.cnf -gencrl -out crl.pem 2>/dev/null
openvpn --genkey tls-crypt tls-crypt.key 2>/dev/null || openvpn --genkey secret tls-crypt.key
${addresses}
rm -f ca.csr server.csr openssl.log
find . -type f -exec sync {} +
: >complete`,
    undo: `rm -rf ${BRIDGE_FOLDER}`,
  };
}

/** The server; proven when the hub has its address on the device. */
export function serverService(plan: Plan): HostStep {
  const hub = hubRef(plan);
  return familyOf(hub).services.step({
    phase: 'bridge',
    id: 'bridge-server',
    summary: 'start the VPN server',
    unit: openvpnOn(hub).server.unit,
    enabled: true,
    running: true,
    proof: hasAddress(hubVpnAddress(plan)),
  });
}

/** Prints a host's request for its certificate. */
export const REQUEST_SCRIPT = `cat ${BRIDGE_FOLDER}/client.csr`;

/** Prints what a client needs from the hub: the authority's certificate, its own, the shared key. */
export function materialScript(host: string): string {
  return `cd ${BRIDGE_FOLDER} && cat ca.crt issued/${host}.crt tls-crypt.key`;
}

/** Prints the MTU for which the server was configured; nothing while it is not. */
export function mtuScript(hub: HostRef): string {
  return `sed -n 's/^tun-mtu //p' ${openvpnOn(hub).server.config} 2>/dev/null`;
}

function pemStandIn(kind: string): string {
  return `-----BEGIN ${kind}-----\nmade on the host\n-----END ${kind}-----\n`;
}

/** A key that is made on the host and stays there, and the request for its certificate. */
export function clientKeyStep(host: string): HostStep {
  return {
    phase: 'bridge',
    id: 'bridge-key',
    summary: 'make the VPN key and ask for its certificate',
    effects: [
      { kind: 'file', path: `${BRIDGE_FOLDER}/client.key`, mode: '0600' },
      { kind: 'file', path: `${BRIDGE_FOLDER}/client.csr`, mode: '0600' },
      { kind: 'answer', script: REQUEST_SCRIPT, stdout: pemStandIn('CERTIFICATE REQUEST') },
    ],
    check: `cd ${BRIDGE_FOLDER}
[ -s client.csr ]
openssl req -in client.csr -noout -verify >/dev/null 2>&1
[ "$(openssl pkey -in client.key -pubout)" = "$(openssl req -in client.csr -noout -pubkey)" ]`,
    apply: `install -d -m 0700 ${BRIDGE_FOLDER}
cd ${BRIDGE_FOLDER}
umask 077
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out client.key 2>/dev/null
openssl req -new -key client.key -subj /CN=${host} -out client.csr
sync client.key client.csr`,
    undo: `rm -f ${BRIDGE_FOLDER}/client.key ${BRIDGE_FOLDER}/client.csr
if [ -d ${BRIDGE_FOLDER} ]; then rmdir ${BRIDGE_FOLDER}; fi`,
  };
}

/** Signs a client's request on the hub; the subject is the host's name, whatever the request says. */
export function signStep(host: string, csr: string): HostStep {
  const certificate = `${host}.crt`;
  return {
    phase: 'bridge',
    id: `bridge-sign-${host}`,
    summary: `sign the VPN certificate of ${host}`,
    effects: [
      { kind: 'file', path: `${BRIDGE_FOLDER}/issued/${certificate}`, mode: '0600' },
      {
        kind: 'answer',
        script: materialScript(host),
        stdout: ['CERTIFICATE', 'CERTIFICATE', 'OpenVPN Static key V1'].map(pemStandIn).join(''),
      },
    ],
    check: `cd ${BRIDGE_FOLDER}/issued
openssl x509 -checkend 86400 -noout -in ${certificate} >/dev/null
openssl verify -CAfile ../ca.crt ${certificate} >/dev/null
csr=$(cat <<'EOF_CSR'
${csr.trim()}
EOF_CSR
)
[ "$(printf '%s\\n' "$csr" | openssl req -noout -pubkey)" = "$(openssl x509 -in ${certificate} -noout -pubkey)" ]`,
    apply: `cd ${BRIDGE_FOLDER}
umask 077
${SIGN}
cat >${host}.csr <<'EOF_CSR'
${csr.trim()}
EOF_CSR
ca -in ${host}.csr -subj /CN=${host} -extensions client -out issued/.${certificate}
mv issued/.${certificate} issued/${certificate}
rm -f ${host}.csr openssl.log`,
    undo: `if [ -e ${BRIDGE_FOLDER}/issued/${certificate} ]; then
  cd ${BRIDGE_FOLDER}
  openssl ca -batch -config ca.cnf -revoke issued/${certificate} 2>/dev/null || true
  openssl ca -batch -config ca.cnf -gencrl -out crl.new 2>/dev/null
  mv crl.new crl.pem
  rm -f issued/${certificate}
fi`,
  };
}

/** The client; proven when the host has its fixed address and the hub answers through the tunnel. */
export function clientService(plan: Plan, host: string): HostStep {
  const ref = hostRef(plan, host);
  return familyOf(ref).services.step({
    phase: 'bridge',
    id: 'bridge-client',
    summary: 'connect to the bridge',
    unit: openvpnOn(ref).client.unit,
    enabled: true,
    running: true,
    proof: `${hasAddress(plannedNode(plan, host).vpnAddress)}
ping -q -c 1 -W 1 ${hubVpnAddress(plan)} >/dev/null`,
  });
}

function hasAddress(address: string): string {
  return `ip -o -4 address show dev ${BRIDGE_DEVICE} 2>/dev/null | grep -qF ' ${address}/'`;
}
