import { Gauge, type Registry } from 'prom-client';
import { allAnswer, type Database } from '@hub/database';
import { type Logger } from '@hub/platform';

/** Asks each login whenever somebody asks for metrics. */
export function tellWhetherDatabaseIsUp(registry: Registry, databases: readonly Pick<Database, 'query'>[]): void {
  new Gauge({
    name: 'hub_database_up',
    help: '1 while the database answers to each of the logins.',
    registers: [registry],
    async collect() {
      this.set((await allAnswer(databases)) ? 1 : 0);
    },
  });
}

/**
 * Of all tenants, counted when it is asked for; every worker says the same. While the database is away it says nothing: what
 * was so before would hide what is so now.
 * @param sql of one row and column, `n`
 */
export function countedGauge(
  parts: { readonly registry: Registry; readonly dispatcher: Pick<Database, 'query'>; readonly logger: Logger },
  name: string,
  help: string,
  sql: string,
): void {
  new Gauge({
    name,
    help,
    registers: [parts.registry],
    async collect() {
      try {
        const [row] = await parts.dispatcher.query<{ n: number }>(sql);
        this.set(row?.n ?? 0);
      } catch (error) {
        this.remove();
        parts.logger.debug('a gauge could not be counted', { error });
      }
    },
  });
}
