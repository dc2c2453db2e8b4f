import { type Registry } from 'prom-client';
import { type Database } from '@hub/database';
import { type Logger } from '@hub/platform';
import { countedGauge } from '../metrics/database-gauges';

const DEAD_LETTERS = `select count(*)::int as n from deliveries where status = 'dead' and replayed_by is null and not internal`;
const REPLAYS = `select count(*)::int as n from replays where status in ('queued', 'running', 'cancelling')`;

export function registerReplayGauges(registry: Registry, dispatcher: Database, logger: Logger): void {
  const parts = { registry, dispatcher, logger };
  countedGauge(parts, 'hub_dead_letters_open', 'Dead deliveries that no replay has taken up.', DEAD_LETTERS);
  countedGauge(parts, 'hub_replays_running', 'Replays that have not ended.', REPLAYS);
}
