import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { jsonReply, type Exchange, type Reply } from '../../../kernel/http-frame';
import { type Company } from '../quickbooks.company';
import { type Grant } from './oauth-store';
import { type OAuthParts } from './token.handler';

export const AUTHORIZE_PATH = '/connect/oauth2';
export const TOKEN_PATH = '/oauth2/v1/tokens/bearer';
export const REVOKE_PATH = '/v2/oauth2/tokens/revoke';
export const USER_INFO_PATH = '/v1/openid_connect/userinfo';
export const KEYS_PATH = '/op/v1/jwks';
/** The two documents differ in hosts with the real vendor; here every host is this one. */
export const DISCOVERY_PATHS = new Set([
  '/.well-known/openid_configuration',
  '/.well-known/openid_sandbox_configuration',
]);
export const SCOPES = ['openid', 'email', 'profile', 'address', 'phone', 'com.intuit.quickbooks.accounting'];

const ID_TOKEN_LIFETIME_S = 3600;

export function discovery(baseUrl: string): Reply {
  return jsonReply(200, {
    issuer: baseUrl,
    authorization_endpoint: `${baseUrl}${AUTHORIZE_PATH}`,
    token_endpoint: `${baseUrl}${TOKEN_PATH}`,
    userinfo_endpoint: `${baseUrl}${USER_INFO_PATH}`,
    revocation_endpoint: `${baseUrl}${REVOKE_PATH}`,
    jwks_uri: `${baseUrl}${KEYS_PATH}`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: SCOPES,
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    claims_supported: ['aud', 'exp', 'iat', 'iss', 'realmid', 'sub'],
  });
}

/** `GET /v1/openid_connect/userinfo` */
export function handleUserInfo({ store }: OAuthParts, { headers }: Exchange): Reply {
  const given = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const token = given === undefined ? undefined : store.accessToken(given);
  if (!token || token.expired || !token.grant.scope.split(' ').includes('openid')) {
    return jsonReply(401, { error: 'invalid_token' }, { 'www-authenticate': 'Bearer error="invalid_token"' });
  }
  const { company, scope } = token.grant;
  const granted = new Set(scope.split(' '));
  const email = { email: company.account.adminEmail, emailVerified: true };
  const profile = { givenName: 'Books', familyName: 'Admin' };
  return jsonReply(200, {
    sub: subjectOf(company),
    ...(granted.has('email') ? email : {}),
    ...(granted.has('profile') ? profile : {}),
  });
}

function subjectOf({ realmId }: Company): string {
  return createHash('sha256').update(`user of ${realmId}`).digest('hex').slice(0, 32);
}

/** Signs identity tokens; its key is made when the first one is asked for, and lives as long as the sandbox. */
export class IdTokens {
  private keys: { privateKey: KeyObject; publicKey: KeyObject } | undefined;

  issue(grant: Grant, nonce: string | undefined, issuer: string, nowMs: number): string {
    const issuedAt = Math.floor(nowMs / 1000);
    const payload = {
      sub: subjectOf(grant.company),
      aud: [grant.app.clientId],
      realmid: grant.company.realmId,
      auth_time: issuedAt,
      iss: issuer,
      exp: issuedAt + ID_TOKEN_LIFETIME_S,
      iat: issuedAt,
      ...(nonce === undefined ? {} : { nonce }),
    };
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const content = `${encode({ kid: 'sandbox', alg: 'RS256' })}.${encode(payload)}`;
    return `${content}.${sign('RSA-SHA256', Buffer.from(content), this.pair().privateKey).toString('base64url')}`;
  }

  published(): Reply {
    const { kty, n, e } = this.pair().publicKey.export({ format: 'jwk' });
    return jsonReply(200, { keys: [{ kty, n, e, use: 'sig', alg: 'RS256', kid: 'sandbox' }] });
  }

  private pair(): { privateKey: KeyObject; publicKey: KeyObject } {
    return (this.keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 }));
  }
}
