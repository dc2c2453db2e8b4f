import { constants, createPrivateKey, sign, type KeyObject } from 'node:crypto';

export interface AssertionClaims {
  /** The integration record's client id. */
  readonly clientId: string;
  readonly certificateId: string;
  /** The token endpoint, exactly as it is called. */
  readonly audience: string;
  readonly scope: string;
}

/** NetSuite takes an hour at most; a shorter one is of less use to whoever reads it on its way. */
const LIFETIME_S = 10 * 60;

const EC_ALGORITHMS: Readonly<Record<string, { readonly alg: string; readonly hash: string }>> = {
  prime256v1: { alg: 'ES256', hash: 'sha256' },
  secp384r1: { alg: 'ES384', hash: 'sha384' },
  secp521r1: { alg: 'ES512', hash: 'sha512' },
};

/** Null for text that is no private key of a kind that NetSuite takes: RSA, or EC of 256, 384 or 521 bits. */
export function readPrivateKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return algorithmOf(key) === null ? null : key;
  } catch {
    return null;
  }
}

/** JWT that proves who asks for a token of the client credentials grant: PS256, or ES256 and its like by the key. */
export function signAssertion(key: KeyObject, claims: AssertionClaims, nowMs: number): string {
  const algorithm = algorithmOf(key);
  if (algorithm === null) throw new Error('the private key has been checked before');
  const issued = Math.floor(nowMs / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = [
    part({ typ: 'JWT', alg: algorithm.alg, kid: claims.certificateId }),
    part({
      iss: claims.clientId,
      scope: [claims.scope],
      aud: claims.audience,
      iat: issued,
      exp: issued + LIFETIME_S,
    }),
  ].join('.');
  const signature =
    algorithm.alg === 'PS256'
      ? sign(algorithm.hash, Buffer.from(signed), {
          key,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        })
      : sign(algorithm.hash, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function algorithmOf(key: KeyObject): { readonly alg: string; readonly hash: string } | null {
  if (key.asymmetricKeyType === 'rsa') return { alg: 'PS256', hash: 'sha256' };
  if (key.asymmetricKeyType !== 'ec') return null;
  return EC_ALGORITHMS[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? null;
}
