/** Name of the bridge's device on every host, whatever the tunnel is; Linux allows 15 characters. */
export const BRIDGE_DEVICE = 'tun-bigswitch';
