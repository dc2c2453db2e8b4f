import { type TenantTx } from '@hub/tenancy';
import { type SealedCredentials } from '../store/connection.types';

const SIGN_IN_LASTS = '10 minutes';
/** Old ones are kept for a while, so that a page that is loaded again can say what happened. */
const KEPT_FOR = '1 day';

/** Who asked for a sign-in: a program by its key, or a person. If they may no longer work here, the sign-in ends with that. */
export type SignInInitiator =
  { readonly type: 'api_key'; readonly id: string } | { readonly type: 'user' | 'operator'; readonly id: string };

export interface NewSignIn {
  readonly id: string;
  readonly connectionId: string;
  readonly connectorId: string;
  readonly environment: string;
  readonly stateHash: Buffer;
  readonly verifier: SealedCredentials;
  readonly redirectUri: string;
  readonly returnUrl: string | null;
  readonly initiator: SignInInitiator;
  /** Of the browser that is sent there now; null where that is still to be found out. */
  readonly browserHash: Buffer | null;
}

export async function insertSignIn(tx: TenantTx, signIn: NewSignIn): Promise<Date> {
  await tx.query(
    `delete from oauth_authorizations where tenant_id = $1 and expires_at < now() - interval '${KEPT_FOR}'`,
    [tx.tenantId],
  );
  const [row] = await tx.query<{ expires_at: Date }>(
    `insert into oauth_authorizations (tenant_id, id, connection_id, connector_id, environment, state_hash, verifier_sealed,
       verifier_key_id, redirect_uri, return_url, api_key_id, user_id, user_is_operator, browser_hash, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now() + interval '${SIGN_IN_LASTS}') returning expires_at`,
    [
      tx.tenantId,
      signIn.id,
      signIn.connectionId,
      signIn.connectorId,
      signIn.environment,
      signIn.stateHash,
      signIn.verifier.sealed,
      signIn.verifier.keyId,
      signIn.redirectUri,
      signIn.returnUrl,
      signIn.initiator.type === 'api_key' ? signIn.initiator.id : null,
      signIn.initiator.type === 'api_key' ? null : signIn.initiator.id,
      signIn.initiator.type === 'operator',
      signIn.browserHash,
    ],
  );
  if (row === undefined) throw new Error('a sign-in was not stored');
  return row.expires_at;
}

export interface TakenRow {
  environment: string;
  verifier_sealed: string;
  verifier_key_id: string;
  redirect_uri: string;
  return_url: string | null;
  api_key_id: string | null;
  user_id: string | null;
  user_is_operator: boolean;
  /** Of a person who is still at work here. */
  email: string | null;
  tenant_name: string;
  connection_name: string;
  /** Null as long as no browser has set out. */
  browser_hash: Buffer | null;
  /** As it was before it was taken. */
  was_used: boolean;
  is_expired: boolean;
  /** Whoever began it is still let in: key or membership, and tenant, are in force. */
  initiator_stands: boolean;
}

const BEFORE = `select * from oauth_authorizations where tenant_id = $1 and id = $2`;
/** What is known of `before`, and whether whoever began it is still let in. */
const KNOWN = `select b.environment, b.verifier_sealed, b.verifier_key_id, b.redirect_uri, b.return_url, b.api_key_id,
    b.user_id, b.user_is_operator, b.browser_hash, p.email, t.name as tenant_name, c.name as connection_name,
    b.used_at is not null as was_used, b.expires_at <= now() as is_expired,
    t.status = 'active' and (p.email is not null
      or k.id is not null and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())) as initiator_stands
  from before b
  left join api_keys k on k.tenant_id = $1 and k.id = b.api_key_id
  left join lateral find_person_at_work(b.user_id) p on true
  join connections c on c.tenant_id = $1 and c.id = b.connection_id
  join tenants t on t.id = $1`;

/** Uses nothing up. Null: deleted. */
export async function findSignIn(tx: TenantTx, id: string): Promise<TakenRow | null> {
  const [row] = await tx.query<TakenRow & Record<string, unknown>>(`with before as (${BEFORE}) ${KNOWN}`, [
    tx.tenantId,
    id,
  ]);
  return row ?? null;
}

/** Uses the sign-in up, in time or not: of two that bring the same state, one gets `was_used` false. Null: deleted. */
export async function takeSignIn(tx: TenantTx, id: string): Promise<TakenRow | null> {
  const [row] = await tx.query<TakenRow & Record<string, unknown>>(
    `with before as (${BEFORE} for update), taken as (
       update oauth_authorizations a set used_at = coalesce(a.used_at, now()) from before b
       where a.tenant_id = $1 and a.id = b.id
     ) ${KNOWN}`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/** The browser that sets out last is the one that has to come back. */
export async function bindSignIn(tx: TenantTx, id: string, browserHash: Buffer): Promise<void> {
  await tx.query(
    `update oauth_authorizations set browser_hash = $3 where tenant_id = $1 and id = $2 and used_at is null`,
    [tx.tenantId, id, browserHash],
  );
}
