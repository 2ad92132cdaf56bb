import { FRONT_CONFIG } from './config';

/** The packaged service that reads the front's configuration. */
export const FRONT_UNIT = 'haproxy.service';
/** Drop-in that makes it do so. */
export const FRONT_DROP_IN = '/etc/systemd/system/haproxy.service.d/bigswitch.conf';
/** Where the service lets its master be asked. */
export const MASTER_SOCKET = '/run/haproxy-master.sock';

/**
 * Seconds for which a front that is stopped answers what it was asked before: longer than clients wait by default
 * (10 to 60 s). It listens no more meanwhile, and a client that keeps a silent connection holds it up for all of them.
 */
export const STOP_SECONDS = 60;

/** Drop-in for the packaged unit: the packaged configuration first, then ours; and a stop that cuts no request. */
export function frontDropIn(): string {
  return `# Makes HAProxy read the front of bigswitch after its own configuration.
[Service]
Environment="EXTRAOPTS=-S ${MASTER_SOCKET} -f ${FRONT_CONFIG}"
# A stop (a restart, an upgrade of the package) first answers what is under way: else clients ask, and write, once more.
KillSignal=SIGUSR1
TimeoutStopSec=${STOP_SECONDS}
`;
}
