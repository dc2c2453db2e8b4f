import { type TenantTx } from '@hub/tenancy';
import { CLOSED, probe, type Breaker, type BreakerState } from '../breaker/breaker';

/** How long a drain may be silent before another may take over. Renewed every third of it. */
export const SLOT_LEASE_MS = 10_000;

/** The right to call one connection's system: the lease of the drain and of every delivery it has claimed. */
export interface Slot {
  readonly connectionId: string;
  /** Fencing token: whatever this drain writes takes effect only while the slot still carries it. */
  readonly token: string;
  readonly breaker: Breaker;
}

/** A slot that was just taken, and what there is to do before anything is claimed. */
export interface TakenSlot extends Slot {
  /** False: it was given for taking back what a dead process left behind, and for nothing else. */
  readonly mayCall: boolean;
  /** A dead process left claims behind. */
  readonly hasOrphans: boolean;
  /** A delivery is due that is only ever claimed alone. */
  readonly hasSuspects: boolean;
}

/** A delivery claimed this often by processes that died is only ever claimed alone, so that a poison record shows itself. */
export const CRASHES_UNTIL_ALONE = 2;

const SUSPECTS = `
select 1 from deliveries where tenant_id = $1 and connection_id = $2 and status in ('pending', 'retrying')
  and crashes >= ${CRASHES_UNTIL_ALONE} and next_attempt_at <= now()`;

/** After orphans were taken back: they may have become suspects. */
export async function hasSuspects(tx: TenantTx, slot: Slot): Promise<boolean> {
  return (await tx.query(`${SUSPECTS} limit 1`, [tx.tenantId, slot.connectionId], 'has_suspects')).length > 0;
}

const MAY_CALL = `(c.deleted_at is not null or c.status = 'active' and (r.resume_at is null or r.resume_at <= now()))`;

/** With $3, the token of who asks. */
const ORPHANS = `exists (select 1 from deliveries where tenant_id = $1 and connection_id = $2 and status = 'delivering'
               and lease_token is distinct from $3)`;

interface SlotRow {
  breaker_state: BreakerState;
  consecutive_failures: number;
  deleted: boolean;
  may_call: boolean;
  orphans: boolean;
  suspects: boolean;
}

/**
 * Takes the slot if it is free, expired or already ours, the connection is active, and no breaker or limit makes it wait.
 * A deleted connection's is taken whatever its state: its system is not called, but what is still open has to end. So is one
 * with claims that a dead process left behind, to take them back: nobody could cancel or end them, nor what waits behind them.
 * The row lock it leaves behind also orders claims and settlements of one connection, which is what makes it safe to
 * mark deliveries as waiting for an earlier one.
 */
export async function takeSlot(
  tx: TenantTx,
  connectionId: string,
  token: string,
  worker: string,
): Promise<TakenSlot | null> {
  const [row] = await tx.query<SlotRow>(
    `update connection_runtime r
     set slot_token = $3, slot_worker = $4, slot_until = now() + ${SLOT_LEASE_MS} * interval '1 millisecond'
     from connections c
     where r.tenant_id = $1 and r.connection_id = $2 and c.tenant_id = r.tenant_id and c.id = r.connection_id
       and (r.slot_token is null or r.slot_token = $3 or r.slot_until < now())
       and (${MAY_CALL} or ${ORPHANS})
     returning r.breaker_state, r.consecutive_failures, c.deleted_at is not null as deleted, ${MAY_CALL} as may_call,
       ${ORPHANS} as orphans,
       exists (${SUSPECTS}) as suspects`,
    [tx.tenantId, connectionId, token, worker],
    'take_slot',
  );
  if (row === undefined) return null;
  const breaker = row.deleted
    ? CLOSED
    : probe({ state: row.breaker_state, consecutiveFailures: row.consecutive_failures });
  const { may_call: mayCall, orphans: hasOrphans, suspects } = row;
  return { connectionId, token, breaker, mayCall, hasOrphans, hasSuspects: suspects };
}

