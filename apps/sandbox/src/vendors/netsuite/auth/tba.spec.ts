import { signTba } from '../fixtures/tba-signer';
import { parseTbaHeader, signatureBaseString, tbaSignature } from './tba';

/** The vendor's published sample keys. */
const SAMPLE = {
  accountId: '123456',
  clientId: 'ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4',
  clientSecret: 'd26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5',
  tokenId: '2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc',
  tokenSecret: 'c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295',
};
const HOST = 'https://123456.suitetalk.api.netsuite.com';
const VECTORS = [
  ['GET', `${HOST}/services/rest/record/v1/employee/40`, 'B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY='],
  [
    'POST',
    `${HOST}/services/rest/query/v1/suiteql?limit=1000&offset=0`,
    'K77GAJRnfr1XDIXWkDNFBb1G343XzZc397WHGpnHFF8=',
  ],
  [
    'GET',
    `${HOST}/services/rest/record/v1/customer?q=companyName%20IS%20%22O'Brien%20(UK)%22&limit=5`,
    'mWSycb301ZrR6fqpXbR/MEacj4PsCR3vH/2n0uXBJkE=',
  ],
] as const;

describe('the TBA signature', () => {
  it.each(VECTORS)('agrees with the published example: %s %s', (method, url, expected) => {
    const header = signTba(SAMPLE, method, url, { nonce: 'fjaLirsIcCGVZWzBX0pg', timestamp: 1_508_242_306 });
    const parsed = parseTbaHeader(header);
    expect(parsed?.realm).toBe('123456');
    expect(parsed?.parameters.get('oauth_signature')).toBe(expected);
    const signed = { method, url, parameters: parsed?.parameters ?? new Map<string, string>() };
    expect(tbaSignature(signed, SAMPLE.clientSecret, SAMPLE.tokenSecret)).toBe(expected);
  });

  it('drops default ports and keeps others', () => {
    const base = (url: string): string => signatureBaseString({ method: 'GET', url, parameters: new Map() });
    expect(base('http://a.example:80/x')).toBe(base('http://a.example/x'));
    expect(base('http://a.example:8080/x')).not.toBe(base('http://a.example/x'));
  });

  it('refuses a header that says one thing twice, or something foreign', () => {
    expect(parseTbaHeader('OAuth realm="1", oauth_token="a", oauth_token="b"')).toBeUndefined();
    expect(parseTbaHeader('OAuth realm="1", token="a"')).toBeUndefined();
    expect(parseTbaHeader('OAuth realm="1", oauth_token="%E0"')).toBeUndefined();
    expect(parseTbaHeader('Bearer x')).toBeUndefined();
  });
});
