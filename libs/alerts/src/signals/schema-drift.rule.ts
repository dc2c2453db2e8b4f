import { grouped } from '@hub/platform';
import { type AlertRule, seen } from '../rules/rule.types';

interface Row extends Record<string, unknown> {
  id: string;
  name: string;
  object: string;
  changes: number;
  since: Date;
}

export const schemaDrift: AlertRule = {
  id: 'schema_drift',
  title: 'Objects changed at the vendor',
  description: 'Objects or fields that a connection’s vendor has added, changed or taken away lately.',
  advice: 'Look at the schema changes of the connection, and whether your mappings still fit.',
  threshold: { unit: 'hours', default: 72, least: 1, most: 720, meaning: 'a change was seen within this many hours' },
  leastVolume: null,
  forSeconds: 0,
  repeatSeconds: 0,
  severity: 'info',
  clearAfterSeconds: 0,
  async read(tx, { settings }) {
    const rows = await tx.query<Row>(
      `select c.id, c.name, s.object, sum(jsonb_array_length(s.changes))::int as changes, min(s.detected_at) as since
       from connection_schema_changes s join connections c on c.tenant_id = s.tenant_id and c.id = s.connection_id
       where s.tenant_id = $1 and s.detected_at > now() - $2::float8 * interval '1 hour' and c.deleted_at is null
       group by 1, 2, 3 order by 3`,
      [tx.tenantId, settings.threshold],
      'signal_schema_drift',
    );
    return seen(
      [...grouped(rows, (row) => row.id)].map(([id, objects]) => ({
        subject: id,
        connection: { id, name: objects[0]?.name ?? '' },
        title: `Objects of ${objects[0]?.name ?? ''} have changed`,
        causes: objects.map((row) => ({
          what: nameOf(row),
          count: row.changes,
          since: row.since.toISOString(),
        })),
        value: objects.reduce((sum, row) => sum + row.changes, 0),
        kinds: objects.map(nameOf),
      })),
    );
  },
};

function nameOf({ object }: Row): string {
  return object === '' ? 'the list of objects' : object;
}
