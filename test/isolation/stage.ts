import { randomUUID } from 'node:crypto';
import { type Client } from 'pg';
import { type TestDatabase } from '@hub/testing';
import { type Stage } from './attacks';
import { SampleRows } from './sample-rows';

/** Two tenants with a row in every table. */
export async function setStage(database: TestDatabase): Promise<Stage> {
  return database.asSuperuser(async (client) => {
    const rows = await SampleRows.read(client);
    const [victim, attacker] = [randomUUID(), randomUUID()];
    const victimRows = await rows.plant(client, victim);
    const attackerRows = await rows.plant(client, attacker);
    return { rows, victim, attacker, victimRows, attackerRows };
  });
}

/** Runs `work` in a transaction that is always taken back. */
export async function takenBack<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    return await work();
  } finally {
    await client.query('rollback');
  }
}
