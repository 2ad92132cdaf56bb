import type { Tunnel } from '../tunnel';
import { installClient, installHub } from './install';
import { bytes, connected } from './status';

/** OpenVPN, as in the story: a server on the hub, a client on every other host, certificates of its own authority. */
export const openvpn: Tunnel = {
  name: 'openvpn',
  installHub,
  installClient,
  connected,
  bytes,
  whereToLook:
    'Look at "journalctl -u openvpn-client@bigswitch" there and "journalctl -u openvpn-server@bigswitch" on the hub',
};
