import { randomBytes, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import {
  ADMIN_PREFIX,
  ControlError,
  parseControl,
  queryInteger,
  type AdminRouter,
  type ControlParts,
} from '../../../kernel/control-plane';
import { jsonReply, type Exchange } from '../../../kernel/http-frame';
import { type AccountUser, type NetSuiteAccount } from '../netsuite.account';
import { sandboxNetSuitePublicClientId } from '../netsuite.accounts';
import { type NetSuiteState } from '../netsuite.state';
import { changeSettings, SETTINGS, showSettings } from './settings.control';

const ACCOUNT = z.strictObject({ account: z.string().optional() });
const RESET = z.strictObject({ records: z.boolean().optional() });
const REVOKE = z.strictObject({ account: z.string().optional(), token: z.string().optional() });
const APP = z.strictObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1).optional(),
  name: z.string().optional(),
  callback_urls: z.array(z.url()).default([]),
  accounts: z.array(z.string()).optional(),
  blocked: z.boolean().default(false),
});
const TBA_TOKEN = z.strictObject({
  account: z.string().optional(),
  client_id: z.string().optional(),
  user: z.string().optional(),
});
const CERTIFICATE = z.strictObject({
  account: z.string().optional(),
  client_id: z.string().optional(),
  user: z.string().optional(),
  certificate: z.string().includes('-----BEGIN CERTIFICATE-----'),
});

const SECRET = { 'cache-control': 'no-store' };
const DAY_MS = 86_400_000;
/** Two years, and the day that tools add when they count in days. */
const MAX_CERTIFICATE_MS = 2 * 366 * DAY_MS;

