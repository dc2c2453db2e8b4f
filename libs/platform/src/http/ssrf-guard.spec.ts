import { createAddressGuard } from './ssrf-guard';

const CLOSED = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.7',
  '203.0.113.7',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:7f00:1',
  '::ffff:0:7f00:1',
  '64:ff9b::808:808',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:808:808::1',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'fec0::1',
  'ff02::1',
  'not an address',
  '',
];
const OPEN = ['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '11.0.0.1', '2606:4700::1111', '2a00:1450::1'];

describe('createAddressGuard', () => {
  it.each(CLOSED)('closes %s', (address) => {
    expect(createAddressGuard([]).isAllowed(address)).toBe(false);
  });

  it.each(OPEN)('leaves %s open', (address) => {
    expect(createAddressGuard([]).isAllowed(address)).toBe(true);
  });

  it('opens exactly the ranges it is given, in both spellings of a v4 address', () => {
    const guard = createAddressGuard(['127.0.0.0/8', '10.1.0.0/16', 'fd00::/8', '192.168.7.7']);
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '10.1.2.3', 'fd00::1', '192.168.7.7']) {
      expect([address, guard.isAllowed(address)]).toEqual([address, true]);
    }
    for (const address of ['10.2.0.1', '::1', 'fc00::1', '192.168.7.8', '::ffff:10.2.0.1']) {
      expect([address, guard.isAllowed(address)]).toEqual([address, false]);
    }
  });

  it('does not let a wide v6 range open v4 addresses', () => {
    expect(createAddressGuard(['::/0']).isAllowed('127.0.0.1')).toBe(false);
  });

  it.each(['', 'localhost', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/', 'fe80::1%eth0/64', '::/129'])(
    'throws for the malformed range "%s"',
    (cidr) => {
      expect(() => createAddressGuard([cidr])).toThrow('Not a CIDR range');
    },
  );
});
