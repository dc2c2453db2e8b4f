import { createServer } from 'node:http';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { type BaselineEvent } from './baseline-table';
import { deliverer } from './deliver-one';

/** Delivery baseline: one BullMQ job an event, one UPDATE a job, as most people build it. */
const CALLS_AT_ONCE = Number(process.env['BENCH_CALLS'] ?? 64);
const SETTLE = `update bench_events set status = $2 where event_id = $1`;

const pool = new Pool({ connectionString: process.env['BENCH_DATABASE_URL'], max: 12 });
const deliver = deliverer(process.env['BENCH_SINK_URL'] ?? '');

const worker = new Worker<BaselineEvent>(
  'bench',
  async ({ data }) => {
    const done = await deliver(data.payload);
    await pool.query({ name: 'settle', text: SETTLE, values: [data.event_id, done ? 'succeeded' : 'dead'] });
  },
  {
    connection: new Redis(process.env['BENCH_REDIS_URL'] ?? '', { maxRetriesPerRequest: null }),
    concurrency: CALLS_AT_ONCE,
  },
);
worker.on('error', (error) => process.stderr.write(`${error.message}\n`));
createServer((_request, response) => void response.end()).listen(Number(process.env['BENCH_PORT']), '127.0.0.1');
