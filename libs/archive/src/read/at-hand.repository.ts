import { type TenantTx } from '@hub/tenancy';

/**
 * From when on all events accepted in `[from, to)` are in the database; null when all of them are. Days that have left it
 * count as gone, even where some of their events stayed behind or were brought back: nobody could tell which.
 */
export async function firstMomentAtHand(tx: TenantTx, from: string, to: string): Promise<Date | null> {
  const [row] = await tx.query<{ at: Date | null }>(
    `select (max(day) + 1)::timestamp at time zone 'UTC' as at from archive_days
     where tenant_id = $1 and kind = 'events' and status = 'sealed'
       and day >= ($2::timestamptz at time zone 'UTC')::date and day < ($3::timestamptz at time zone 'UTC')
       and to_regclass('public.events_' || to_char(day, 'YYYYMMDD')) is null`,
    [tx.tenantId, from, to],
    'first_moment_at_hand',
  );
  return row?.at ?? null;
}
