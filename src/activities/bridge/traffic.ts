import type { Plan } from '../../plan/schema';

/** What nodes say to each other and their clients, each as iptables matches it: redirected, and let over the bridge. */
export function nodeTraffic({ elasticsearch: { httpPort, transportPort }, bridge }: Plan): string[] {
  return [
    `-p tcp -m multiport --dports ${httpPort},${transportPort}`,
    ...(bridge.redirectUdp ? [`-p udp -m udp --dport ${transportPort}`] : []),
  ];
}
