import { allAnswer, type Database } from '@hub/database';
import { Gauge, type Registry } from 'prom-client';

/** Asks each login whenever somebody asks for metrics. */
export function tellWhetherDatabaseIsUp(registry: Registry, databases: readonly Pick<Database, 'query'>[]): void {
  new Gauge({
    name: 'hub_database_up',
    help: '1 while the database answers to each of the logins.',
    // Of several processes, the one that is worst off speaks for all.
    aggregator: 'min',
    registers: [registry],
    async collect() {
      this.set((await allAnswer(databases)) ? 1 : 0);
    },
  });
}
