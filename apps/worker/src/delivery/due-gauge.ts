import { type Registry } from 'prom-client';
import { type Database } from '@hub/database';
import { type Logger } from '@hub/platform';
import { countedGauge } from '../metrics/database-gauges';

/** What waits for its own system, or for a person, is the tenant's to know: here is what only the hub keeps waiting. */
const OLDEST_DUE = `
select coalesce(extract(epoch from now() - min(oldest.next_attempt_at)), 0)::float8 as n
from connections c
join tenants t on t.id = c.tenant_id and t.status = 'active'
join connection_runtime r on r.tenant_id = c.tenant_id and r.connection_id = c.id
cross join lateral (
  select d.next_attempt_at from deliveries d
  where d.tenant_id = c.tenant_id and d.connection_id = c.id and d.status in ('pending', 'retrying') and d.next_attempt_at <= now()
  order by d.next_attempt_at limit 1) oldest
where c.deleted_at is null and c.status = 'active' and r.breaker_state = 'closed' and (r.resume_at is null or r.resume_at <= now())`;

export function registerDueGauge(registry: Registry, dispatcher: Database, logger: Logger): void {
  countedGauge(
    { registry, dispatcher, logger },
    'hub_oldest_due_seconds',
    'For how long the oldest delivery that nothing but the hub keeps waiting has been due.',
    OLDEST_DUE,
  );
}
