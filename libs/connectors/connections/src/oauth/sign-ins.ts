import { createHash, randomBytes } from 'node:crypto';
import { appendAudit, type AuditActor } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, newUuid, ok, toPublicId, type Problem, type Result } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { type CredentialVault } from '../vault/credential-vault';
import {
  bindSignIn,
  findSignIn,
  insertSignIn,
  takeSignIn,
  type SignInInitiator,
  type TakenRow,
} from './sign-ins.repository';

export type { SignInInitiator };

const STATE_BYTES = 32;
const STATE = /^[A-Za-z0-9_-]{43}$/;

export interface SignInsOptions {
  /** Logged in as the app role: a state is looked up before its tenant is known. */
  readonly database: Database;
  readonly tenants: TenantDb;
  readonly vault: CredentialVault;
}

export interface SignInRequest {
  readonly connectionId: string;
  readonly connectorId: string;
  readonly environment: string;
  readonly redirectUri: string;
  /** Of the hub's own origin; null for the hub's own page. */
  readonly returnUrl: string | null;
  readonly initiator: SignInInitiator;
  /** What the cookie of the browser that asks says; null when a program asks, for somebody whose browser nobody knows yet. */
  readonly browser: string | null;
  readonly actor: AuditActor;
}

export interface BegunSignIn {
  readonly state: string;
  /** S256 (RFC 7636). */
  readonly codeChallenge: string;
  readonly expiresAt: Date;
}

/** Where a state belongs. Says nothing about whether it may still be used. */
export interface SignInPlace {
  readonly tenantId: string;
  readonly id: string;
  readonly connectionId: string;
  readonly connectorId: string;
}

export interface TakenSignIn {
  readonly environment: string;
  readonly redirectUri: string;
  readonly returnUrl: string | null;
  readonly codeVerifier: string;
  readonly initiator: SignInInitiator;
  /** Of a person. */
  readonly email: string | null;
}

/** A sign-in that somebody is asked about before they set out to the vendor. */
export interface PendingSignIn {
  readonly environment: string;
  readonly redirectUri: string;
  /** S256 (RFC 7636). */
  readonly codeChallenge: string;
  readonly tenantName: string;
  readonly connectionName: string;
}

export type SignInRefusal = 'gone' | 'used' | 'expired' | 'initiator_gone' | 'other_browser' | 'unreadable';

/**
 * Sign-ins under way at vendors (RFC 9700): a random state of 256 bits, used once, within ten minutes, bound to tenant,
 * connection, connector, environment, the key or person that asked and the browser that set out; and the PKCE verifier that
 * only the hub knows. Who has a state or a code from elsewhere has not the browser's cookie.
 */
export class SignIns {
  constructor(private readonly options: SignInsOptions) {}

  async begin(tenantId: string, request: SignInRequest): Promise<Result<BegunSignIn, Problem>> {
    const { tenants, vault } = this.options;
    const [state, codeVerifier] = [random(), random()];
    const verifier = await vault.seal(
      tenantId,
      request.connectionId,
      { code_verifier: codeVerifier },
      'oauth_verifier',
    );
    if (!verifier.ok) return verifier;
    const { actor, browser, ...rest } = request;
    const browserHash = browser === null ? null : sha256(browser);
    const expiresAt = await tenants.run(tenantId, async (tx) => {
      const signIn = { id: newUuid(), stateHash: sha256(state), verifier: verifier.value, browserHash, ...rest };
      const expiresAt = await insertSignIn(tx, signIn);
      const target = { type: 'connection', id: toPublicId('connection', request.connectionId) };
      const details = { connector: request.connectorId, environment: request.environment };
      await appendAudit(tx, { action: 'connection.sign_in_begun', actor, target, details });
      return expiresAt;
    });
    return ok({ state, codeChallenge: challengeOf(codeVerifier), expiresAt });
  }

  /** Null for whatever the hub has not given out. */
  async find(state: string): Promise<SignInPlace | null> {
    if (!STATE.test(state)) return null;
    const [row] = await this.options.database.query<PlaceRow>(
      `select tenant_id, id, connection_id, connector_id from find_oauth_authorization($1)`,
      [sha256(state)],
    );
    if (row === undefined) return null;
    const { tenant_id: tenantId, id, connection_id: connectionId, connector_id: connectorId } = row;
    return { tenantId, id, connectionId, connectorId };
  }

  /** Uses nothing up. */
  async look(place: SignInPlace): Promise<Result<PendingSignIn, SignInRefusal>> {
    const row = await this.options.tenants.run(place.tenantId, (tx) => findSignIn(tx, place.id));
    const opened = await this.open(place, row);
    if (!opened.ok) return opened;
    const { row: found, codeVerifier } = opened.value;
    return ok({
      environment: found.environment,
      redirectUri: found.redirect_uri,
      codeChallenge: challengeOf(codeVerifier),
      tenantName: found.tenant_name,
      connectionName: found.connection_name,
    });
  }

  /** From now on it is this browser that has to come back. */
  bind(place: SignInPlace, browser: string): Promise<void> {
    return this.options.tenants.run(place.tenantId, (tx) => bindSignIn(tx, place.id, sha256(browser)));
  }

  /** Uses it up, whether it still holds or not, and whichever browser has come. */
  async take(place: SignInPlace, browser: string | null): Promise<Result<TakenSignIn, SignInRefusal>> {
    const row = await this.options.tenants.run(place.tenantId, (tx) => takeSignIn(tx, place.id));
    const opened = await this.open(place, row);
    if (!opened.ok) return opened;
    const { row: taken, codeVerifier } = opened.value;
    if (browser === null || taken.browser_hash?.equals(sha256(browser)) !== true) return err('other_browser');
    return ok({
      environment: taken.environment,
      redirectUri: taken.redirect_uri,
      returnUrl: taken.return_url,
      codeVerifier,
      initiator: initiatorOf(taken),
      email: taken.email,
    });
  }

  private async open(
    place: SignInPlace,
    row: TakenRow | null,
  ): Promise<Result<{ row: TakenRow; codeVerifier: string }, SignInRefusal>> {
    if (row === null) return err('gone');
    if (row.was_used) return err('used');
    if (row.is_expired) return err('expired');
    if (!row.initiator_stands) return err('initiator_gone');
    const sealed = { sealed: row.verifier_sealed, keyId: row.verifier_key_id };
    const opened = await this.options.vault.open(place.tenantId, place.connectionId, sealed, 'oauth_verifier');
    const codeVerifier = opened.ok ? opened.value['code_verifier'] : undefined;
    return typeof codeVerifier === 'string' ? ok({ row, codeVerifier }) : err('unreadable');
  }
}

interface PlaceRow {
  [column: string]: unknown;
  tenant_id: string;
  id: string;
  connection_id: string;
  connector_id: string;
}

function initiatorOf({ api_key_id: keyId, user_id: userId, user_is_operator: isOperator }: TakenRow): SignInInitiator {
  if (keyId !== null) return { type: 'api_key', id: keyId };
  if (userId === null) throw new Error('a sign-in that nobody began');
  return { type: isOperator ? 'operator' : 'user', id: userId };
}

function challengeOf(codeVerifier: string): string {
  return sha256(codeVerifier).toString('base64url');
}

function random(): string {
  return randomBytes(STATE_BYTES).toString('base64url');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
