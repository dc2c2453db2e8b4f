import { type Exchange } from '../../../kernel/http-frame';
import { invalidLogin } from '../netsuite.errors';
import { type AccountUser, type NetSuiteAccount } from '../netsuite.account';
import { type NetSuiteState } from '../netsuite.state';
import { type LoginAttempt, type LoginFailure } from './login-audit';
import { parseTbaHeader, sameSecret, signatureBaseString, tbaSignature, type TbaHeader } from './tba';

export interface Caller {
  readonly account: NetSuiteAccount;
  readonly user: AccountUser;
  readonly type: 'TBA' | 'OAuth 2.0';
}

const TIMESTAMP_WINDOW_MS = 5 * 60_000;
const REQUIRED = [
  'oauth_consumer_key',
  'oauth_token',
  'oauth_signature_method',
  'oauth_timestamp',
  'oauth_nonce',
  'oauth_signature',
];

class LoginRefused extends Error {
  constructor(
    readonly detail: LoginFailure,
    readonly known: Partial<LoginAttempt> = {},
  ) {
    super(detail);
  }
}

/**
 * Finds out who calls, and in which account. On loopback one port serves every account, so the realm or the access
 * token tells; a host name that starts with an account's label must agree with it.
 * @throws Rejection 401 INVALID_LOGIN; the audit trail has the reason
 */
export function authenticate(state: NetSuiteState, exchange: Exchange): Caller {
  const authorization = exchange.headers.authorization ?? '';
  const type = /^OAuth\s/i.test(authorization) ? 'TBA' : /^Bearer\s/i.test(authorization) ? 'OAuth 2.0' : 'None';
  const request = `${exchange.method} ${exchange.path}`;
  try {
    if (type === 'None') throw new LoginRefused('NoCredentials');
    // A session cookie makes the vendor take the call for one of its own browser's and forget the credentials.
    if (/(?:^|;\s*)JSESSIONID=/.test(exchange.headers.cookie ?? '')) throw new LoginRefused('SessionCookiePresent');
    const { caller, application } = type === 'TBA' ? byTba(state, exchange) : byBearer(state, exchange);
    const { account, user } = caller;
    const known = { account: account.id, user: user.username, role: user.roleName, application };
    const addressed = state.accountOfHost(exchange.headers.host);
    if (addressed && addressed !== account) throw new LoginRefused('InvalidAccount', known);
    if (account.settings.disabledRoles.includes(user.roleName)) {
      throw new LoginRefused(type === 'TBA' ? 'permission_denied' : 'EntityOrRoleDisabled', known);
    }
    state.audit.record({ ...known, type, request });
    return caller;
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error;
    state.audit.record({ ...error.known, type, request, detail: error.detail });
    throw invalidLogin();
  }
}

interface Found {
  readonly caller: Caller;
  readonly application: string;
}

function byTba(state: NetSuiteState, exchange: Exchange): Found {
  const header = parseTbaHeader(exchange.headers.authorization ?? '');
  if (!header || REQUIRED.some((name) => !header.parameters.get(name))) {
    throw new LoginRefused('MissingTokenPassportRequiredFields');
  }
  const value = (name: string): string => header.parameters.get(name) ?? '';
  const account = state.accounts.find(({ id }) => id === header.realm);
  if (!account) throw new LoginRefused('InvalidAccount');
  const inAccount = { account: account.id };
  if (!account.settings.tbaEnabled) throw new LoginRefused('FeatureDisabled', inAccount);
  if (value('oauth_signature_method') !== 'HMAC-SHA256') throw new LoginRefused('signature_method_rejected', inAccount);
  if ((header.parameters.get('oauth_version') ?? '1.0') !== '1.0')
    throw new LoginRefused('version_rejected', inAccount);
  const app = state.oauth.apps.get(value('oauth_consumer_key'));
  if (!app?.accounts.includes(account.id) || app.clientSecret === undefined) {
    throw new LoginRefused('consumer_key_unknown', inAccount);
  }
  const known = { ...inAccount, application: app.name };
  if (app.blocked) throw new LoginRefused('consumer_key_refused', known);
  const token = account.tbaTokens.get(value('oauth_token'));
  if (!token || token.clientId !== app.clientId) throw new LoginRefused('token_rejected', known);
  checkSignature(state, exchange, header, [app.clientSecret, token.secret], { ...known, user: token.user.username });
  return { caller: { account, user: token.user, type: 'TBA' }, application: app.name };
}

function checkSignature(
  state: NetSuiteState,
  { method, path, rawQuery, headers }: Exchange,
  { parameters }: TbaHeader,
  [consumerSecret, tokenSecret]: readonly [string, string],
  known: Partial<LoginAttempt>,
): void {
  const value = (name: string): string => parameters.get(name) ?? '';
  const [nonce, timestamp] = [value('oauth_nonce'), value('oauth_timestamp')];
  if (!/^[0-9A-Za-z]{6,64}$/.test(nonce)) throw new LoginRefused('nonce_rejected', known);
  const nowMs = state.clock.now();
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * 1000 - nowMs) > TIMESTAMP_WINDOW_MS) {
    throw new LoginRefused('InvalidTimestamp', known);
  }
  // What counts is the address the client wrote on the envelope, not the one this server would give itself.
  const url = `http://${headers.host ?? ''}${path}${rawQuery === '' ? '' : `?${rawQuery}`}`;
  if (!URL.canParse(url)) throw new LoginRefused('InvalidSignature', known);
  const signed = { method, url, parameters };
  if (!sameSecret(tbaSignature(signed, consumerSecret, tokenSecret), value('oauth_signature'))) {
    throw new LoginRefused('InvalidSignature', { ...known, baseString: signatureBaseString(signed) });
  }
  // Only a valid signature uses its nonce up: nobody else can spend the pairs of a token.
  if (!state.nonces.use(value('oauth_token'), timestamp, nonce, nowMs, TIMESTAMP_WINDOW_MS)) {
    throw new LoginRefused('NonceUsed', known);
  }
}

function byBearer(state: NetSuiteState, { headers }: Exchange): Found {
  const token = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const access = state.oauth.access(token);
  if (!access) throw new LoginRefused('AccessTokenInvalid');
  const { account, user, app, scope } = access;
  const known = { account: account.id, user: user.username, application: app.name };
  if (access.expiresAtMs <= state.clock.now()) throw new LoginRefused('AccessTokenExpired', known);
  if (app.blocked) throw new LoginRefused('InvalidIntegration', known);
  if (!scope.includes('rest_webservices')) throw new LoginRefused('ScopeMismatched', known);
  return { caller: { account, user, type: 'OAuth 2.0' }, application: app.name };
}