/** The switches of this vendor, on top of clock, faults and journal. */
export function addNetSuiteControls(router: AdminRouter, state: NetSuiteState, parts: ControlParts): AdminRouter {
  return addTokenControls(router, state)
    .on('POST', `${ADMIN_PREFIX}/reset`, (exchange) => {
      const { records } = parseControl(RESET, exchange);
      parts.clock.reset();
      parts.faults.clear();
      parts.journal.clear();
      state.reset(records);
      return { status: 204 };
    })
    .on('GET', `${ADMIN_PREFIX}/accounts`, () =>
      jsonReply(
        200,
        { accounts: state.credentials(), public_client_id: sandboxNetSuitePublicClientId(state.options.seed) },
        SECRET,
      ),
    )
    .on('GET', `${ADMIN_PREFIX}/settings`, () => jsonReply(200, showSettings(state)))
    .on('POST', `${ADMIN_PREFIX}/settings`, (exchange) => {
      const { account, auto_approve, ...wanted } = parseControl(SETTINGS, exchange);
      for (const one of account === undefined ? state.accounts : [findAccount(state, account)]) {
        changeSettings(one, wanted);
      }
      if (auto_approve !== undefined) state.pages.autoApprove = auto_approve;
      return jsonReply(200, showSettings(state));
    })
    .on('GET', `${ADMIN_PREFIX}/concurrency`, () =>
      jsonReply(200, { accounts: state.accounts.map(({ id, limiter }) => ({ account: id, ...limiter.describe() })) }),
    )
    .on('DELETE', `${ADMIN_PREFIX}/concurrency`, () => {
      for (const { limiter } of state.accounts) limiter.resetCounters();
      return { status: 204 };
    })
    .on('GET', `${ADMIN_PREFIX}/audit`, ({ query }) => {
      const wanted = ['account', 'user', 'type', 'status', 'detail'].flatMap((name) => {
        const value = query.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      const fits = (entry: object): boolean =>
        wanted.every(([name, value]) => (entry as Record<string, unknown>)[name] === value);
      return jsonReply(200, state.audit.list(fits, queryInteger(query, 'limit', 100, 2_000)));
    })
    .on('DELETE', `${ADMIN_PREFIX}/audit`, () => {
      state.audit.clear();
      return { status: 204 };
    });
}

function addTokenControls(router: AdminRouter, state: NetSuiteState): AdminRouter {
  return router
    .on('POST', `${ADMIN_PREFIX}/apps`, (exchange) => {
      const app = parseControl(APP, exchange);
      state.registerApp({
        clientId: app.client_id,
        clientSecret: app.client_secret,
        name: app.name,
        callbackUrls: app.callback_urls,
        accounts: app.accounts?.map((name) => findAccount(state, name).id),
      });
      const registered = state.oauth.apps.get(app.client_id);
      if (registered) registered.blocked = app.blocked;
      return { status: 204 };
    })
    .on('POST', `${ADMIN_PREFIX}/tokens/expire`, (exchange) => {
      const { account } = parseControl(ACCOUNT, exchange);
      return jsonReply(200, { expired: state.oauth.expireAccess(maybeAccount(state, account)) });
    })
    .on('POST', `${ADMIN_PREFIX}/tokens/revoke`, (exchange) => {
      const { account, token } = parseControl(REVOKE, exchange);
      return jsonReply(200, { revoked: revoke(state, maybeAccount(state, account), token) });
    })
    .on('POST', `${ADMIN_PREFIX}/tokens/tba`, (exchange) => {
      const { account: name, client_id, user } = parseControl(TBA_TOKEN, exchange);
      const account = findAccount(state, name);
      const [tokenId, secret] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
      const clientId = client_id ?? account.credentials.clientId;
      account.tbaTokens.set(tokenId, { clientId, secret, user: findUser(account, user) });
      return jsonReply(201, { token_id: tokenId, token_secret: secret }, SECRET);
    })
    .on('POST', `${ADMIN_PREFIX}/certificates`, (exchange) =>
      jsonReply(201, { certificate_id: uploadCertificate(state, exchange) }),
    )
    .on('DELETE', `${ADMIN_PREFIX}/certificates/:id`, (_exchange, { id = '' }) => {
      const mapping = state.oauth.certificates.get(id);
      if (!mapping) throw new ControlError(404, 'no such certificate');
      mapping.revoked = true;
      return { status: 204 };
    });
}

/** Without a token everything of the account ends: consents, certificates and tokens of both kinds. */
function revoke(state: NetSuiteState, account: NetSuiteAccount | undefined, token: string | undefined): number {
  const accounts = account ? [account] : state.accounts;
  if (token !== undefined) {
    const wasTba = accounts.some(({ tbaTokens }) => tbaTokens.delete(token));
    return wasTba || state.oauth.revoke(token) ? 1 : 0;
  }
  let revoked = state.oauth.revokeAll(account);
  for (const { tbaTokens } of accounts) {
    revoked += tbaTokens.size;
    tbaTokens.clear();
  }
  return revoked;
}

/** What the page "OAuth 2.0 Client Credentials Setup" does, with its limits on keys and on time. */
function uploadCertificate(state: NetSuiteState, exchange: Exchange): string {
  const { account: name, client_id, user, certificate: pem } = parseControl(CERTIFICATE, exchange);
  const account = findAccount(state, name);
  const clientId = client_id ?? account.credentials.clientId;
  if (!state.oauth.apps.get(clientId)?.accounts.includes(account.id))
    throw new ControlError(400, 'no such application');
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new ControlError(400, 'the certificate cannot be read');
  }
  const { publicKey } = certificate;
  const { modulusLength = 0, namedCurve = '' } = publicKey.asymmetricKeyDetails ?? {};
  const fits =
    publicKey.asymmetricKeyType === 'rsa'
      ? [3_072, 4_096].includes(modulusLength)
      : ['prime256v1', 'secp384r1', 'secp521r1'].includes(namedCurve);
  if (!fits) throw new ControlError(400, 'the key must be RSA of 3072 or 4096 bits, or EC of 256, 384 or 521');
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (to - from > MAX_CERTIFICATE_MS) throw new ControlError(400, 'a certificate may be valid for two years at most');
  const id = randomBytes(32).toString('base64url');
  const mapping = { id, account, clientId, user: findUser(account, user), publicKey, validUntilMs: to, revoked: false };
  state.oauth.certificates.set(id, mapping);
  return id;
}

function maybeAccount(state: NetSuiteState, name: string | undefined): NetSuiteAccount | undefined {
  return name === undefined ? undefined : findAccount(state, name);
}

/** By account id, host label or user name; the first account when nothing is said. */
export function findAccount(state: NetSuiteState, name: string | undefined): NetSuiteAccount {
  const account =
    name === undefined
      ? state.accounts[0]
      : state.accounts.find(
          ({ id, credentials }) => id === name || credentials.hostLabel === name || credentials.username === name,
        );
  if (!account) throw new ControlError(404, 'no such account');
  return account;
}

function findUser(account: NetSuiteAccount, username: string | undefined): AccountUser {
  const user =
    username === undefined ? account.integrationUser : account.users.find((found) => found.username === username);
  if (!user) throw new ControlError(404, 'no such user');
  return user;
}
