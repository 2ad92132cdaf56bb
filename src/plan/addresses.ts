/** A parsed IPv4 network: first address and prefix length, as unsigned 32-bit numbers. */
export interface Cidr {
  base: number;
  prefix: number;
}

/** Whether `value` is a dotted IPv4 address without leading zeros. */
export function isIPv4(value: string): boolean {
  const parts = value.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** Whether `value` is an IPv4 address that one host can have: not 0.0.0.0/8, multicast, reserved or broadcast. */
export function isHostAddress(value: string): boolean {
  if (!isIPv4(value)) return false;
  const first = Number(value.split('.')[0]);
  return first > 0 && first < 224;
}

/** The unsigned 32-bit number of a valid dotted IPv4 address. */
export function ipToNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The dotted form of an unsigned 32-bit number. */
export function numberToIp(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/**
 * Parses `a.b.c.d/n`.
 * @returns undefined unless the text is a network whose host bits are zero and that has room for hosts (/8 to /29)
 */
export function parseCidr(text: string): Cidr | undefined {
  const [address, prefixText, ...rest] = text.split('/');
  if (address === undefined || prefixText === undefined || rest.length > 0 || !isIPv4(address)) return undefined;
  if (!/^\d{1,2}$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  if (prefix < 8 || prefix > 29) return undefined;
  const base = ipToNumber(address);
  return base % 2 ** (32 - prefix) === 0 ? { base, prefix } : undefined;
}

/** Whether `address` lies in the network. */
export function cidrContains(cidr: Cidr, address: string): boolean {
  const value = ipToNumber(address);
  return value >= cidr.base && value < cidr.base + 2 ** (32 - cidr.prefix);
}

/** How many hosts fit into the network, without its first and last address. */
export function cidrCapacity(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefix) - 2;
}

/** The dotted netmask of a prefix length. */
export function netmask(prefix: number): string {
  return numberToIp(2 ** 32 - 2 ** (32 - prefix));
}
