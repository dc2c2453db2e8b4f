import { runMigrations } from 'bullmq';
import { Pool } from 'pg';
import { type QueueBackend } from './queue-backend';

/** Brings the queue's own tables up to date; nothing to do on Redis. */
export async function prepareQueue(backend: QueueBackend): Promise<void> {
  if (backend.kind === 'redis') return;
  const pool = new Pool({ connectionString: backend.url, max: 1 });
  try {
    await runMigrations(pool, backend.schema);
  } finally {
    await pool.end();
  }
}
