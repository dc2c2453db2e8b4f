import { type TenantTx } from '@hub/tenancy';
import { deliveryConditions, OPEN_DEAD_LETTER, type DeadLetterFilter } from '../read/delivery-filter';

/** Dead letters of one cause. */
export interface DeadLetterGroupRow {
  /** The newest of them; no other group has it. */
  id: string;
  /** The one whose day leaves the database first. */
  oldest_id: string;
  connection_id: string;
  connection_name: string;
  connector_id: string;
  route_id: string;
  route_name: string;
  operation: string;
  reason: string | null;
  category: string | null;
  code: string | null;
  /** Of the newest. */
  message: string | null;
  /** Of the newest: its event and its mapping. */
  tracking_id: string;
  mapping_id: string | null;
  count: number;
  first_at: Date;
  last_at: Date;
}

/** Groups whose newest dead letter is the newest come first. One row more than `limit`. */
export async function listDeadLetterGroups(
  tx: TenantTx,
  filter: DeadLetterFilter,
  page: { limit: number; before: string | null },
): Promise<DeadLetterGroupRow[]> {
  const values: unknown[] = [tx.tenantId];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const where = ['d.tenant_id = $1', OPEN_DEAD_LETTER, ...deliveryConditions(filter, put)];
  const having = page.before === null ? '' : `where g.id < ${put(page.before)}::uuid`;
  return tx.query<DeadLetterGroupRow & Record<string, unknown>>(
    `with g as (
       select max(d.id::text collate "C")::uuid as id, min(d.id::text collate "C")::uuid as oldest_id, d.connection_id, d.route_id, d.operation, d.reason,
              d.last_error ->> 'category' as category, d.last_error ->> 'code' as code, count(*)::int as count, min(d.settled_at) as first_at, max(d.settled_at) as last_at
       from deliveries d where ${where.join(' and ')}
       group by d.connection_id, d.route_id, d.operation, d.reason, 7, 8
     )
     select g.*, n.last_error ->> 'message' as message, n.tracking_id, n.mapping_id, c.name as connection_name, c.connector_id, t.name as route_name
     from g
     join deliveries n on n.tenant_id = $1 and n.id = g.id
     join connections c on c.tenant_id = $1 and c.id = g.connection_id
     join routes t on t.tenant_id = $1 and t.id = g.route_id
     ${having} order by g.id desc limit ${put(page.limit + 1)}`,
    values,
  );
}

export interface DeadLetterTotals {
  readonly dead_letters: number;
  readonly connections: number;
}

export async function countDeadLetters(tx: TenantTx, filter: DeadLetterFilter): Promise<DeadLetterTotals> {
  const values: unknown[] = [tx.tenantId];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const where = ['d.tenant_id = $1', OPEN_DEAD_LETTER, ...deliveryConditions(filter, put)];
  const [row] = await tx.query<{ dead_letters: number; connections: number }>(
    `select count(*)::int as dead_letters, count(distinct d.connection_id)::int as connections
     from deliveries d where ${where.join(' and ')}`,
    values,
  );
  return row ?? { dead_letters: 0, connections: 0 };
}
