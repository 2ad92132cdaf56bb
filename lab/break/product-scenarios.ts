import { ALL_HOSTS, type Scenario } from './scenario';

const LEDGERS = '/var/lib/bigswitch';
const LEDGERS_COPY = '/run/lab-ledgers';
const BRIDGE = '/etc/openvpn/bigswitch';
const BRIDGE_UNIT = 'openvpn-server@bigswitch';
const KEPT_CERTIFICATE = '/run/lab-server.crt';
const NO_RESTART = '/etc/systemd/system/shop.service.d/lab-refuse.conf';

/** Ways to break what the migration itself makes on a host or asks of it. */
export const PRODUCT_SCENARIOS: Scenario[] = [
  {
    name: 'full-ledger',
    summary: 'a full file system where the host keeps the ledger: what is there can be read, and nothing be added',
    roles: ALL_HOSTS,
    // No inode is left after a copy of what is there. What is removed meanwhile is there again afterwards.
    breaking: () => `if mountpoint -q ${LEDGERS}; then exit 0; fi
mkdir -p ${LEDGERS}
rm -rf ${LEDGERS_COPY}
cp -a ${LEDGERS} ${LEDGERS_COPY}
mount -t tmpfs -o "size=1m,nr_inodes=$(find ${LEDGERS_COPY} | wc -l)" tmpfs ${LEDGERS}
cp -a ${LEDGERS_COPY}/. ${LEDGERS}
rm -rf ${LEDGERS_COPY}`,
    undoing: () => `if mountpoint -q ${LEDGERS}; then umount ${LEDGERS}; fi
rm -rf ${LEDGERS_COPY}
rmdir ${LEDGERS} 2>/dev/null || true`,
  },
  {
    name: 'expire-certificate',
    summary: "give the hub's VPN server a certificate that has expired, and restart it",
    roles: ['hub'],
    defaultSeconds: 60,
    breaking: () => `cd ${BRIDGE}
[ -e ${KEPT_CERTIFICATE} ] || cp -p server.crt ${KEPT_CERTIFICATE}
rm -rf /run/lab-pki
cp -a ${BRIDGE} /run/lab-pki
cd /run/lab-pki
sed -i 's,^dir = .*,dir = /run/lab-pki,' ca.cnf
openssl req -new -key server.key -subj "/$(openssl x509 -in server.crt -noout -subject -nameopt RFC2253 | sed 's/^subject=//')" -out lab.csr
openssl ca -batch -notext -config ca.cnf -startdate 20200101000000Z -enddate 20200102000000Z -in lab.csr -extensions server -out lab.crt
cat lab.crt >${BRIDGE}/server.crt
rm -rf /run/lab-pki
systemctl restart ${BRIDGE_UNIT}`,
    undoing: () => `if [ -e ${KEPT_CERTIFICATE} ]; then
  cat ${KEPT_CERTIFICATE} >${BRIDGE}/server.crt
  rm -f ${KEPT_CERTIFICATE}
  systemctl restart ${BRIDGE_UNIT}
fi`,
  },
  {
    name: 'refuse-restart',
    summary: 'let every restart of the app fail; it goes on as it is',
    roles: ['app'],
    breaking: () => `mkdir -p "$(dirname ${NO_RESTART})"
printf '[Unit]\\nRefuseManualStart=yes\\nRefuseManualStop=yes\\n' >${NO_RESTART}
systemctl daemon-reload`,
    undoing: () => `rm -f ${NO_RESTART}
rmdir "$(dirname ${NO_RESTART})" 2>/dev/null || true
systemctl daemon-reload`,
  },
];
