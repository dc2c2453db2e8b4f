import { type Pool } from 'pg';

/** The event's row as the hub keeps it, and a status to work through it as a backlog. No tenants' walls, no history. */
const TABLE = `create table if not exists bench_events (
  event_id text primary key,
  seq bigint generated always as identity,
  id uuid not null,
  type text not null,
  source text,
  subject text,
  occurred_at timestamptz,
  received_at timestamptz not null,
  payload text not null,
  status text not null default 'pending'
)`;
const BACKLOG = `create index if not exists bench_backlog on bench_events (seq) where status = 'pending'`;

export async function createBaselineTable(pool: Pool): Promise<void> {
  await pool.query(TABLE);
  await pool.query(BACKLOG);
}

export interface BaselineEvent {
  readonly event_id: string;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly occurred_at: string;
  readonly received_at: string;
  readonly payload: string;
}

const INSERT = `insert into bench_events (event_id, id, type, source, subject, occurred_at, received_at, payload)
select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[])
on conflict do nothing`;

/** One statement, one commit, for all of them. */
export async function insertEvents(pool: Pool, events: readonly BaselineEvent[]): Promise<void> {
  await pool.query({
    name: 'insert_events',
    text: INSERT,
    values: [
      events.map((event) => event.event_id),
      events.map((event) => event.id),
      events.map((event) => event.type),
      events.map((event) => event.source),
      events.map((event) => event.subject),
      events.map((event) => event.occurred_at),
      events.map((event) => event.received_at),
      events.map((event) => event.payload),
    ],
  });
}
