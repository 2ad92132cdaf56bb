import { familyOf } from '../../../hosts/family';
import type { Plan } from '../../../plan/schema';
import type { Tunnel } from '../tunnel';
import { hubRef } from './config';
import { installClient, installHub } from './install';
import { bytes, connected } from './status';

/** OpenVPN, as in the story: a server on the hub, a client on every other host, certificates of its own authority. */
export const openvpn: Tunnel = {
  name: 'openvpn',
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
