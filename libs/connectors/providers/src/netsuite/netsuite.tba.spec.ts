import { realmOf, signTba, tbaMoment, type TbaCredentials } from './netsuite.tba';

/** The vendor's published sample keys; signatures as `oauth-1.0a` makes them. */
const SAMPLE: TbaCredentials = {
  accountId: '123456',
  consumerKey: 'ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4',
  consumerSecret: 'd26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5',
  tokenId: '2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc',
  tokenSecret: 'c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295',
};
const MOMENT = { nonce: 'fjaLirsIcCGVZWzBX0pg', timestamp: 1508242306 };
const HOST = 'https://123456.suitetalk.api.netsuite.com/services/rest';

const signatureOf = (method: string, url: string): string =>
  decodeURIComponent(/oauth_signature="([^"]+)"/.exec(signTba(SAMPLE, method, url, MOMENT))?.[1] ?? '');

describe('signing a call', () => {
  it.each([
    ['GET', '/record/v1/employee/40', 'B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY='],
    ['POST', '/query/v1/suiteql?limit=1000&offset=0', 'K77GAJRnfr1XDIXWkDNFBb1G343XzZc397WHGpnHFF8='],
    [
      'GET',
      "/record/v1/customer?q=companyName%20IS%20%22O'Brien%20(UK)%22&limit=5",
      'mWSycb301ZrR6fqpXbR/MEacj4PsCR3vH/2n0uXBJkE=',
    ],
  ])('%s %s', (method, path, signature) => {
    expect(signatureOf(method, `${HOST}${path}`)).toBe(signature);
  });

  it('drops the default port, keeps another one', () => {
    const plain = signatureOf('GET', `${HOST}/record/v1/employee/40`);
    const at = (port: number): string => HOST.replace('.com', `.com:${port}`);
    expect(signatureOf('GET', `${at(443)}/record/v1/employee/40`)).toBe(plain);
    expect(signatureOf('GET', `${at(8443)}/record/v1/employee/40`)).not.toBe(plain);
  });

  it('names the account as sign-in knows it, and says nothing twice', () => {
    const header = signTba({ ...SAMPLE, accountId: '1234567-sb1' }, 'GET', HOST, MOMENT);
    expect(header).toMatch(/^OAuth realm="1234567_SB1", oauth_consumer_key="/);
    expect(header).not.toContain(SAMPLE.consumerSecret);
    expect(header).not.toContain(SAMPLE.tokenSecret);
    expect(realmOf('1234567_Sb1')).toBe('1234567_SB1');
  });

  it('never uses a nonce twice', () => {
    const nonces = new Set(Array.from({ length: 1_000 }, () => tbaMoment(0).nonce));
    expect(nonces.size).toBe(1_000);
    for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-z]{20,64}$/);
    expect(tbaMoment(1_508_242_306_999).timestamp).toBe(1_508_242_306);
  });
});
