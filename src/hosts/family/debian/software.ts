import { CONFIG, MASTER_SOCKET, SERVICE_SCRIPT, serviceProblem } from './haproxy-service';
import type { Software } from '../software';

const OPENVPN_STATUS = '/run/openvpn-server/status-bigswitch.log';

/** Packages of Debian: their names, their services, and where they have things. */
export const software: Software = {
  openvpn: {
    install: {
      packages: ['openvpn', 'openssl'],
      commands: ['openvpn', 'openssl'],
      traces: {
        command: 'openvpn',
        files: [OPENVPN_STATUS],
        folders: ['/run/openvpn', '/run/openvpn-client', '/run/openvpn-server'],
      },
    },
    server: { unit: 'openvpn-server@bigswitch.service', config: '/etc/openvpn/server/bigswitch.conf' },
    client: { unit: 'openvpn-client@bigswitch.service', config: '/etc/openvpn/client/bigswitch.conf' },
    status: OPENVPN_STATUS,
    ownFiles: ['/etc/openvpn/*/bigswitch*'],
  },
  haproxy: {
    install: {
      packages: ['haproxy'],
      commands: ['haproxy'],
      // Its service mounts the log's socket into a folder of its own, and a killed process leaves what it held.
      traces: {
        command: 'haproxy',
        files: ['/var/lib/haproxy/dev/log', MASTER_SOCKET, '/run/haproxy.pid', '/run/haproxy/admin.sock'],
        folders: ['/var/lib/haproxy/dev', '/var/lib/haproxy', '/run/haproxy'],
      },
    },
    newer: 'haproxy.debian.net',
    unit: 'haproxy.service',
    config: CONFIG,
    serviceScript: SERVICE_SCRIPT,
    serviceProblem,
    hint: (file) => `if /etc/default/haproxy sets EXTRAOPTS, add -f ${file} there`,
    settings: (file, stopSeconds) => ({
      path: '/etc/systemd/system/haproxy.service.d/bigswitch.conf',
      content: `# Makes HAProxy read the front of bigswitch after its own configuration.
[Service]
Environment="EXTRAOPTS=-S ${MASTER_SOCKET} -f ${file}"
# A stop (a restart, an upgrade of the package) first answers what is under way: else clients ask, and write, once more.
KillSignal=SIGUSR1
TimeoutStopSec=${stopSeconds}
`,
    }),
  },
};
