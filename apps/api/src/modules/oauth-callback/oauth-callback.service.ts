import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, systemActor, type AuditActor, type AuditEntry } from '@hub/audit';
import {
  checkSettings,
  connectorContext,
  CredentialVault,
  credentialTimes,
  expireSchemas,
  findAccountHolder,
  SignIns,
  storeSignIn,
  type ConnectionRow,
  type SignInPlace,
  type TakenSignIn,
} from '@hub/connections';
import { type Connector, type ConnectorRegistry, type OAuthGrant } from '@hub/connector-sdk';
import { err, ok, toPublicId, type Logger, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { FailedRequestLimit } from '../../http/failed-request-limit';
import { CONNECTOR_REGISTRY, LOGGER } from '../../tokens';
import { ConnectionCaller, type ReadyConnection } from '../connections/connection-caller.service';
import { ConnectionWaker } from '../connections/connection-waker.service';
import {
  accountTaken,
  connected,
  deniedByVendor,
  exchangeFailed,
  INTERNAL,
  MALFORMED,
  MIXED_UP,
  NO_SUCH_CONNECTOR,
  otherAccount,
  refused,
  SETTINGS_CHANGED,
  TOO_MANY,
  UNKNOWN_STATE,
  UNUSABLE_GRANT,
  type CallbackOutcome,
} from './callback-outcome';
import { readParameters } from './callback-parameters';

/** A person waits in front of a browser. */
const LONGEST_EXCHANGE_MS = 20_000;

export interface Callback {
  readonly connectorId: string;
  /** With its query, as it arrived. */
  readonly url: string;
  readonly address: string;
  readonly userAgent: string | null;
  /** What its cookie says. */
  readonly browser: string | null;
  readonly requestId: string;
}

export interface CallbackAnswer {
  readonly outcome: CallbackOutcome;
  /** A page of the hub's own to return to, with what happened in its query; null for the hub's plain page. */
  readonly returnUrl: string | null;
}

/** A sign-in that has been proved ours and used up. */
interface Begun {
  readonly place: SignInPlace;
  readonly taken: TakenSignIn;
  readonly connector: Connector;
  readonly actor: AuditActor;
}

/** The end of a sign-in (RFC 6749, 4.1.2; RFC 9700): from the vendor's answer to stored credentials. */
@Injectable()
export class OAuthCallbackService {
  constructor(
    @Inject(SignIns) private readonly signIns: SignIns,
    @Inject(ConnectionCaller) private readonly caller: ConnectionCaller,
    @Inject(ConnectionWaker) private readonly waker: ConnectionWaker,
    @Inject(CredentialVault) private readonly vault: CredentialVault,
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(FailedRequestLimit) private readonly failedRequests: FailedRequestLimit,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Never rejects: whoever comes here is a person, and gets a page. */
  async finish(callback: Callback): Promise<CallbackAnswer> {
    try {
      return await this.handle(callback);
    } catch (error) {
      this.logger.error('a sign-in failed', { request_id: callback.requestId, connector: callback.connectorId, error });
      return { outcome: INTERNAL, returnUrl: null };
    }
  }

  private async handle(callback: Callback): Promise<CallbackAnswer> {
    const connector = this.connectors.get(callback.connectorId);
    if (connector?.oauth === undefined) return page(NO_SUCH_CONNECTOR);
    const parameters = readParameters(callback.url);
    if (parameters === null) return page(MALFORMED);
    if (this.failedRequests.isUsedUp(callback.address)) return page(TOO_MANY);
    const place = await this.signIns.find(parameters['state'] ?? '');
    if (place === null) return page(this.failedRequests.mayFail(callback.address) ? UNKNOWN_STATE : TOO_MANY);
    const taken = await this.signIns.take(place, callback.browser);
    // Only after it was used up: an answer at the wrong address ends the sign-in wherever it came from.
    const actor = actorOf(callback, taken.ok ? taken.value : null);
    if (place.connectorId !== callback.connectorId) return page(await this.told(callback, place, actor, MIXED_UP));
    if (!taken.ok) return page(await this.told(callback, place, actor, refused(taken.error)));
    const outcome = await this.complete({ place, taken: taken.value, connector, actor }, parameters);
    await this.told(callback, place, actor, outcome);
    return { outcome, returnUrl: returnUrlOf(taken.value.returnUrl, place, outcome) };
  }

  private async complete(begun: Begun, parameters: Readonly<Record<string, string>>): Promise<CallbackOutcome> {
    const vendor = begun.connector.manifest.name;
    const { state: _state, ...answer } = parameters;
    if (answer['error'] !== undefined) return deniedByVendor(answer['error'], vendor);
    if ((answer['code'] ?? '') === '') return MALFORMED;
    const ready = await this.caller.ready(begun.place.tenantId, begun.place.connectionId);
    if (!ready.ok) return ready.error.kind === 'not_found' ? refused('gone') : INTERNAL;
    const taken = await this.accountTaken(begun, answer);
    if (taken !== null) return taken;
    const granted = await this.exchange(begun, ready.value, answer);
    if (!granted.ok) return granted.error;
    const stored = await this.store(begun, ready.value, granted.value);
    if (!stored.ok) return stored.error;
    await this.waker.goOn(begun.place.tenantId, stored.value);
    return connected(stored.value.name, granted.value.account.name, stored.value.status);
  }

  /** Before the code is used: at such a vendor, that alone ends the grant of the connection that has the account. */
  private async accountTaken(
    { place: { tenantId, connectionId }, connector: { manifest, oauth } }: Begun,
    parameters: Readonly<Record<string, string>>,
  ): Promise<CallbackOutcome | null> {
    const account = oauth?.accountIn?.(parameters) ?? null;
    if (manifest.oneGrantPerAccount !== true || account === null) return null;
    const holder = await this.tenants.run(tenantId, (tx) => findAccountHolder(tx, manifest.id, account, connectionId));
    return holder === null ? null : accountTaken(holder, manifest.name);
  }

  /** Once: a code is good for one call, and a second one may revoke what the first has brought. */
  private async exchange(
    { place, taken, connector }: Begun,
    { opened }: ReadyConnection,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Result<OAuthGrant, CallbackOutcome>> {
    const { oauth } = connector;
    const app = this.caller.parts.oauthApps.find(connector.manifest.id, taken.environment);
    if (oauth === undefined || app === null) return err(NO_SUCH_CONNECTOR);
    if (oauth.environmentOf(opened.config) !== taken.environment) return err(SETTINGS_CHANGED);
    const context = connectorContext(this.caller.parts, {
      tenantId: place.tenantId,
      connector,
      connection: { connectionId: opened.connectionId, config: opened.config, credentials: {} },
      signal: AbortSignal.timeout(LONGEST_EXCHANGE_MS),
      oauthApp: app,
    });
    const { redirectUri, codeVerifier } = taken;
    const granted = await oauth.exchangeCode(context, { parameters, redirectUri, codeVerifier });
    if (granted.ok) return granted;
    const { category, code } = granted.error;
    this.logger.warn('a vendor refused the code of a sign-in', { ...fieldsOf(place), category, code });
    return err(exchangeFailed(granted.error, connector.manifest.name));
  }

  /**
   * Sealed and stored before anything is done with it. What belongs to another account is dropped and not revoked: at some
   * vendors that would end the account's grant for every connection that rightly uses it.
   */
  private async store(
    { place, taken, connector, actor }: Begun,
    { opened }: ReadyConnection,
    { credentials, account }: OAuthGrant,
  ): Promise<Result<ConnectionRow, CallbackOutcome>> {
    const { tenantId, connectionId } = place;
    const app = this.caller.parts.oauthApps.find(connector.manifest.id, taken.environment);
    const checked = checkSettings(connector, opened.config, credentials, app);
    if (!checked.ok) {
      this.logger.error('a sign-in brought credentials that its connector refuses', fieldsOf(place));
      return err(UNUSABLE_GRANT);
    }
    const sealed = await this.vault.seal(tenantId, connectionId, credentials);
    if (!sealed.ok) return err(INTERNAL);
    const times = credentialTimes(connector, credentials);
    const stored = await this.tenants.run(tenantId, async (tx) => {
      const row = await storeSignIn(
        tx,
        connectionId,
        {
          credentials: sealed.value,
          times,
          account,
          oneGrantPerAccount: connector.manifest.oneGrantPerAccount === true,
        },
        (config) => connector.oauth?.environmentOf(config) === taken.environment,
      );
      if (!row.ok) return row;
      await expireSchemas(tx, connectionId);
      await appendAudit(tx, signedIn(place, actor, { name: row.value.name, account: account.name }));
      return row;
    });
    if (stored.ok) return ok(stored.value);
    if (stored.error.code === 'other_account') {
      return err(otherAccount(String(stored.error.extra?.['account'] ?? 'another account'), account.name));
    }
    if (stored.error.code === 'account_taken') {
      return err(accountTaken(String(stored.error.extra?.['connection'] ?? ''), connector.manifest.name));
    }
    return err(stored.error.kind === 'not_found' ? refused('gone') : SETTINGS_CHANGED);
  }

  /** A sign-in that comes to nothing is recorded here, one that succeeds together with what it stores. */
  private async told(
    callback: Callback,
    place: SignInPlace,
    actor: AuditActor,
    outcome: CallbackOutcome,
  ): Promise<CallbackOutcome> {
    this.logger.info('a sign-in came back', {
      ...fieldsOf(place),
      request_id: callback.requestId,
      outcome: outcome.code,
    });
    if (!outcome.isGood) {
      const entry = { ...signedIn(place, actor, { code: outcome.code }), outcome: 'refused' as const };
      await this.tenants.run(place.tenantId, (tx) => appendAudit(tx, entry));
    }
    return outcome;
  }
}

/** Who follows a link is known by who asked for it; of themselves there is only where they came from. */
function actorOf({ address: ip, userAgent, requestId }: Callback, taken: TakenSignIn | null): AuditActor {
  const from = { label: taken?.email ?? null, ip, userAgent, requestId };
  if (taken === null) return { ...systemActor('oauth-callback'), ...from };
  const { type, id } = taken.initiator;
  return { type, id: toPublicId(type === 'api_key' ? 'apiKey' : 'user', id), ...from };
}

function signedIn(
  { connectionId, connectorId }: SignInPlace,
  actor: AuditActor,
  { name = null, ...details }: { readonly name?: string | null; readonly [detail: string]: unknown },
): AuditEntry {
  const target = { type: 'connection', id: toPublicId('connection', connectionId), name };
  return { action: 'connection.signed_in', actor, target, details: { connector: connectorId, ...details } };
}

function page(outcome: CallbackOutcome): CallbackAnswer {
  return { outcome, returnUrl: null };
}

function fieldsOf(place: SignInPlace): { tenant_id: string; connection_id: string; connector: string } {
  return { tenant_id: place.tenantId, connection_id: place.connectionId, connector: place.connectorId };
}

function returnUrlOf(returnUrl: string | null, place: SignInPlace, outcome: CallbackOutcome): string | null {
  if (returnUrl === null) return null;
  const url = new URL(returnUrl);
  url.searchParams.set('sign_in', outcome.isGood ? 'connected' : 'failed');
  url.searchParams.set('code', outcome.code);
  url.searchParams.set('connection_id', toPublicId('connection', place.connectionId));
  return url.href;
}
