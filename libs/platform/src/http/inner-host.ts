import { BlockList, isIP } from 'node:net';

const INNER = new BlockList();
INNER.addSubnet('127.0.0.0', 8, 'ipv4');
INNER.addSubnet('10.0.0.0', 8, 'ipv4');
INNER.addSubnet('172.16.0.0', 12, 'ipv4');
INNER.addSubnet('192.168.0.0', 16, 'ipv4');
INNER.addAddress('::1', 'ipv6');
INNER.addSubnet('fc00::', 7, 'ipv6');

/**
 * Whether clear-text http to this host stays within an own network: loopback, private addresses, and names that no public DNS
 * resolves. Says nothing about whether the host may be reached: that is the address guard's business.
 *
 * @param hostname as `URL` gives it: lower case, IPv6 in brackets
 */
export function isInnerHost(hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  if (family !== 0) return INNER.check(address, family === 4 ? 'ipv4' : 'ipv6');
  return !hostname.includes('.') || /\.(localhost|internal|local|lan)$/.test(hostname);
}
