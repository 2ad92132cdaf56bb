import { familyOf } from '../../../hosts/family';
import { hubRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import type { Tunnel } from '../tunnel';
import { openvpnOn } from './config';
import { installClient, installHub } from './install';
import { bytes, connected } from './status';

/** OpenVPN, as in the story: a server on the hub, a client on every other host, certificates of its own authority. */
export const openvpn: Tunnel = {
  name: 'openvpn',
  unitOn: (host) => openvpnOn(host)[host.role === 'hub' ? 'server' : 'client'].unit,
  installHub,
  installClient,
  connected,
  bytes,
  whereToLook,
};

function whereToLook(plan: Plan): string {
  const { services, software } = familyOf(hubRef(plan));
  const [there, onHub] = [software.openvpn.client, software.openvpn.server].map(({ unit }) =>
    services.byHand.log(unit),
  );
  return `Look at "${there}" there and "${onHub}" on the hub`;
}
