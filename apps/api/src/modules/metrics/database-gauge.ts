import { type Database } from '@hub/database';
import { within } from '@hub/platform';
import { Gauge, type Registry } from 'prom-client';

const PROBE_MS = 2_000;

/** Asks each login whenever somebody asks for metrics: that one gets in says nothing of the others. */
export function tellWhetherDatabaseIsUp(registry: Registry, databases: readonly Pick<Database, 'query'>[]): void {
  const answers = (database: Pick<Database, 'query'>): Promise<unknown> =>
    within(database.query('select 1'), PROBE_MS).catch(() => null);
  new Gauge({
    name: 'hub_database_up',
    help: '1 while the database answers to each of the logins.',
    // Of several processes, the one that is worst off speaks for all.
    aggregator: 'min',
    registers: [registry],
    async collect() {
      const seen = await Promise.all(databases.map(answers));
      this.set(seen.includes(null) ? 0 : 1);
    },
  });
}
