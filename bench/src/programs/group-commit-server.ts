import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { createBaselineTable, insertEvents, type BaselineEvent } from './baseline-table';

/**
 * Baseline B: the best that a careful person writes by hand. Whatever arrives while a commit is under way goes into the
 * next one; the answer comes after the commit. With BENCH_REDIS_URL it also makes one BullMQ job of each event.
 */
interface Waiting {
  readonly event: BaselineEvent;
  readonly answer: (status: number) => void;
}

const pool = new Pool({ connectionString: process.env['BENCH_DATABASE_URL'], max: 2 });
const redisUrl = process.env['BENCH_REDIS_URL'];
const queue =
  redisUrl === undefined
    ? null
    : new Queue('bench', {
        connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
        defaultJobOptions: { removeOnComplete: true },
      });
let waiting: Waiting[] = [];
let isCommitting = false;

async function flush(): Promise<void> {
  if (isCommitting) return;
  isCommitting = true;
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    const events = batch.map(({ event }) => event);
    const status = await insertEvents(pool, events).then(
      () => 202,
      () => 500,
    );
    if (queue !== null && status === 202)
      await queue.addBulk(events.map((event) => ({ name: 'deliver', data: event })));
    batch.forEach(({ answer }) => answer(status));
  }
  isCommitting = false;
}

type Posted = Omit<BaselineEvent, 'id' | 'received_at' | 'payload'> & { readonly data: unknown };

function rowOf(posted: Posted): BaselineEvent {
  const { data, ...rest } = posted;
  return { ...rest, id: randomUUID(), received_at: new Date().toISOString(), payload: JSON.stringify(data) };
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method !== 'POST') return void response.end();
    const event = rowOf(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Posted);
    waiting.push({
      event,
      answer: (status) => {
        const body = `{"tracking_id":"${event.id}","event_id":"${event.event_id}","status":"pending"}`;
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
        response.end(body);
      },
    });
    void flush();
  });
});

void createBaselineTable(pool).then(() => server.listen(Number(process.env['BENCH_PORT']), '127.0.0.1'));
