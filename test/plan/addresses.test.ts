import {
  cidrCapacity,
  cidrContains,
  ipToNumber,
  isHostAddress,
  isIPv4,
  netmask,
  numberToIp,
  parseCidr,
} from '../../src/plan/addresses';

describe('addresses', () => {
  test.each(['0.0.0.0', '10.0.1.11', '255.255.255.255'])('%s is an IPv4 address', (text) => {
    expect(isIPv4(text)).toBe(true);
    expect(numberToIp(ipToNumber(text))).toBe(text);
  });

  test.each(['', '10.0.1', '10.0.1.11.1', '10.0.1.256', '010.0.1.1', '10.0.1.-1', '10.0.1.1 ', 'a.b.c.d', '::1'])(
    '"%s" is not an IPv4 address',
    (text) => expect(isIPv4(text)).toBe(false),
  );

  test.each(['0.1.2.3', '224.0.0.1', '255.255.255.255', 'x'])('%s is not the address of one host', (text) =>
    expect(isHostAddress(text)).toBe(false),
  );

  test.each([
    ['10.0.0.0/8', 16_777_214, '255.0.0.0'],
    ['198.19.0.0/24', 254, '255.255.255.0'],
    ['198.19.0.8/29', 6, '255.255.255.248'],
  ])('%s has room for %d hosts and the mask %s', (text, capacity, mask) => {
    const cidr = parseCidr(text);
    if (!cidr) throw new Error('not parsed');
    expect(cidrCapacity(cidr)).toBe(capacity);
    expect(netmask(cidr.prefix)).toBe(mask);
  });

  test.each(['198.19.0.1/24', '198.19.0.0', '198.19.0.0/24/1', '10.0.0.0/7', '10.0.0.0/30', '10.0.0.0/', 'x/24'])(
    '%s is not a network for the bridge',
    (text) => expect(parseCidr(text)).toBeUndefined(),
  );

  test('a network contains its first and last address and no neighbour', () => {
    const cidr = parseCidr('198.19.4.0/22');
    if (!cidr) throw new Error('not parsed');
    expect(['198.19.4.0', '198.19.7.255'].map((address) => cidrContains(cidr, address))).toEqual([true, true]);
    expect(['198.19.3.255', '198.19.8.0'].map((address) => cidrContains(cidr, address))).toEqual([false, false]);
  });
});