/** Keeps the slot and locks its row until the transaction ends; `false` when it has been lost: write nothing then. */
export async function holdSlot(tx: TenantTx, slot: Slot): Promise<boolean> {
  const rows = await tx.query(
    `update connection_runtime set slot_until = now() + ${SLOT_LEASE_MS} * interval '1 millisecond'
     where tenant_id = $1 and connection_id = $2 and slot_token = $3 returning 1`,
    [tx.tenantId, slot.connectionId, slot.token],
    'hold_slot',
  );
  return rows.length === 1;
}

export interface ConnectionWait {
  readonly reason: 'breaker_open' | 'rate_limited' | 'misconfigured';
  readonly waitMs: number;
}

export interface RuntimeChange {
  readonly breaker: Breaker;
  readonly wait: ConnectionWait | null;
  readonly succeeded: boolean;
  /** JSON of the last failure, without secrets. */
  readonly lastError: string | null;
  /** What became of the breaker that readers of the bus are to know. */
  readonly transition: 'opened' | 'closed' | null;
}

/**
 * `holdSlot`, and writes the breaker and the wait back; only the slot's holder may. A wait is never shortened, and
 * the longest one's reason stands: the end of another must not end it. An outage lasts until its breaker is closed, however
 * often it is half open in between. A limit lasts until something else is answered; what was heard of it beside such an
 * answer begins it anew.
 */
export async function holdAndChange(tx: TenantTx, slot: Slot, change: RuntimeChange): Promise<boolean> {
  const rows = await tx.query(
    `update connection_runtime set
       slot_until = now() + ${SLOT_LEASE_MS} * interval '1 millisecond',
       breaker_state = $4::text, consecutive_failures = $5,
       breaker_opened_at = case when $4::text = 'closed' then null else coalesce(breaker_opened_at, case when $4::text = 'open' then now() end) end,
       resume_at = case when $6::bigint is null then case when $4::text = 'closed' and resume_reason = 'breaker_open' then null else resume_at end
                        else greatest(resume_at, now() + $6 * interval '1 millisecond') end,
       resume_reason = case when $6::bigint is null then case when $4::text = 'closed' and resume_reason = 'breaker_open' then null else resume_reason end
                            when resume_at > now() + $6 * interval '1 millisecond' then resume_reason else $7 end,
       limited_since = case when $7::text in ('rate_limited', 'misconfigured') then coalesce(case when not $8 and resume_at > now() - interval '1 hour' then limited_since end, now())
                            when resume_at > now() and resume_reason <> 'breaker_open' then now() end,
       last_success_at = case when $8 then now() else last_success_at end,
       failing_since = case when $8 then null when $9::jsonb is null then failing_since else coalesce(failing_since, now()) end,
       last_failure_at = case when $9::jsonb is null then last_failure_at else now() end,
       last_error = coalesce($9::jsonb, last_error)
     where tenant_id = $1 and connection_id = $2 and slot_token = $3 returning 1`,
    [
      tx.tenantId,
      slot.connectionId,
      slot.token,
      change.breaker.state,
      change.breaker.consecutiveFailures,
      change.wait === null ? null : Math.ceil(change.wait.waitMs),
      change.wait?.reason ?? null,
      change.succeeded,
      change.lastError,
    ],
    'hold_and_change',
  );
  return rows.length === 1;
}

/** What became of the breaker. Nothing of an internal connection: that is the hub's own business. */
export async function tellTransition(tx: TenantTx, slot: Slot, change: RuntimeChange): Promise<void> {
  if (change.transition === null) return;
  await tx.query(
    `insert into hub_events (tenant_id, id, type, connection_id, data)
     select tenant_id, uuid_v7(), 'breaker.' || $3::text, id,
            jsonb_build_object('consecutive_failures', $4::int, 'error', $5::jsonb)::text
     from connections where tenant_id = $1 and id = $2 and not internal`,
    [tx.tenantId, slot.connectionId, change.transition, change.breaker.consecutiveFailures, change.lastError],
    'tell_breaker',
  );
}
