import { type Tx } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';

/** What the tenant has asked for; null for the hub's own figure. */
export interface SettingsRow {
  hot_days: number | null;
  archive_days: number | null;
  dead_letter_days: number | null;
  legal_hold: boolean;
  legal_hold_reason: string | null;
  legal_hold_since: Date | null;
  updated_at: Date;
}

/** What the operator has set for the tenant; null for the hub's own bound. */
export interface BoundsRow {
  most_hot_days: number | null;
  least_archive_days: number | null;
  most_archive_days: number | null;
  most_dead_letter_days: number | null;
  legal_hold: boolean;
  legal_hold_reason: string | null;
  legal_hold_since: Date | null;
  updated_at: Date;
}

const SETTINGS = `hot_days, archive_days, dead_letter_days, legal_hold, legal_hold_reason, legal_hold_since, updated_at`;
const BOUNDS = `most_hot_days, least_archive_days, most_archive_days, most_dead_letter_days, legal_hold, legal_hold_reason, legal_hold_since, updated_at`;

/** @param lock holds off other changes until the end of the transaction */
export async function findSettings(tx: TenantTx, lock = false): Promise<SettingsRow | null> {
  const [row] = await tx.query<SettingsRow & Record<string, unknown>>(
    `select ${SETTINGS} from retention_settings where tenant_id = $1 ${lock ? 'for update' : ''}`,
    [tx.tenantId],
  );
  return row ?? null;
}

export async function findBounds(tx: Tx, tenantId: string): Promise<BoundsRow | null> {
  const [row] = await tx.query<BoundsRow & Record<string, unknown>>(
    `select ${BOUNDS} from retention_bounds where tenant_id = $1`,
    [tenantId],
  );
  return row ?? null;
}

/** What both sides lock: one tenant's hold. */
const HOLD_OF = `hashtextextended('legal_hold ' || $1::text, 0)`;

/**
 * Until the end of the transaction no hold is set; one that is being set is waited for. For whoever deletes: what it asks
 * about holds from here on stays true until it is done.
 */
export async function holdOffHolds(tx: TenantTx): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock_shared(${HOLD_OF})`, [tx.tenantId]);
}

/** Waits for whoever deletes, and stops who comes later. */
async function awaitDeleters(tx: Tx, tenantId: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(${HOLD_OF})`, [tenantId]);
}

export interface NewSettings {
  readonly hotDays: number | null;
  readonly archiveDays: number | null;
  readonly deadLetterDays: number | null;
  readonly legalHold: boolean;
  /** Of the hold; null without one. */
  readonly reason: string | null;
}

/** A hold that goes on keeps the moment at which it began. */
export async function putSettings(tx: TenantTx, next: NewSettings): Promise<SettingsRow> {
  if (next.legalHold) await awaitDeleters(tx, tx.tenantId);
  const [row] = await tx.query<SettingsRow & Record<string, unknown>>(
    `insert into retention_settings as s (tenant_id, hot_days, archive_days, dead_letter_days, legal_hold, legal_hold_reason, legal_hold_since)
     values ($1, $2, $3, $4, $5, $6, case when $5 then now() end)
     on conflict (tenant_id) do update set hot_days = excluded.hot_days, archive_days = excluded.archive_days,
       dead_letter_days = excluded.dead_letter_days, legal_hold = excluded.legal_hold, legal_hold_reason = excluded.legal_hold_reason,
       legal_hold_since = case when excluded.legal_hold then coalesce(s.legal_hold_since, now()) end, updated_at = now()
     returning ${SETTINGS}`,
    [tx.tenantId, next.hotDays, next.archiveDays, next.deadLetterDays, next.legalHold, next.reason],
  );
  if (row === undefined) throw new Error('upsert returned no row');
  return row;
}

export interface NewBounds {
  readonly mostHotDays: number | null;
  readonly leastArchiveDays: number | null;
  readonly mostArchiveDays: number | null;
  readonly mostDeadLetterDays: number | null;
  readonly legalHold: boolean;
  readonly reason: string | null;
}

/** As the operator. */
export async function putBounds(tx: Tx, tenantId: string, next: NewBounds): Promise<BoundsRow> {
  if (next.legalHold) await awaitDeleters(tx, tenantId);
  const [row] = await tx.query<BoundsRow & Record<string, unknown>>(
    `insert into retention_bounds as b (tenant_id, most_hot_days, least_archive_days, most_archive_days, most_dead_letter_days,
       legal_hold, legal_hold_reason, legal_hold_since)
     values ($1, $2, $3, $4, $5, $6, $7, case when $6 then now() end)
     on conflict (tenant_id) do update set most_hot_days = excluded.most_hot_days, least_archive_days = excluded.least_archive_days,
       most_archive_days = excluded.most_archive_days, most_dead_letter_days = excluded.most_dead_letter_days,
       legal_hold = excluded.legal_hold, legal_hold_reason = excluded.legal_hold_reason,
       legal_hold_since = case when excluded.legal_hold then coalesce(b.legal_hold_since, now()) end, updated_at = now()
     returning ${BOUNDS}`,
    [
      tenantId,
      next.mostHotDays,
      next.leastArchiveDays,
      next.mostArchiveDays,
      next.mostDeadLetterDays,
      next.legalHold,
      next.reason,
    ],
  );
  if (row === undefined) throw new Error('upsert returned no row');
  return row;
}
