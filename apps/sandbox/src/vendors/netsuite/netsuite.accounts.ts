import { createECDH, createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { derivedHex, derivedText } from '../../kernel/deterministic';

const DEFAULT_NETSUITE_SEED = 20_261_120;
/** Registered for the seeded apps besides what the caller adds. */
export const DEFAULT_NETSUITE_CALLBACK_URL = 'http://localhost:1718/oauth/netsuite/callback';

/**
 * One simulated account with everything a person would have set up in it for the hub: an integration record, an
 * access token of the integration user (TBA), an OAuth 2.0 consent, and a certificate mapping for machine-to-machine.
 */
export interface SandboxNetSuiteAccount {
  /** As the realm has it: upper case, with `_`. */
  readonly accountId: string;
  /** First label of the account's host names: lower case, with `-`. */
  readonly hostLabel: string;
  readonly companyName: string;
  readonly username: string;
  /** Consumer key of TBA and client id of OAuth 2.0: one integration record has one of them. */
  readonly clientId: string;
  /** Consumer secret of TBA and client secret of OAuth 2.0. */
  readonly clientSecret: string;
  /** Access token of TBA. */
  readonly tokenId: string;
  readonly tokenSecret: string;
  /** OAuth 2.0 refresh token of a confidential client, as granted when the sandbox started or was reset. */
  readonly refreshToken: string;
  /** `kid` of the machine-to-machine assertion. */
  readonly certificateId: string;
  /** PKCS#8 PEM, EC P-256: sign the assertion with ES256. */
  readonly certificatePrivateKey: string;
  /** Where the account is reached; filled in by whoever knows the port. */
  readonly url: string;
}

const ACCOUNTS = [
  { slug: 'acme', accountId: '4512773', name: 'Acme Tools (simulated)' },
  { slug: 'globex', accountId: '7730914_SB1', name: 'Globex Supplies (simulated)' },
] as const;

/**
 * The two accounts of a sandbox with that seed. The same seed always gives the same credentials, so that a launcher
 * can seed connections before or after the sandbox starts.
 * @param url the sandbox's NetSuite address, when already known
 */
export function sandboxNetSuiteAccounts(seed = DEFAULT_NETSUITE_SEED, url = ''): SandboxNetSuiteAccount[] {
  return ACCOUNTS.map(({ slug, accountId, name }) => ({
    accountId,
    hostLabel: hostLabelOf(accountId),
    companyName: name,
    username: `integration@${slug}.example.com`,
    clientId: derivedHex(seed, `netsuite:${slug}:consumer-key`, 64).toLowerCase(),
    clientSecret: derivedHex(seed, `netsuite:${slug}:consumer-secret`, 64).toLowerCase(),
    tokenId: derivedHex(seed, `netsuite:${slug}:token-id`, 64).toLowerCase(),
    tokenSecret: derivedHex(seed, `netsuite:${slug}:token-secret`, 64).toLowerCase(),
    refreshToken: `eyJ${derivedText(seed, `netsuite:${slug}:refresh-token`, 120)}`,
    certificateId: derivedText(seed, `netsuite:${slug}:certificate`, 43),
    certificatePrivateKey: String(derivedKey(seed, `netsuite:${slug}:key`).export({ type: 'pkcs8', format: 'pem' })),
    url,
  }));
}

/** The client id of the seeded public client (PKCE, no secret), which every account has installed. */
export function sandboxNetSuitePublicClientId(seed = DEFAULT_NETSUITE_SEED): string {
  return derivedHex(seed, 'netsuite:public:consumer-key', 64).toLowerCase();
}

function hostLabelOf(accountId: string): string {
  return accountId.toLowerCase().replaceAll('_', '-');
}

/** A P-256 key from the seed alone. A digest is below the order of the curve but for one chance in 2³². */
function derivedKey(seed: number, purpose: string): KeyObject {
  const scalar = createHash('sha256').update(`${seed}:${purpose}`).digest();
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(scalar);
  const point = curve.getPublicKey();
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: scalar.toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
}
