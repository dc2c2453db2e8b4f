import { createHash } from 'node:crypto';
import { jsonReply, type Exchange, type Reply } from '../../../kernel/http-frame';
import { type LoginFailure } from '../auth/login-audit';
import { sameSecret } from '../auth/tba';
import { type NetSuiteAccount } from '../netsuite.account';
import { type NetSuiteState } from '../netsuite.state';
import { ASSERTION_ALGORITHMS, parseAssertion, verifyAssertion } from './jwt';
import { SCOPES, type Grant, type IntegrationApp } from './oauth-store';

export const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const MAX_ASSERTION_SECONDS = 3_600;
const CLOCK_LEEWAY_SECONDS = 300;
const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

type OAuthError = 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unauthorized_client' | 'invalid_scope';

/** The vendor names no reason on the wire; the audit trail has it. */
class TokenRefused extends Error {
  constructor(
    readonly error: OAuthError,
    readonly detail?: LoginFailure,
    readonly account?: NetSuiteAccount,
    readonly app?: IntegrationApp,
  ) {
    super(error);
  }
}

/** `POST /services/rest/auth/oauth2/v1/token` */
export function handleToken(state: NetSuiteState, exchange: Exchange): Reply {
  return answering(state, exchange, (form) => {
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return exchangeCode(state, exchange, form);
      case 'refresh_token':
        return refresh(state, exchange, form);
      case 'client_credentials':
        return clientCredentials(state, exchange, form);
      default:
        throw new TokenRefused('invalid_request');
    }
  });
}

/** `POST /services/rest/auth/oauth2/v1/revoke` */
export function handleRevoke(state: NetSuiteState, exchange: Exchange): Reply {
  return answering(state, exchange, (form) => {
    const app = authenticateClient(state, exchange, form);
    const token = form.get('token');
    if (token === null) throw new TokenRefused('invalid_request', undefined, undefined, app);
    const owner = state.oauth.grantOf(token);
    const owned = typeof owner === 'object' ? owner.app : state.oauth.access(token)?.app;
    // RFC 7009: an unknown token is as good as a revoked one; another application's is not this one's to revoke.
    if (owned && owned !== app) throw new TokenRefused('invalid_grant', undefined, undefined, app);
    state.oauth.revoke(token);
    return { status: 200, headers: NO_STORE };
  });
}

function answering(state: NetSuiteState, exchange: Exchange, work: (form: URLSearchParams) => Reply): Reply {
  const request = `${exchange.method} ${exchange.path}`;
  try {
    if (exchange.method !== 'POST') throw new TokenRefused('invalid_request');
    if (!/^application\/x-www-form-urlencoded\b/i.test(exchange.headers['content-type'] ?? '')) {
      throw new TokenRefused('invalid_request');
    }
    return work(new URLSearchParams(exchange.body.toString('utf8')));
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    const account = error.account ?? state.accountOfHost(exchange.headers.host);
    state.audit.record({
      account: account?.id,
      application: error.app?.name,
      type: 'OAuth 2.0 token',
      request,
      detail: error.detail ?? 'ClientAuthenticationFailed',
    });
    const isClient = error.error === 'invalid_client';
    const realm = (account ?? state.accounts[0])?.id ?? '';
    return jsonReply(
      isClient ? 401 : 400,
      { error: error.error },
      { ...NO_STORE, ...(isClient ? { 'www-authenticate': `Basic realm="${realm}"` } : {}) },
    );
  }
}

/** Confidential clients by Basic, public ones by their id in the form. */
function authenticateClient(state: NetSuiteState, { headers }: Exchange, form: URLSearchParams): IntegrationApp {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const [clientId = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    const app = state.oauth.apps.get(clientId);
    if (app?.clientSecret === undefined || !sameSecret(app.clientSecret, secret.join(':'))) {
      throw new TokenRefused('invalid_client', 'ClientAuthenticationFailed', undefined, app);
    }
    return checkState(app);
  }
  const app = state.oauth.apps.get(form.get('client_id') ?? '');
  if (!app || app.clientSecret !== undefined) {
    throw new TokenRefused('invalid_client', 'ClientAuthenticationFailed', undefined, app);
  }
  return checkState(app);
}

function checkState(app: IntegrationApp): IntegrationApp {
  if (app.blocked) throw new TokenRefused('unauthorized_client', 'InvalidIntegration', undefined, app);
  return app;
}

function checkHost(state: NetSuiteState, { headers }: Exchange, account: NetSuiteAccount, app: IntegrationApp): void {
  const addressed = state.accountOfHost(headers.host);
  if (addressed && addressed !== account) throw new TokenRefused('invalid_grant', 'InvalidAccount', addressed, app);
}

