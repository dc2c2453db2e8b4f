import { BlockList, isIP } from 'node:net';

/**
 * Ranges that no tenant may reach (IANA special-purpose registry, cloud metadata, translation prefixes).
 * 6to4 and NAT64 are closed even for public addresses inside them: a gateway would unwrap them to an
 * IPv4 address that this check never sees.
 */
const DENIED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's platform endpoint lies in public space
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/**
 * Only 2000::/3 is global unicast, so everything outside is closed as a whole: loopback, v4-mapped, NAT64,
 * ULA, link-local, multicast, SRv6 (5f00::/16) and what will be assigned later. Inside it, these stay closed.
 */
const GLOBAL_UNICAST_IPV6 = '2000::/3';
const DENIED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Decides whether an address may be connected to. Pure: it resolves nothing. */
export interface AddressGuard {
  /** `address` is an IP literal without brackets; anything else is refused. */
  isAllowed(address: string): boolean;
}

interface Ranges {
  readonly v4: BlockList;
  readonly v6: BlockList;
}

/** One list per family: Node's BlockList would match a v4 address against `::ffff:0:0/96` and the other way round. */
function ranges(cidrs: readonly string[]): Ranges {
  const list: Ranges = { v4: new BlockList(), v6: new BlockList() };
  for (const cidr of cidrs) {
    const { address, prefix, family } = parseCidr(cidr);
    if (family === 4) list.v4.addSubnet(address, prefix, 'ipv4');
    else list.v6.addSubnet(address, prefix, 'ipv6');
  }
  return list;
}

interface Cidr {
  readonly address: string;
  readonly prefix: number;
  readonly family: 4 | 6;
}

/** Whether `createAddressGuard` takes it. */
export function isCidrRange(text: string): boolean {
  return cidrOf(text) !== null;
}

function parseCidr(text: string): Cidr {
  const cidr = cidrOf(text);
  if (cidr === null) throw new Error(`Not a CIDR range: "${text}"`);
  return cidr;
}

function cidrOf(cidr: string): Cidr | null {
  const [address = '', prefixText, ...rest] = cidr.trim().split('/');
  const family = isIP(address);
  const widest = family === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? widest : Number(prefixText);
  const validPrefix = prefixText === undefined || (/^\d{1,3}$/.test(prefixText) && prefix <= widest);
  if ((family !== 4 && family !== 6) || !validPrefix || rest.length > 0 || address.includes('%')) return null;
  return { address, prefix, family };
}

const DENIED: Ranges = ranges([...DENIED_IPV4, ...DENIED_IPV6]);
const GLOBAL_UNICAST: Ranges = ranges([GLOBAL_UNICAST_IPV6]);

/** `::ffff:a.b.c.d` in either notation as its IPv4 address, else null. */
function mappedIpv4(address: string): string | null {
  const canonical = new URL(`http://[${address}]/`).hostname;
  const match = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(canonical);
  if (match === null) return null;
  const high = parseInt(match[1]!, 16);
  const low = parseInt(match[2]!, 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/**
 * @param egressAllow CIDR ranges (or single addresses) that are reachable although they are on the deny list.
 *   A v4 range also opens the v4-mapped form of its addresses, which is the same destination.
 * @throws for a malformed range: a typo must not silently open or close a network.
 */
export function createAddressGuard(egressAllow: readonly string[]): AddressGuard {
  const allowed = ranges(egressAllow);
  return {
    isAllowed(address) {
      const family = isIP(address);
      if (family === 4) return allowed.v4.check(address, 'ipv4') || !DENIED.v4.check(address, 'ipv4');
      if (family !== 6) return false;
      // A zone (`fe80::1%eth0`) only exists on link-local addresses, which are closed.
      if (address.includes('%')) return false;
      if (allowed.v6.check(address, 'ipv6')) return true;
      const mapped = mappedIpv4(address);
      if (mapped !== null) return allowed.v4.check(mapped, 'ipv4');
      return GLOBAL_UNICAST.v6.check(address, 'ipv6') && !DENIED.v6.check(address, 'ipv6');
    },
  };
}
