import { type TenantTx } from '@hub/tenancy';
import { type BalanceDifference, type HourBooks, type HourFacts, type HourMost } from './balance.types';

interface BooksRow {
  hour: Date;
  events: number;
  events_unrouted: number;
  events_keyed: number | null;
  events_delivered: number;
  promised: number;
  promised_open: number;
  busiest_minute: number;
  made: number;
  replays: number;
  open: number;
  succeeded: number;
  dead: number;
  cancelled: number;
  superseded: number;
  told: number;
  balanced: boolean;
  differences: BalanceDifference[];
  counted_at: Date;
}

/** An hour as it is kept, and when it is to be counted again. */
export interface KeptHour {
  readonly books: HourBooks;
  readonly most: HourMost;
  readonly isDue: boolean;
}

/** Oldest first. Hours in which nothing was accepted have no row. */
export async function listKeptHours(tx: TenantTx, from: Date, to: Date): Promise<KeptHour[]> {
  const rows = await tx.query<
    BooksRow & { most_events: number; most_deliveries: number; is_due: boolean } & Record<string, unknown>
  >(
    `select *, due_at <= now() as is_due from balance_hours where tenant_id = $1 and hour >= $2 and hour < $3 order by hour`,
    [tx.tenantId, from, to],
    'list_kept_hours',
  );
  return rows.map((row) => ({
    books: toBooks(row),
    most: { events: row.most_events, deliveries: row.most_deliveries },
    isDue: row.is_due,
  }));
}

/** @returns hours whose counting is due, newest first */
export async function findDueHours(tx: TenantTx, since: Date, limit: number): Promise<Date[]> {
  const rows = await tx.query<{ hour: Date }>(
    `select hour from balance_hours where tenant_id = $1 and due_at <= now() and hour >= $2 order by hour desc limit $3`,
    [tx.tenantId, since, limit],
    'find_due_hours',
  );
  return rows.map((row) => row.hour);
}

/** What was seen of an hour before; nothing for an hour that has no row. */
export async function findMost(tx: TenantTx, hour: Date): Promise<HourMost | null> {
  const [row] = await tx.query<{ most_events: number; most_deliveries: number }>(
    `select most_events, most_deliveries from balance_hours where tenant_id = $1 and hour = $2`,
    [tx.tenantId, hour],
    'find_most',
  );
  return row === undefined ? null : { events: row.most_events, deliveries: row.most_deliveries };
}

/** Keeps what was counted. Keys that were not looked at this time stay as they were found. */
export async function keepHour(
  tx: TenantTx,
  hour: Date,
  facts: HourFacts,
  differences: readonly BalanceDifference[],
  dueInMs: number,
): Promise<void> {
  await tx.query(
    `insert into balance_hours as b (tenant_id, hour, events, events_unrouted, events_keyed, events_delivered, promised, promised_open,
       busiest_minute, made, replays, open, succeeded, dead, cancelled, superseded, told, most_events, most_deliveries,
       balanced, differences, counted_at, due_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $3, $10::bigint + $11::bigint, $18, $19, now(),
       now() + $20::bigint * interval '1 millisecond')
     on conflict (tenant_id, hour) do update set
       events = excluded.events, events_unrouted = excluded.events_unrouted, events_keyed = coalesce(excluded.events_keyed, b.events_keyed),
       events_delivered = excluded.events_delivered, promised = excluded.promised, promised_open = excluded.promised_open,
       busiest_minute = excluded.busiest_minute, made = excluded.made, replays = excluded.replays, open = excluded.open,
       succeeded = excluded.succeeded, dead = excluded.dead, cancelled = excluded.cancelled, superseded = excluded.superseded,
       told = excluded.told, most_events = greatest(b.most_events, excluded.most_events),
       most_deliveries = greatest(b.most_deliveries, excluded.most_deliveries), balanced = excluded.balanced,
       differences = excluded.differences, counted_at = excluded.counted_at, due_at = excluded.due_at`,
    [
      tx.tenantId,
      hour,
      facts.events,
      facts.eventsUnrouted,
      facts.eventsKeyed,
      facts.eventsDelivered,
      facts.promised,
      facts.promisedOpen,
      facts.busiestMinute,
      facts.made,
      facts.replays,
      facts.open,
      facts.succeeded,
      facts.dead,
      facts.cancelled,
      facts.superseded,
      facts.told,
      differences.length === 0,
      JSON.stringify(differences),
      dueInMs,
    ],
    'keep_hour',
  );
}

/** What was counted last stays for good. */
export async function closeHour(tx: TenantTx, hour: Date): Promise<void> {
  await tx.query(
    `update balance_hours set due_at = 'infinity' where tenant_id = $1 and hour = $2`,
    [tx.tenantId, hour],
    'close_hour',
  );
}

function toBooks(row: BooksRow): HourBooks {
  return {
    hour: row.hour,
    events: row.events,
    eventsUnrouted: row.events_unrouted,
    eventsKeyed: row.events_keyed,
    eventsDelivered: row.events_delivered,
    promised: row.promised,
    promisedOpen: row.promised_open,
    busiestMinute: row.busiest_minute,
    made: row.made,
    replays: row.replays,
    open: row.open,
    succeeded: row.succeeded,
    dead: row.dead,
    cancelled: row.cancelled,
    superseded: row.superseded,
    told: row.told,
    balanced: row.balanced,
    differences: row.differences,
    countedAt: row.counted_at,
  };
}
