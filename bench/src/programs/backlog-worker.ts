import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import { createBaselineTable } from './baseline-table';
import { deliverer } from './deliver-one';

/** Delivery baseline: the backlog in Postgres, claimed in slices and settled in slices, two slices under way. */
const SLICE = 200;
const LOOK_EVERY_MS = 5;
const CLAIM = `update bench_events set status = 'delivering' where event_id in (
  select event_id from bench_events where status = 'pending' order by seq limit ${SLICE} for update skip locked)
returning event_id, payload`;
const SETTLE = `update bench_events set status = case when e.done then 'succeeded' else 'dead' end
from unnest($1::text[], $2::bool[]) as e(event_id, done) where bench_events.event_id = e.event_id`;

const pool = new Pool({ connectionString: process.env['BENCH_DATABASE_URL'], max: 4 });
const deliver = deliverer(process.env['BENCH_SINK_URL'] ?? '');

async function slice(): Promise<number> {
  const { rows } = await pool.query<{ event_id: string; payload: string }>({ name: 'claim', text: CLAIM });
  if (rows.length === 0) return 0;
  const done = await Promise.all(rows.map((row) => deliver(row.payload).catch(() => false)));
  await pool.query({ name: 'settle', text: SETTLE, values: [rows.map((row) => row.event_id), done] });
  return rows.length;
}

async function lane(): Promise<never> {
  for (;;) if ((await slice()) === 0) await delay(LOOK_EVERY_MS);
}

void createBaselineTable(pool).then(() => {
  createServer((_request, response) => void response.end()).listen(Number(process.env['BENCH_PORT']), '127.0.0.1');
  void Promise.all([lane(), lane()]);
});
