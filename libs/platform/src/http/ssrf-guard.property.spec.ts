import { isIP } from 'node:net';
import fc from 'fast-check';
import { client, closeServers, failure } from './fixtures/http-servers';
import { createAddressGuard } from './ssrf-guard';

const guard = createAddressGuard([]);
const octets = (address: number): number[] => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255);
const dotted = (address: number): string => octets(address).join('.');
const hextets = (address: number): string => `${(address >>> 16).toString(16)}:${(address & 0xffff).toString(16)}`;

/** Of every network that is nobody's business, and of everywhere. */
const INNER = [0x00000000, 0x0a000000, 0x7f000000, 0xa9fe0000, 0xac100000, 0xc0a80000, 0x64400000, 0xe0000000];
const inner = fc.tuple(fc.constantFrom(...INNER), fc.nat(0xffff)).map(([network, host]) => (network | host) >>> 0);
/** Where the smaller ranges begin: what is near is as likely inside as outside. */
const EDGES = [0xa83f8110, 0xc0000000, 0xc0000200, 0xc0586300, 0xc6120000, 0xc6140000, 0xc6336400, 0xcb007100];
const edge = fc
  .tuple(fc.constantFrom(...EDGES), fc.integer({ min: -300, max: 600 }))
  .map(([at, by]) => (at + by) >>> 0);
const anywhere = fc.oneof(inner, edge, fc.nat(0xffff_ffff));

/** An IPv4 address in each way that URLs may have it. */
const SPELLINGS: readonly ((address: number) => string)[] = [
  dotted,
  (address) => String(address),
  (address) => `0x${address.toString(16)}`,
  (address) => octets(address).map((octet) => `0${octet.toString(8)}`).join('.'), // prettier-ignore
  (address) => octets(address).map((octet) => `0X${octet.toString(16)}`).join('.'), // prettier-ignore
  (address) => `${address >>> 24}.${address & 0xffffff}`,
  (address) => `${address >>> 24}.${(address >>> 16) & 255}.${address & 0xffff}`,
  (address) => `${dotted(address)}.`,
  // Digits of other scripts, and dots that only look like others.
  (address) => dotted(address).replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  (address) => dotted(address).replaceAll('.', '。'),
  (address) => encodeURIComponent(dotted(address)).replace(/\d/g, (digit) => `%3${digit}`),
  (address) => `[::ffff:${dotted(address)}]`,
  (address) => `[::ffff:${hextets(address)}]`,
  (address) => `[0:0:0:0:0:FFFF:${hextets(address).toUpperCase()}]`,
  (address) => `[64:ff9b::${hextets(address)}]`,
  (address) => `[2002:${hextets(address)}::1]`,
];

afterEach(closeServers);

describe('the wall', () => {
  it('decides over an IPv4 address by its number, whatever a URL calls it', () => {
    const isSame = fc.property(anywhere, fc.constantFrom(...SPELLINGS.slice(0, 11)), (address, spell) => {
      const { hostname } = new URL(`http://${spell(address)}/`);
      const bare = hostname.replace(/\.$/, '');
      expect([bare, guard.isAllowed(bare)]).toEqual([dotted(address), isPublic(address)]);
    });
    fc.assert(isSame, { numRuns: 2_000 });
  });

  it('lets no IPv4 address through in the dress of an IPv6 address', () => {
    const prefixes = ['::', '::ffff:', '::ffff:0:', '64:ff9b::', '64:ff9b:1::', 'fe80::', 'fd00::', '5f00::'];
    const isClosed = fc.property(anywhere, fc.constantFrom(...prefixes), fc.boolean(), (address, prefix, isDotted) => {
      const worn = `${prefix}${isDotted ? dotted(address) : hextets(address)}`;
      expect([worn, isIP(worn), guard.isAllowed(worn)]).toEqual([worn, 6, false]);
      expect(guard.isAllowed(`2002:${hextets(address)}::`)).toBe(false);
    });
    fc.assert(isClosed, { numRuns: 2_000 });
  });

  it('decides over an IPv6 address alike in all its spellings, and leaves none open outside of 2000::/3', () => {
    const parts = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff), fc.constantFrom(0x2000, 0x2001, 0x2002, 0xfe80)), {
      minLength: 8,
      maxLength: 8,
    });
    const isSame = fc.property(parts, (hextet) => {
      const plain = hextet.map((part) => part.toString(16)).join(':');
      const padded = hextet.map((part) => part.toString(16).padStart(4, '0').toUpperCase()).join(':');
      const short = new URL(`http://[${plain}]/`).hostname.slice(1, -1);
      const allowed = guard.isAllowed(plain);
      expect([padded, short].map((spelling) => guard.isAllowed(spelling))).toEqual([allowed, allowed]);
      if (allowed) expect((hextet[0] ?? 0) >> 13).toBe(1);
    });
    fc.assert(isSame, { numRuns: 2_000 });
  });

  it('takes nothing for open that is no address', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9a-fx:.%[\]/]{0,30}$/));
    fc.assert(
      fc.property(text, (address) => {
        if (isIP(address) === 0) expect(guard.isAllowed(address)).toBe(false);
        else expect(typeof guard.isAllowed(address)).toBe('boolean');
      }),
      { numRuns: 3_000 },
    );
  });

  it('sends nothing to an inner address, however the URL is written', async () => {
    const http = client({ egressAllow: [], resolveAll: (_host, callback) => callback(null, [{ address: '10.9.9.9', family: 4 }]) }); // prettier-ignore
    const url = fc
      .record({
        scheme: fc.constantFrom('http:', 'HTTPS:', 'http:/', 'hTTp:\\', ' https:', 'http:\t', 'ws:', 'file:'),
        user: fc.constantFrom('', 'a@', 'example.com@', 'example.com:443@', 'example.com#@', 'example.com?@', '%40'),
        host: fc.oneof(
          fc.tuple(inner, fc.constantFrom(...SPELLINGS)).map(([address, spell]) => spell(address)),
          fc.constantFrom('localhost', 'LOCALHOST.', 'inner.example', '[::1]', '[fd00::1]', '[fe80::1%25eth0]'),
        ),
        rest: fc.constantFrom('', ':80', ':0', ':65536', '/', '\\', '/..//', '?@example.com', '#example.com', '\r\nx'),
      })
      .map(({ scheme, user, host, rest }) => `${scheme}//${user}${host}${rest}`);
    const isBlocked = fc.asyncProperty(url, async (text) => {
      const error = failure(await http.request({ method: 'GET', url: text }));
      expect(['blocked_address', 'invalid_request', 'invalid_url']).toContain(error.kind);
      expect(error.mayHaveBeenSent).toBe(false);
    });
    await fc.assert(isBlocked, { numRuns: 500 });
  });
});

/** The registry of special addresses once more, in other words than the guard's. */
function isPublic(address: number): boolean {
  const [a = 0, b = 0, c = 0] = octets(address);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100) return b < 64 || b > 127;
  if (a === 169) return b !== 254;
  if (a === 172) return b < 16 || b > 31;
  if (a === 192) return !(b === 168 || (b === 0 && (c === 0 || c === 2)) || (b === 88 && c === 99));
  if (a === 198) return !(b === 18 || b === 19 || (b === 51 && c === 100));
  if (a === 203) return !(b === 0 && c === 113);
  return address !== 0xa83f8110;
}