function exchangeCode(state: NetSuiteState, exchange: Exchange, form: URLSearchParams): Reply {
  const app = authenticateClient(state, exchange, form);
  const [given, redirectUri] = [form.get('code'), form.get('redirect_uri')];
  if (given === null || redirectUri === null) throw new TokenRefused('invalid_request', undefined, undefined, app);
  const taken = state.oauth.takeCode(given);
  if (!taken || taken.code.app !== app) {
    throw new TokenRefused('invalid_grant', 'AuthorizationCodeInvalid', undefined, app);
  }
  const { code, expired } = taken;
  checkHost(state, exchange, code.account, app);
  if (expired) throw new TokenRefused('invalid_grant', 'AuthorizationCodeExpired', code.account, app);
  if (redirectUri !== code.redirectUri)
    throw new TokenRefused('invalid_grant', 'RedirectUriMismatch', code.account, app);
  if (!verifierFits(code.codeChallenge, form.get('code_verifier'))) {
    throw new TokenRefused('invalid_grant', 'CodeVerifierMismatch', code.account, app);
  }
  const grant = state.oauth.addGrant(code);
  return issue(state, exchange, grant, grant, grant.refreshToken);
}

/** A challenge demands its verifier; a verifier without a challenge is refused too: somebody stripped the challenge. */
function verifierFits(challenge: string | undefined, verifier: string | null): boolean {
  if (challenge === undefined) return verifier === null;
  if (verifier === null || !/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) return false;
  return sameSecret(createHash('sha256').update(verifier).digest('base64url'), challenge);
}

function refresh(state: NetSuiteState, exchange: Exchange, form: URLSearchParams): Reply {
  const app = authenticateClient(state, exchange, form);
  const given = form.get('refresh_token');
  if (given === null) throw new TokenRefused('invalid_request', undefined, undefined, app);
  const grant = state.oauth.grantOf(given);
  if (grant === 'used') throw new TokenRefused('invalid_grant', 'RefreshTokenUsed', undefined, app);
  if (!grant || grant.app !== app) throw new TokenRefused('invalid_grant', 'RefreshTokenExpired', undefined, app);
  checkHost(state, exchange, grant.account, app);
  if (grant.refreshExpiresAtMs <= state.clock.now()) {
    throw new TokenRefused('invalid_grant', 'RefreshTokenExpired', grant.account, app);
  }
  if (grant.account.settings.disabledRoles.includes(grant.user.roleName)) {
    throw new TokenRefused('invalid_grant', 'EntityOrRoleDisabled', grant.account, app);
  }
  // A public client's token is good for one use; a confidential client's stays, and keeps its end date.
  const isPublic = app.clientSecret === undefined;
  if (isPublic) state.oauth.rotate(grant);
  return issue(state, exchange, grant, grant, isPublic ? grant.refreshToken : undefined);
}

function clientCredentials(state: NetSuiteState, exchange: Exchange, form: URLSearchParams): Reply {
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) throw new TokenRefused('invalid_request');
  const assertion = parseAssertion(form.get('client_assertion') ?? '');
  if (!assertion || !ASSERTION_ALGORITHMS.includes(assertion.header.alg)) {
    throw new TokenRefused('invalid_request', 'ClientAssertionMalformed');
  }
  const { header, claims } = assertion;
  const mapping = state.oauth.certificates.get(header.kid);
  const app = state.oauth.apps.get(claims.iss);
  if (!mapping || !app || mapping.clientId !== app.clientId) {
    throw new TokenRefused('invalid_client', 'CertificateUnknown', mapping?.account, app);
  }
  const { account, user } = mapping;
  const refuse = (detail: LoginFailure, error: OAuthError = 'invalid_client'): never => {
    throw new TokenRefused(error, detail, account, app);
  };
  checkState(app);
  checkHost(state, exchange, account, app);
  if (!verifyAssertion(assertion, mapping.publicKey)) refuse('InvalidSignature');
  if (mapping.revoked) refuse('CertificateRevoked');
  if (mapping.validUntilMs <= state.clock.now()) refuse('CertificateExpired');
  const now = Math.floor(state.clock.now() / 1000);
  if (claims.exp <= now || claims.exp <= claims.iat || claims.exp - claims.iat > MAX_ASSERTION_SECONDS) {
    refuse('AssertionExpired');
  }
  if (claims.iat > now + CLOCK_LEEWAY_SECONDS) refuse('AssertionExpired');
  if (!claims.aud.includes(`http://${exchange.headers.host ?? ''}${TOKEN_PATH}`)) refuse('AudienceMismatch');
  if (account.settings.disabledRoles.includes(user.roleName)) refuse('EntityOrRoleDisabled');
  const known: readonly string[] = SCOPES;
  if (claims.scope.length === 0 || claims.scope.some((name) => !known.includes(name))) {
    refuse('ScopeMismatched', 'invalid_request');
  }
  return issue(state, exchange, { app, account, user, scope: claims.scope }, undefined, undefined);
}

function issue(
  state: NetSuiteState,
  { method, path }: Exchange,
  { app, account, user, scope }: Pick<Grant, 'app' | 'account' | 'user' | 'scope'>,
  grant: Grant | undefined,
  refreshToken: string | undefined,
): Reply {
  state.audit.record({
    account: account.id,
    user: user.username,
    role: user.roleName,
    application: app.name,
    type: 'OAuth 2.0 token',
    request: `${method} ${path}`,
  });
  const body = {
    access_token: state.oauth.openAccess({ app, account, user, scope, grant }),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    // A string, as the vendor writes it.
    expires_in: '3600',
    token_type: 'bearer',
  };
  return jsonReply(200, body, NO_STORE);
}
