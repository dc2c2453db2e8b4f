import { grouped } from '@hub/platform';
import { type AlertRule, seen } from '../rules/rule.types';

const SLOT_MS = 5 * 60_000;
/** What an alert that goes on is known by. */
const WITNESS = 'calls fail';
/** The piece of five minutes that goes on, and the two before it. */
const SLOTS_LOOKED_AT = 3;

interface Row extends Record<string, unknown> {
  id: string;
  name: string;
  hour: Date;
  calls: number[];
  failures: number[];
  is_held_back: boolean;
}

export const errorRate: AlertRule = {
  id: 'error_rate',
  title: 'Calls failing',
  description: 'The share of calls to a connection’s system that failed within the last quarter of an hour.',
  advice: "Look at the connection's last deliveries and their errors.",
  threshold: { unit: 'percent', default: 25, least: 1, most: 100, meaning: 'at least this share of calls failed' },
  leastVolume: 20,
  forSeconds: 0,
  repeatSeconds: 14_400,
  severity: 'warning',
  clearAfterSeconds: 120,
  async read(tx, { now, settings, witnesses }) {
    const from = Math.floor(now.getTime() / SLOT_MS) * SLOT_MS - (SLOTS_LOOKED_AT - 1) * SLOT_MS;
    const rows = await tx.query<Row>(
      `select c.id, c.name, s.hour, s.calls, s.failures, r.breaker_state <> 'closed' as is_held_back from connection_stats s
       join connections c on c.tenant_id = s.tenant_id and c.id = s.connection_id
       join connection_runtime r on r.tenant_id = s.tenant_id and r.connection_id = s.connection_id
       where s.tenant_id = $1 and s.hour >= date_trunc('hour', $2::timestamptz, 'UTC') and c.deleted_at is null`,
      [tx.tenantId, new Date(from)],
      'signal_error_rate',
    );
    const found = [...grouped(rows, (row) => row.id)].flatMap(([id, hours]) => {
      const calls = within(hours, 'calls', from);
      const failures = within(hours, 'failures', from);
      const percent = calls === 0 ? 0 : (failures / calls) * 100;
      const name = hours[0]?.name ?? '';
      // The breaker lets so few calls through that the volume would end the alert of a system that is still down.
      const isStillDown = witnesses.has(id) && hours[0]?.is_held_back === true;
      if ((calls < settings.leastVolume && !isStillDown) || percent < settings.threshold) return [];
      return {
        subject: id,
        connection: { id, name },
        title: `${Math.round(percent)} % of calls to ${name} fail`,
        causes: [{ what: `failed of ${calls} calls within a quarter of an hour`, count: failures }],
        value: Math.round(percent * 10) / 10,
        witness: WITNESS,
      };
    });
    return seen(found);
  },
};

function within(hours: readonly Row[], figure: 'calls' | 'failures', from: number): number {
  return hours
    .flatMap((row) => row[figure].map((count, slot) => ({ count, at: row.hour.getTime() + slot * SLOT_MS })))
    .filter(({ at }) => at >= from)
    .reduce((sum, { count }) => sum + count, 0);
}
