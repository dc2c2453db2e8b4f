import { createHash, randomBytes } from 'node:crypto';
import { appendAudit, type AuditActor } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, newUuid, ok, toPublicId, type Problem, type Result } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { type CredentialVault } from '../vault/credential-vault';
import { insertSignIn, takeSignIn, type SignInInitiator, type TakenRow } from './sign-ins.repository';

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

export type SignInRefusal = 'gone' | 'used' | 'expired' | 'initiator_gone' | 'unreadable';

/**
 * Sign-ins under way at vendors (RFC 9700): a random state of 256 bits, used once, within ten minutes, bound to tenant,
 * connection, connector, environment and the key or person that asked; and the PKCE verifier that only the hub knows.
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
    const { actor, ...rest } = request;
    const expiresAt = await tenants.run(tenantId, async (tx) => {
      const signIn = { id: newUuid(), stateHash: sha256(state), verifier: verifier.value, ...rest };
      const expiresAt = await insertSignIn(tx, signIn);
      const target = { type: 'connection', id: toPublicId('connection', request.connectionId) };
      const details = { connector: request.connectorId, environment: request.environment };
      await appendAudit(tx, { action: 'connection.sign_in_begun', actor, target, details });
      return expiresAt;
    });
    return ok({ state, codeChallenge: sha256(codeVerifier).toString('base64url'), expiresAt });
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

  /** Uses it up, whether it still holds or not. */
  async take(place: SignInPlace): Promise<Result<TakenSignIn, SignInRefusal>> {
    const { tenants, vault } = this.options;
    const row = await tenants.run(place.tenantId, (tx) => takeSignIn(tx, place.id));
    if (row === null) return err('gone');
    if (row.was_used) return err('used');
    if (row.is_expired) return err('expired');
    if (!row.initiator_stands) return err('initiator_gone');
    const sealed = { sealed: row.verifier_sealed, keyId: row.verifier_key_id };
    const opened = await vault.open(place.tenantId, place.connectionId, sealed, 'oauth_verifier');
    const codeVerifier = opened.ok ? opened.value['code_verifier'] : undefined;
    if (typeof codeVerifier !== 'string') return err('unreadable');
    return ok({
      environment: row.environment,
      redirectUri: row.redirect_uri,
      returnUrl: row.return_url,
      codeVerifier,
      initiator: initiatorOf(row),
      email: row.email,
    });
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

function random(): string {
  return randomBytes(STATE_BYTES).toString('base64url');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
