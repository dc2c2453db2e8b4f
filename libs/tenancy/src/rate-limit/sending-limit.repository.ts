import { createHash } from 'node:crypto';
import { type Tx } from '@hub/database';

/** How often something may be sent within hours that slide along. */
export interface SendingLimit {
  /** Who sends what to whom. Kept as a hash. */
  readonly of: readonly string[];
  readonly most: number;
  readonly hours: number;
}

const LOCK = `
insert into sending_limits as l (key, sent_at, expires_at) values ($1, '{}', now())
on conflict (key) do update set sent_at =
  array(select s from unnest(l.sent_at) s where s > now() - $2 * interval '1 hour' order by s)
returning cardinality(sent_at) as n, extract(epoch from sent_at[1] + $2 * interval '1 hour' - now())::float8 as wait`;

const COUNT = `
update sending_limits set sent_at = sent_at || now(), expires_at = now() + $2 * interval '1 hour' where key = $1`;

/** None is waited for: whoever counts holds rows of their own already. */
const TIDY = `
delete from sending_limits where key in (
  select key from sending_limits where expires_at < now() order by expires_at limit 100 for update skip locked)`;

/**
 * Counts one sending against all of these limits, or, where one is used up, against none. Its callers name them in one order,
 * the wider first, so that two of them never wait for each other.
 * @returns the seconds to wait for the first that is used up; null when it was counted
 */
export async function countSending(tx: Tx, limits: readonly SendingLimit[]): Promise<number | null> {
  for (const { of, most, hours } of limits) {
    const [row] = await tx.query<{ n: number; wait: number | null }>(LOCK, [keyOf(of), hours]);
    // None of the narrower ones is made for what is not sent: whoever is refused names as many addresses as they like.
    if (row !== undefined && row.n >= most) return Math.max(Math.ceil(row.wait ?? 0), 1);
  }
  for (const { of, hours } of limits) await tx.query(COUNT, [keyOf(of), hours]);
  await tx.query(TIDY);
  return null;
}

function keyOf(of: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(of)).digest();
}
