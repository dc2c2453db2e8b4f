import { Gauge, type Registry } from 'prom-client';
import { type Database } from '@hub/database';
import { within, type Logger } from '@hub/platform';

const PROBE_MS = 2_000;

/** Asks each login whenever somebody asks for metrics: that one gets in says nothing of the others. */
export function tellWhetherDatabaseIsUp(registry: Registry, databases: readonly Pick<Database, 'query'>[]): void {
  const answers = (database: Pick<Database, 'query'>): Promise<unknown> =>
    within(database.query('select 1'), PROBE_MS).catch(() => null);
  new Gauge({
    name: 'hub_database_up',
    help: '1 while the database answers to each of the logins.',
    registers: [registry],
    async collect() {
      const seen = await Promise.all(databases.map(answers));
      this.set(seen.includes(null) ? 0 : 1);
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
