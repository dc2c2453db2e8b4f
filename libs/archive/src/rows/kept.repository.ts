import { type TenantTx } from '@hub/tenancy';
import { type Day } from '../archive.types';

/**
 * Events that may not leave: a delivery of theirs is open, dead for less than the dead letters' days, about to be taken
 * up again by a replay, or dead and of a day that stays, as one is that a replay has made: it could not be taken up again
 * without its event. An event stays with all of its rows, so that whoever looks at it sees all of it.
 *
 * One branch for each index that serves it: of a large history only what is open is read.
 */
const OPEN = `
  select tracking_id from deliveries where tenant_id = $1 and tracking_id < $2 and status in ('pending', 'retrying')
  union
  select tracking_id from deliveries where tenant_id = $1 and tracking_id < $2 and status = 'delivering'
  union
  select tracking_id from deliveries where tenant_id = $1 and tracking_id < $2 and status = 'held'
    and status in ('pending', 'delivering', 'retrying', 'held') and ordering_key is not null
  union
  select tracking_id from deliveries where tenant_id = $1 and tracking_id < $2 and status = 'dead'
    and coalesce(settled_at, created_at) > now() - make_interval(days => $3::integer)
  union
  select tracking_id from deliveries where tenant_id = $1 and tracking_id < $2 and status = 'dead' and replayed_by is null
    and id >= $4
  union
  select tracking_id from replay_items where tenant_id = $1 and tracking_id < $2 and outcome in ('waiting', 'queued')
  union
  select id from events where tenant_id = $1 and id < $2 and status = 'open'`;

/**
 * States anew what has to stay of the tenant's history up to `day`. What was brought back stays until its time is over.
 * @param staying the first day whose rows stay at hand in any case
 * @returns how many events stay
 */
export async function refreshKept(tx: TenantTx, day: Day, staying: Day, deadLetterDays: number): Promise<number> {
  // A day more: a delivery may carry an earlier time than its event, when two clocks do not agree.
  const [row] = await tx.query<{ below: string; from: string }>(
    `select uuid_v7_floor(($1::date + 2)::timestamp at time zone 'UTC') as below,
            uuid_v7_floor($2::date::timestamp at time zone 'UTC') as from`,
    [day, staying],
  );
  const values = [tx.tenantId, row?.below, deadLetterDays, row?.from];
  await tx.query(`delete from archive_kept where tenant_id = $1 and reason = 'restored' and until < now()`, [
    tx.tenantId,
  ]);
  await tx.query(
    `with stays as (${OPEN})
     delete from archive_kept k where k.tenant_id = $1 and k.reason = 'open' and k.tracking_id < $2
       and not exists (select 1 from stays s where s.tracking_id = k.tracking_id)`,
    values,
  );
  await tx.query(
    `insert into archive_kept (tenant_id, tracking_id, reason)
     select $1, s.tracking_id, 'open' from (${OPEN}) s order by 2 on conflict do nothing`,
    values,
  );
  const [count] = await tx.query<{ count: number }>(
    `select count(distinct tracking_id) as count from archive_kept where tenant_id = $1`,
    [tx.tenantId],
  );
  return count?.count ?? 0;
}

/** A replay is still gathering what it is about: nothing of the tenant's may be taken away from under it. */
export async function isReplayGathering(tx: TenantTx): Promise<boolean> {
  const rows = await tx.query(
    `select 1 as found from replays where tenant_id = $1 and status in ('queued', 'running') and phase = 'collecting' limit 1`,
    [tx.tenantId],
  );
  return rows.length > 0;
}
