import { Gauge, type Registry } from 'prom-client';
import { type Database } from '@hub/database';
import { type Logger } from '@hub/platform';

const DEAD_LETTERS = `select count(*)::int as n from deliveries where status = 'dead' and replayed_by is null and not internal`;
const REPLAYS = `select count(*)::int as n from replays where status in ('queued', 'running', 'cancelling')`;

/**
 * Of all tenants, counted when they are asked for; every worker says the same. While the database is away they say what
 * they said before.
 */
export function registerReplayGauges(registry: Registry, dispatcher: Database, logger: Logger): void {
  const gauge = (name: string, help: string, sql: string): void => {
    const made = new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        try {
          const [row] = await dispatcher.query<{ n: number }>(sql);
          made.set(row?.n ?? 0);
        } catch (error) {
          logger.debug('a gauge could not be counted', { error });
        }
      },
    });
  };
  gauge('hub_dead_letters_open', 'Dead deliveries that no replay has taken up.', DEAD_LETTERS);
  gauge('hub_replays_running', 'Replays that have not ended.', REPLAYS);
}
