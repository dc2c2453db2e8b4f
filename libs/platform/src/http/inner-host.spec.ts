import { isInnerHost } from './inner-host';

const isInner = (host: string): boolean => isInnerHost(new URL(`http://${host}/`).hostname);

describe('isInnerHost', () => {
  it.each([
    'localhost',
    'erp',
    'erp.localhost',
    'erp.corp.internal',
    'printer.local',
    'ERP.LAN',
    '127.0.0.1',
    '127.9.9.9',
    '10.0.0.7',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '[::1]',
    '[fc00::1]',
    '[fdff:ffff::1]',
    '[::ffff:10.0.0.7]',
    '2130706433',
  ])('is so for %s', (host) => {
    expect(isInner(host)).toBe(true);
  });

  it.each([
    'example.com',
    'localhost.example.com',
    '10.example.com',
    '11.0.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '169.254.169.254',
    '[2001:4860:4860::8888]',
    '[fe80::1]',
    '[::]',
    '[::ffff:8.8.8.8]',
  ])('is not so for %s', (host) => {
    expect(isInner(host)).toBe(false);
  });
});
