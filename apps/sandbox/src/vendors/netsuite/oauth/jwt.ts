import { constants, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** One key for the life of the process: making one takes longer than everything else at the start. */
let signingKey: KeyObject | undefined;

/** An access or refresh token as the vendor shapes them: a JWT signed with PS256. */
export function signJwt(claims: object): string {
  signingKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ kid: 's.SYSTEM.2026_1', typ: 'JWT', alg: 'PS256' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), {
    key: signingKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
  return `${signed}.${signature.toString('base64url')}`;
}

const HEADER = z.object({ typ: z.string().optional(), alg: z.string(), kid: z.string() });
const CLAIMS = z.object({
  iss: z.string(),
  scope: z.union([z.array(z.string()), z.string().transform((text) => text.split(/\s*,\s*/))]),
  aud: z.union([z.string().transform((text) => [text]), z.array(z.string())]),
  iat: z.number().int(),
  exp: z.number().int(),
});

export interface Assertion {
  readonly header: z.infer<typeof HEADER>;
  readonly claims: z.infer<typeof CLAIMS>;
  readonly signed: string;
  readonly signature: Buffer;
}

/** Takes a client assertion apart; `undefined` when it is no JWT, or a claim is missing. */
export function parseAssertion(text: string): Assertion | undefined {
  const [head = '', body = '', signature = '', ...rest] = text.split('.');
  if (rest.length > 0 || ![head, body, signature].every((part) => /^[A-Za-z0-9_-]+$/.test(part))) return undefined;
  const header = HEADER.safeParse(decode(head));
  const claims = CLAIMS.safeParse(decode(body));
  if (!header.success || !claims.success || header.data.typ !== 'JWT') return undefined;
  return {
    header: header.data,
    claims: claims.data,
    signed: `${head}.${body}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };
/** RS256 was taken once and is refused by now. */
export const ASSERTION_ALGORITHMS = ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];

export function verifyAssertion({ header, signed, signature }: Assertion, key: KeyObject): boolean {
  const hash = `sha${header.alg.slice(2)}`;
  if (header.alg.startsWith('PS')) {
    if (key.asymmetricKeyType !== 'rsa') return false;
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    return verify(hash, Buffer.from(signed), { key, ...padding }, signature);
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== CURVES[header.alg]) return false;
  return verify(hash, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
