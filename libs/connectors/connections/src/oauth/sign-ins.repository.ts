import { type TenantTx } from '@hub/tenancy';
import { type SealedCredentials } from '../store/connection.types';

export const SIGN_IN_LASTS = '10 minutes';
/** Old ones are kept for a while, so that a page that is loaded again can say what happened. */
const KEPT_FOR = '1 day';

export interface NewSignIn {
  readonly id: string;
  readonly connectionId: string;
  readonly connectorId: string;
  readonly environment: string;
  readonly stateHash: Buffer;
  readonly verifier: SealedCredentials;
  readonly redirectUri: string;
  readonly returnUrl: string | null;
  readonly apiKeyId: string;
}

export async function insertSignIn(tx: TenantTx, signIn: NewSignIn): Promise<Date> {
  await tx.query(
    `delete from oauth_authorizations where tenant_id = $1 and expires_at < now() - interval '${KEPT_FOR}'`,
    [tx.tenantId],
  );
  const [row] = await tx.query<{ expires_at: Date }>(
    `insert into oauth_authorizations (tenant_id, id, connection_id, connector_id, environment, state_hash, verifier_sealed,
       verifier_key_id, redirect_uri, return_url, api_key_id, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + interval '${SIGN_IN_LASTS}') returning expires_at`,
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
      signIn.apiKeyId,
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
  api_key_id: string;
  /** As it was before it was taken. */
  was_used: boolean;
  is_expired: boolean;
  /** Whoever began it may still configure connections: key and tenant are in force. */
  initiator_stands: boolean;
}

/** Uses the sign-in up, in time or not: of two that bring the same state, one gets `was_used` false. Null: deleted. */
export async function takeSignIn(tx: TenantTx, id: string): Promise<TakenRow | null> {
  const [row] = await tx.query<TakenRow & Record<string, unknown>>(
    `with before as (
       select * from oauth_authorizations where tenant_id = $1 and id = $2 for update
     ), taken as (
       update oauth_authorizations a set used_at = coalesce(a.used_at, now()) from before b
       where a.tenant_id = $1 and a.id = b.id
     )
     select b.environment, b.verifier_sealed, b.verifier_key_id, b.redirect_uri, b.return_url, b.api_key_id,
            b.used_at is not null as was_used, b.expires_at <= now() as is_expired,
            k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) and t.status = 'active' as initiator_stands
     from before b
     join api_keys k on k.tenant_id = $1 and k.id = b.api_key_id
     join tenants t on t.id = $1`,
    [tx.tenantId, id],
  );
  return row ?? null;
}
