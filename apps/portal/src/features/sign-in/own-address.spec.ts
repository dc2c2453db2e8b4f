import { ownAddress } from './own-address';

test.each(['/', '/events?status=failed&q=a%20b#top', '/events?q=http://x', '/mappings/map_1?tab=cases'])(
  'an address of the portal is one: %j',
  (address) => expect(ownAddress(address)).toBe(address),
);

test.each([
  'https://evil.example/x',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/\n\\evil.example',
  '\t//evil.example',
  'javascript:alert(1)',
  'events',
  '',
  undefined,
  7,
])('what leads elsewhere, or is no address, is none: %j', (address) => expect(ownAddress(address)).toBeUndefined());
