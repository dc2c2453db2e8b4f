import { grouped, toPublicId } from '@hub/platform';
import { type AlertRule, seen } from '../rules/rule.types';

interface Row extends Record<string, unknown> {
  id: string;
  name: string;
  object: string;
  connection_id: string;
  connection_name: string;
  interval_seconds: number;
  daily_window: unknown;
  freshness_seconds: number | null;
  last_success_at: Date | null;
  created_at: Date;
}

export const dataStale: AlertRule = {
  id: 'data_stale',
  title: 'Data stale',
  description: 'Syncs of a connection that have not succeeded within their freshness window.',
  advice: "Look at the sync's last error and its runs.",
  threshold: null,
  leastVolume: null,
  forSeconds: 0,
  repeatSeconds: 86_400,
  severity: 'warning',
  clearAfterSeconds: 0,
  async read(tx, { now, ports }) {
    // Whoever has paused a sync or its connection knows that its data ages.
    const rows = await tx.query<Row>(
      `select s.id, s.name, s.object, s.connection_id, c.name as connection_name, s.interval_seconds, s.daily_window, s.freshness_seconds,
              s.last_success_at, s.created_at
       from syncs s join connections c on c.tenant_id = s.tenant_id and c.id = s.connection_id
       where s.tenant_id = $1 and s.deleted_at is null and s.status <> 'paused' and c.deleted_at is null and c.status <> 'paused'`,
      [tx.tenantId],
      'signal_data_stale',
    );
    const late = rows.flatMap((row) => {
      const times = {
        intervalSeconds: row.interval_seconds,
        dailyWindow: row.daily_window,
        freshnessSeconds: row.freshness_seconds,
        freshSince: row.last_success_at ?? row.created_at,
      };
      const seconds = ports.lateness(times, now);
      return seconds === null ? [] : [{ ...row, seconds }];
    });
    return seen(
      [...grouped(late, (row) => row.connection_id)].map(([id, syncs]) => {
        const name = syncs[0]?.connection_name ?? '';
        return {
          subject: id,
          connection: { id, name },
          title: `Data of ${name} is stale`,
          causes: syncs.map((sync) => ({
            what: `${sync.name} (${sync.object}, ${toPublicId('sync', sync.id)}) ${sync.last_success_at === null ? 'has never succeeded' : 'without success'}`,
            since: (sync.last_success_at ?? sync.created_at).toISOString(),
          })),
          value: null,
          kinds: syncs.map(({ object, id: sync }) => `${object}, ${toPublicId('sync', sync)}`),
        };
      }),
    );
  },
};
