import { grouped } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type AlertRule, type Cause, type Retention, seen } from '../rules/rule.types';

/** Beyond it a look would no longer be cheap; the alert then says "at least". */
const MOST_COUNTED = 10_000;
const MOST_CAUSES = 5;
const DAY_SECONDS = 86_400;
/** Whoever is told on a Friday can still do something on Monday. */
const WARNED_DAYS = 3;
const LEAVING = `leave the database for the archive within ${WARNED_DAYS} days`;

interface Row extends Record<string, unknown> {
  connection_id: string;
  name: string;
  category: string | null;
  code: string | null;
  n: number;
  since: Date;
  oldest: string;
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
  async read(tx, { settings, ports, witnesses }) {
    const rows = await tx.query<Row>(
      `with dead as (
         select id, connection_id, last_error, settled_at from deliveries
         where tenant_id = $1 and status = 'dead' and replayed_by is null order by id desc limit $2
       )
       select d.connection_id, c.name, d.last_error ->> 'category' as category, d.last_error ->> 'code' as code, count(*) as n,
              min(d.settled_at) as since, (array_agg(d.id order by d.settled_at))[1] as oldest, (select count(*) from dead) as counted
       from dead d join connections c on c.tenant_id = $1 and c.id = d.connection_id
       group by 1, 2, 3, 4 order by n desc, 3, 4`,
      [tx.tenantId, MOST_COUNTED + 1],
      'signal_dead_letters',
    );
    const complete = (rows[0]?.counted ?? 0) <= MOST_COUNTED;
    const leaving = rows.length === 0 ? new Map<string, number>() : await leavingSoon(tx, await ports.retention(tx));
    const found = [...grouped(rows, (row) => row.connection_id)].flatMap(([id, causes]) => {
      const total = causes.reduce((sum, row) => sum + row.n, 0);
      const name = causes[0]?.name ?? '';
      if (total <= settings.threshold) return [];
      const atLeast = complete ? '' : 'at least ';
      const leave = leaving.get(id);
      const first = causes.reduce((oldest, row) => (row.since < oldest.since ? row : oldest));
      return {
        subject: id,
        connection: { id, name },
        title: `${atLeast}${total} dead ${total === 1 ? 'letter' : 'letters'} on ${name}`,
        causes: [
          ...(leave === undefined ? [] : [{ what: LEAVING, count: leave }]),
          ...causes.slice(0, MOST_CAUSES).map(toCause),
        ],
        value: total,
        kinds: [...(leave === undefined ? [] : [`some ${LEAVING}`]), ...causes.map(kindOf)],
        witness: first.oldest,
      };
    });
    const present = new Set(found.map(({ subject }) => subject));
    const gone = [...witnesses].filter(([subject]) => !present.has(subject));
    return seen(found, complete, await agedOut(tx, gone));
  },
};

/**
 * By connection: how many of its dead letters have had nearly all of their time. Rows leave with their day, and not before
 * the dead letters' own days are over; what was brought back stays until its time is over.
 */
async function leavingSoon(tx: TenantTx, { hotDays, deadLetterDays }: Retention): Promise<Map<string, number>> {
  const rows = await tx.query<{ connection_id: string; n: number }>(
    `with soon as (
       select connection_id, tracking_id, coalesce(settled_at, created_at) as ended from deliveries
       where tenant_id = $1 and status = 'dead' and replayed_by is null
         and id < uuid_v7_floor(date_trunc('day', now() + make_interval(days => $2::integer - $3::integer), 'UTC'))
       order by id limit $5
     )
     select connection_id, count(*) as n from soon
     where ended < now() + make_interval(days => $2::integer - $4::integer)
       and not exists (select 1 from archive_kept k where k.tenant_id = $1 and k.tracking_id = soon.tracking_id
                       and k.reason = 'restored' and k.until > now() + make_interval(days => $2::integer))
     group by 1`,
    [tx.tenantId, WARNED_DAYS, hotDays, deadLetterDays, MOST_COUNTED],
    'signal_dead_letters_leaving',
  );
  return new Map(rows.map((row) => [row.connection_id, row.n]));
}

/** Whoever takes a dead letter up leaves its row where it is. */
async function agedOut(tx: TenantTx, gone: readonly (readonly [string, string])[]): Promise<string[]> {
  if (gone.length === 0) return [];
  const rows = await tx.query<{ id: string }>(
    `select id from deliveries where tenant_id = $1 and id = any($2::uuid[])`,
    [tx.tenantId, gone.map(([, witness]) => witness)],
    'signal_dead_letters_left',
  );
  const atHand = new Set(rows.map(({ id }) => id));
  return gone.flatMap(([subject, witness]) => (atHand.has(witness) ? [] : [subject]));
}

function toCause(row: Row): Cause {
  return { what: kindOf(row), count: row.n, since: row.since.toISOString() };
}

function kindOf({ category, code }: Row): string {
  return [category ?? 'unknown', code].filter((part) => part !== null).join(' ');
}
