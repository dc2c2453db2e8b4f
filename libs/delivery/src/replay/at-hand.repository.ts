import { type TenantTx } from '@hub/tenancy';

/** Clocks of the processes that name events and deliveries may differ by so much: a delivery may be of the day before its event's. */
const MARGIN = `interval '15 minutes'`;

/**
 * From when on all events accepted in `[from, to)` are in the database, with all of their deliveries; null when all of them
 * are. Days that have left it count as gone, even where some of their rows stayed behind or were brought back: nobody could
 * tell which. A day's deliveries leave before its events: until those follow, nobody could tell what is missing.
 */
export async function firstMomentAtHand(tx: TenantTx, from: string, to: string): Promise<Date | null> {
  const [row] = await tx.query<{ at: Date | null }>(
    `select (max(day) + 1)::timestamp at time zone 'UTC' + ${MARGIN} as at from archive_days
     where tenant_id = $1 and kind in ('events', 'deliveries') and status = 'sealed'
       and day >= (($2::timestamptz - ${MARGIN}) at time zone 'UTC')::date and day < ($3::timestamptz at time zone 'UTC')
       and (to_regclass('public.events_' || to_char(day, 'YYYYMMDD')) is null
            or to_regclass('public.deliveries_' || to_char(day, 'YYYYMMDD')) is null)`,
    [tx.tenantId, from, to],
    'first_moment_at_hand',
  );
  return row?.at ?? null;
}
