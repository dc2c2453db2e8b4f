import { classifyDatabaseError, violatedConstraint } from '@hub/database';
import { err, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type Severity } from '../rules/rule.types';
import { type ChannelKind, type ChannelRow, type SealedSecret } from './channel.types';

const COLUMNS = `id, name, kind, recipients, target_host, least_severity, enabled, last_sent_at, last_failure_at, last_error, created_at, updated_at`;

/** Each is told of everything that it takes: what a tenant has the hub send is its notices times its channels. */
const MOST_CHANNELS = 50;

export interface NewChannel {
  /** UUIDv7, made by the caller: the secret is sealed for it before the row exists. */
  readonly id: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly recipients: readonly string[];
  readonly targetHost: string | null;
  readonly secret: SealedSecret | null;
  readonly leastSeverity: Severity;
  readonly enabled: boolean;
}

export interface ChannelChange {
  readonly name?: string | undefined;
  readonly recipients?: readonly string[] | undefined;
  readonly target?: { readonly host: string | null; readonly secret: SealedSecret } | undefined;
  readonly leastSeverity?: Severity | undefined;
  readonly enabled?: boolean | undefined;
}

export async function insertChannel(tx: TenantTx, channel: NewChannel): Promise<Result<ChannelRow, Problem>> {
  // Whoever makes another one at this moment is waited for, and what they have made is counted.
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`alert channels ${tx.tenantId}`]);
  const [counted] = await tx.query<{ n: number }>(
    `select count(*)::int as n from alert_channels where tenant_id = $1 and deleted_at is null`,
    [tx.tenantId],
  );
  if ((counted?.n ?? 0) >= MOST_CHANNELS) return err(tooMany());
  const [row] = await tx.query<ChannelRow & Record<string, unknown>>(
    `insert into alert_channels (tenant_id, id, name, kind, recipients, target_host, secret_sealed, secret_key_id, least_severity, enabled)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (tenant_id, name) where deleted_at is null do nothing returning ${COLUMNS}`,
    [
      tx.tenantId,
      channel.id,
      channel.name,
      channel.kind,
      channel.recipients,
      channel.targetHost,
      channel.secret?.sealed ?? null,
      channel.secret?.keyId ?? null,
      channel.leastSeverity,
      channel.enabled,
    ],
  );
  return row === undefined ? err(nameTaken()) : ok(row);
}

/** Newest first. One row more than `limit`. */
export async function listChannels(
  tx: TenantTx,
  page: { readonly limit: number; readonly before: string | null },
): Promise<ChannelRow[]> {
  return tx.query<ChannelRow & Record<string, unknown>>(
    `select ${COLUMNS} from alert_channels where tenant_id = $1 and deleted_at is null and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [tx.tenantId, page.before, page.limit + 1],
  );
}

export async function findChannel(tx: TenantTx, id: string): Promise<ChannelRow | null> {
  const [row] = await tx.query<ChannelRow & Record<string, unknown>>(
    `select ${COLUMNS} from alert_channels where tenant_id = $1 and id = $2 and deleted_at is null`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

export async function findChannelSecret(tx: TenantTx, id: string): Promise<SealedSecret | null> {
  const [row] = await tx.query<{ secret_sealed: string | null; secret_key_id: string | null }>(
    `select secret_sealed, secret_key_id from alert_channels where tenant_id = $1 and id = $2 and deleted_at is null`,
    [tx.tenantId, id],
  );
  if (row === undefined || row.secret_sealed === null || row.secret_key_id === null) return null;
  return { sealed: row.secret_sealed, keyId: row.secret_key_id };
}

/** What is absent stays as it is. After a `name_taken` the transaction can only roll back. */
export async function updateChannel(
  tx: TenantTx,
  id: string,
  change: ChannelChange,
): Promise<Result<ChannelRow, Problem>> {
  try {
    const row = await writeChange(tx, id, change);
    return row === undefined ? err(notFound('alert channel')) : ok(row);
  } catch (error) {
    if (classifyDatabaseError(error) === 'conflict' && violatedConstraint(error) === 'alert_channels_name')
      return err(nameTaken());
    throw error;
  }
}

async function writeChange(tx: TenantTx, id: string, change: ChannelChange): Promise<ChannelRow | undefined> {
  const [row] = await tx.query<ChannelRow & Record<string, unknown>>(
    `update alert_channels set name = coalesce($3, name), recipients = coalesce($4::text[], recipients),
       target_host = case when $5 then $6 else target_host end, secret_sealed = case when $5 then $7 else secret_sealed end,
       secret_key_id = case when $5 then $8::uuid else secret_key_id end, least_severity = coalesce($9, least_severity),
       enabled = coalesce($10, enabled), updated_at = now()
     where tenant_id = $1 and id = $2 and deleted_at is null returning ${COLUMNS}`,
    [
      tx.tenantId,
      id,
      change.name ?? null,
      change.recipients ?? null,
      change.target !== undefined,
      change.target?.host ?? null,
      change.target?.secret.sealed ?? null,
      change.target?.secret.keyId ?? null,
      change.leastSeverity ?? null,
      change.enabled ?? null,
    ],
  );
  return row;
}

/** Its secret goes at once; the row stays, because what was sent through it points at it. */
export async function deleteChannel(tx: TenantTx, id: string): Promise<Result<ChannelRow, Problem>> {
  const [row] = await tx.query<ChannelRow & Record<string, unknown>>(
    `update alert_channels set deleted_at = now(), secret_sealed = null, secret_key_id = null, enabled = false, updated_at = now()
     where tenant_id = $1 and id = $2 and deleted_at is null returning ${COLUMNS}`,
    [tx.tenantId, id],
  );
  if (row === undefined) return err(notFound('alert channel'));
  await tx.query(`delete from alert_rule_channels where tenant_id = $1 and channel_id = $2`, [tx.tenantId, id]);
  return ok(row);
}

/** How the last message fared, for whoever looks at the channel. */
export async function noteChannelOutcome(
  tx: TenantTx,
  id: string,
  error: { readonly code: string; readonly message: string } | null,
): Promise<void> {
  await tx.query(
    `update alert_channels set last_sent_at = case when $3::jsonb is null then now() else last_sent_at end,
       last_failure_at = case when $3::jsonb is null then last_failure_at else now() end, last_error = $3::jsonb
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, id, error === null ? null : JSON.stringify(error)],
  );
}

function tooMany(): Problem {
  return problem('conflict', 'too_many_alert_channels', `There are ${MOST_CHANNELS} alert channels already.`);
}

function nameTaken(): Problem {
  return problem('conflict', 'name_taken', 'Another alert channel has this name.', {
    faults: [{ pointer: '/name', code: 'name_taken', message: 'Another alert channel has this name' }],
  });
}
