import type { Plan } from '../../plan/schema';
import { openvpn } from './openvpn';
import type { Tunnel } from './tunnel';

/** Every kind of tunnel that is known, one folder each. */
export const TUNNELS: readonly Tunnel[] = [openvpn];

/** The tunnel that the plan asks for. */
export function tunnelOf(_plan: Plan): Tunnel {
  return openvpn;
}
