import { grouped } from '@hub/platform';
import { type AlertRule, type Cause, seen } from '../rules/rule.types';

/** Beyond it a look would no longer be cheap; the alert then says "at least". */
const MOST_COUNTED = 10_000;
const MOST_CAUSES = 5;
const DAY_SECONDS = 86_400;

interface Row extends Record<string, unknown> {
  connection_id: string;
  name: string;
  category: string | null;
  code: string | null;
  n: number;
  since: Date;
  counted: number;
}

export const deadLetters: AlertRule = {
  id: 'dead_letters',
  title: 'Dead letters',
  description: 'Deliveries of a connection that were given up and that nobody has retried, replayed or cancelled.',
  advice: 'Look at the dead letters of the connection, mend the cause, then retry or replay them.',
  threshold: { unit: 'count', default: 0, least: 0, most: 1_000_000, meaning: 'more than this many are there' },
  leastVolume: null,
  forSeconds: 0,
  repeatSeconds: DAY_SECONDS,
  severity: 'critical',
  clearAfterSeconds: 0,
  async read(tx, { settings }) {
    const rows = await tx.query<Row>(
      `with dead as (
         select connection_id, last_error, settled_at from deliveries
         where tenant_id = $1 and status = 'dead' and replayed_by is null order by id desc limit $2
       )
       select d.connection_id, c.name, d.last_error ->> 'category' as category, d.last_error ->> 'code' as code, count(*) as n,
              min(d.settled_at) as since, (select count(*) from dead) as counted
       from dead d join connections c on c.tenant_id = $1 and c.id = d.connection_id
       group by 1, 2, 3, 4 order by n desc, 3, 4`,
      [tx.tenantId, MOST_COUNTED + 1],
      'signal_dead_letters',
    );
    const complete = (rows[0]?.counted ?? 0) <= MOST_COUNTED;
    const found = [...grouped(rows, (row) => row.connection_id)].flatMap(([id, causes]) => {
      const total = causes.reduce((sum, row) => sum + row.n, 0);
      const name = causes[0]?.name ?? '';
      if (total <= settings.threshold) return [];
      const atLeast = complete ? '' : 'at least ';
      return {
        subject: id,
        connection: { id, name },
        title: `${atLeast}${total} dead ${total === 1 ? 'letter' : 'letters'} on ${name}`,
        causes: causes.slice(0, MOST_CAUSES).map(toCause),
        value: total,
        kinds: causes.map(kindOf),
      };
    });
    return seen(found, complete);
  },
};

function toCause(row: Row): Cause {
  return { what: kindOf(row), count: row.n, since: row.since.toISOString() };
}

function kindOf({ category, code }: Row): string {
  return [category ?? 'unknown', code].filter((part) => part !== null).join(' ');
}
