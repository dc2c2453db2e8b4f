import { constants, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import { readPrivateKey, signAssertion } from './netsuite.assertion';

const CLAIMS = {
  clientId: 'the-client',
  certificateId: 'the-key',
  audience: 'https://x/token',
  scope: 'rest_webservices',
};
const decoded = (part: string | undefined): unknown =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
const pemOf = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });

describe('the assertion of a machine', () => {
  it('is PS256 with an RSA key', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
    const key = readPrivateKey(pemOf(privateKey)) as KeyObject;
    const [head, body, signature] = signAssertion(key, CLAIMS, 1_700_000_000_999).split('.');
    expect(decoded(head)).toEqual({ typ: 'JWT', alg: 'PS256', kid: 'the-key' });
    const claims = decoded(body) as { iat: number; exp: number };
    expect(claims).toMatchObject({
      iss: 'the-client',
      aud: 'https://x/token',
      scope: ['rest_webservices'],
      iat: 1_700_000_000,
    });
    expect(claims.exp - claims.iat).toBeLessThanOrEqual(3_600);
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    const signed = Buffer.from(`${head}.${body}`);
    expect(verify('sha256', signed, { key: publicKey, ...pss }, Buffer.from(signature ?? '', 'base64url'))).toBe(true);
  });

  it.each([
    ['prime256v1', 'ES256', 'sha256', 64],
    ['secp384r1', 'ES384', 'sha384', 96],
    ['secp521r1', 'ES512', 'sha512', 132],
  ])('with a key on %s is %s', (name, alg, hash, length) => {
    const { privateKey, publicKey } = curve(name);
    const [head, body, signature] = signAssertion(privateKey, CLAIMS, 0).split('.');
    expect(decoded(head)).toMatchObject({ alg });
    const bytes = Buffer.from(signature ?? '', 'base64url');
    expect(bytes).toHaveLength(length);
    const signed = Buffer.from(`${head}.${body}`);
    expect(verify(hash, signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(true);
  });

  it('takes no key that NetSuite does not take, and nothing that is none', () => {
    const encrypted = curve('prime256v1').privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    for (const pem of [
      pemOf(generateKeyPairSync('ed25519').privateKey),
      pemOf(curve('secp256k1').privateKey),
      String(encrypted),
      'no key at all',
    ]) {
      expect(readPrivateKey(pem)).toBeNull();
    }
  });
});
