import { err, ok, problem, type JsonObject, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { tellConnectionEvent } from './connection-events';
import { CONNECTION_COLUMNS, findAccountHolder, whyUnchanged } from './connection.repository';
import { type ConnectionRow, type ConnectionStatus, type SealedCredentials } from './connection.types';
import { TIMELESS, type CredentialTimes } from './credential-times';

/** New credentials make good whatever was wrong with the old ones. Parameters $3 to $8. */
const NEW_CREDENTIALS = `credentials_sealed = $3, credentials_key_id = $4, credentials_stored_at = now(),
  token_expires_at = $5, refresh_expires_at = $6, refresh_due_at = $7, refresh_idle_at = $8, refresh_not_before = null,
  refresh_failures = 0, auth_error = null, refused_revision = null, revision = revision + 1, updated_at = now()`;

/** A connection that waited for credentials goes on; one that a person or the operator has stopped stays as it is. */
const GOES_ON = `status = case status when 'needs_reauth' then 'active' else status end,
  status_reason = case status when 'needs_reauth' then null else status_reason end`;

/**
 * Replaces the credentials of one revision. A connection that waited for new credentials goes on; a paused one stays
 * paused.
 */
export async function replaceCredentials(
  tx: TenantTx,
  id: string,
  credentials: SealedCredentials,
  expectedRevision: number,
  times: CredentialTimes = TIMELESS,
): Promise<Result<ConnectionRow, Problem>> {
  const before = await lockForCredentials(tx, id);
  if (before?.revision !== expectedRevision) return err(await whyUnchanged(tx, id));
  const row = await store(tx, id, GOES_ON, credentials, times);
  if (before.status === 'needs_reauth') await tellConnected(tx, row);
  return ok(row);
}

/** Forgets the credentials of one revision, and all that was known of them. The status is the caller's to settle. */
export async function dropCredentials(
  tx: TenantTx,
  id: string,
  expectedRevision: number,
): Promise<Result<ConnectionRow, Problem>> {
  const [row] = await tx.query<ConnectionRow>(
    `update connections set credentials_sealed = null, credentials_key_id = null, credentials_stored_at = null,
       token_expires_at = null, refresh_expires_at = null, refresh_due_at = null, refresh_idle_at = null,
       refresh_not_before = null, refresh_failures = 0, auth_error = null, refused_revision = null,
       revision = revision + 1, updated_at = now()
     where tenant_id = $1 and id = $2 and deleted_at is null and revision = $3 returning ${CONNECTION_COLUMNS}`,
    [tx.tenantId, id, expectedRevision],
  );
  return row === undefined ? err(await whyUnchanged(tx, id)) : ok(row);
}

/**
 * Stores what a refresh brought in the place of the credentials that it was asked with, whatever else of the connection has
 * been changed meanwhile: its vendor may take the old ones no more. The status stays, unless these very credentials were
 * refused meanwhile: then somebody used them up by refreshing first, and here is what he got for them.
 * @param replaced as they are sealed; null for none
 * @returns null: the connection has others by now
 */
export async function storeRefreshedCredentials(
  tx: TenantTx,
  id: string,
  credentials: SealedCredentials,
  replaced: string | null,
  times: CredentialTimes = TIMELESS,
): Promise<ConnectionRow | null> {
  const before = await lockForCredentials(tx, id);
  if (before === null || before.credentials_sealed !== replaced) return null;
  // It is of these credentials: whatever takes their place leaves none.
  const wasRefused = before.refused_revision !== null && before.status === 'needs_reauth';
  const row = await store(tx, id, wasRefused ? GOES_ON : 'status = status', credentials, times);
  if (wasRefused) await tellConnected(tx, row);
  return row;
}

export interface SignedIn {
  readonly credentials: SealedCredentials;
  readonly times: CredentialTimes;
  readonly account: { readonly id: string; readonly name: string };
  /** No other connection may be signed in to it: its vendor would end that one's grant. */
  readonly oneGrantPerAccount: boolean;
}

/**
 * Stores what signing in brought, whatever was stored before: a person's sign-in is newer than any refresh. Only for the
 * account that the connection has always been signed in to, and only while `isStillMeant` holds for its config.
 */
export async function storeSignIn(
  tx: TenantTx,
  id: string,
  signedIn: SignedIn,
  isStillMeant: (config: JsonObject) => boolean,
): Promise<Result<ConnectionRow, Problem>> {
  const before = await lockForCredentials(tx, id);
  if (before === null)
    return err(problem('not_found', 'connection_gone', 'The connection has been deleted meanwhile.'));
  if (!isStillMeant(before.config)) {
    return err(problem('conflict', 'settings_changed', 'The settings of the connection were changed meanwhile.'));
  }
  if (before.account_id !== null && before.account_id !== signedIn.account.id) {
    return err(
      problem('conflict', 'other_account', 'This is another account than the connection was signed in to before.', {
        extra: { account: before.account_name ?? before.account_id },
      }),
    );
  }
  const { account, credentials, times } = signedIn;
  if (signedIn.oneGrantPerAccount) {
    // Two sign-ins to one account, at the same moment, would not see each other.
    const key = `account ${tx.tenantId} ${before.connector_id} ${account.id}`;
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [key]);
    const connection = await findAccountHolder(tx, before.connector_id, account.id, id);
    if (connection !== null) {
      const detail = 'Another connection is signed in to this account.';
      return err(problem('conflict', 'account_taken', detail, { extra: { connection } }));
    }
  }
  const assignments = `${GOES_ON}, account_id = $9, account_name = $10`;
  const row = await store(tx, id, assignments, credentials, times, [account.id, account.name]);
  await tellConnected(tx, row);
  return ok(row);
}

interface LockedRow {
  connector_id: string;
  revision: number;
  status: ConnectionStatus;
  config: JsonObject;
  account_id: string | null;
  account_name: string | null;
  refused_revision: number | null;
  credentials_sealed: string | null;
}

async function lockForCredentials(tx: TenantTx, id: string): Promise<LockedRow | null> {
  const [row] = await tx.query<LockedRow & Record<string, unknown>>(
    `select connector_id, revision, status, config, account_id, account_name, refused_revision, credentials_sealed from connections
     where tenant_id = $1 and id = $2 and deleted_at is null for no key update`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

async function store(
  tx: TenantTx,
  id: string,
  assignments: string,
  credentials: SealedCredentials,
  times: CredentialTimes,
  further: readonly string[] = [],
): Promise<ConnectionRow> {
  const [row] = await tx.query<ConnectionRow>(
    `update connections set ${NEW_CREDENTIALS}, ${assignments} where tenant_id = $1 and id = $2
     returning ${CONNECTION_COLUMNS}`,
    [
      tx.tenantId,
      id,
      credentials.sealed,
      credentials.keyId,
      times.tokenExpiresAt,
      times.refreshExpiresAt,
      times.refreshDueAt,
      times.refreshIdleAt,
      ...further,
    ],
  );
  if (row === undefined) throw new Error('a locked connection is gone');
  return row;
}

async function tellConnected(tx: TenantTx, row: ConnectionRow): Promise<void> {
  await tellConnectionEvent(tx, 'connection.connected', row.id, {
    name: row.name,
    account: row.account_name,
    status: row.status,
  });
}
