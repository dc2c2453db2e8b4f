import { type TenantTx } from '@hub/tenancy';
import { type ChainRecord } from '../chain/chain.repository';
import { type AuditOutcome } from '../append/audit-entry';

export interface AuditFilter {
  /** `mapping.published`, or `mapping.*` for all of a kind. */
  readonly action?: string;
  /** Public id. */
  readonly actor?: string;
  /** Public id. */
  readonly target?: string;
  readonly outcome?: AuditOutcome;
  /** RFC 3339; inclusive. */
  readonly from?: string;
  /** RFC 3339; exclusive. */
  readonly to?: string;
  readonly requestId?: string;
  /** Anywhere in the record; personal fields are sealed and are not found. */
  readonly q?: string;
}

export interface AuditRow extends ChainRecord {
  readonly id: string;
}

interface Row {
  [column: string]: unknown;
  id: string;
  seq: number;
  text: string;
  prev: Buffer;
  hash: Buffer;
  key: Buffer | null;
}

const COLUMNS = `r.id, r.seq, r.record::text as text, r.prev, r.hash, k.key`;
const FROM = `audit_records r left join audit_subject_keys k on k.tenant_id = r.tenant_id and k.subject = r.actor`;

/** The filter as SQL with its values from `$<first>` on. */
function filterSql(filter: AuditFilter, first: number): { readonly sql: string; readonly values: unknown[] } {
  const { action, actor, target, outcome, from, to, requestId, q } = filter;
  const isKind = action?.endsWith('.*') === true;
  const conditions: readonly (readonly [string, unknown])[] = [
    ['r.action = ?', isKind ? undefined : action],
    ['starts_with(r.action, ?)', isKind ? action?.slice(0, -1) : undefined],
    ['r.actor = ?', actor],
    ['r.target = ?', target],
    ['r.outcome = ?', outcome],
    ['r.request = ?', requestId],
    ['r.id >= uuid_v7_floor(?::timestamptz)', from],
    ['r.id < uuid_v7_floor(?::timestamptz)', to],
    ['position(lower(?) in lower(r.record::text)) > 0', q],
  ];
  const given = conditions.filter(([, value]) => value !== undefined);
  return {
    sql: given.map(([sql], index) => ` and ${sql.replace('?', `$${first + index}`)}`).join(''),
    values: given.map(([, value]) => value),
  };
}

/** Newest first. One row more than `limit` tells whether there is a next page. */
export async function listAuditRecords(
  tx: TenantTx,
  page: { readonly limit: number; readonly before: string | null },
  filter: AuditFilter,
): Promise<AuditRow[]> {
  const { sql, values } = filterSql(filter, 4);
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from ${FROM}
     where r.tenant_id = $1 and ($2::uuid is null or r.seq < (select seq from audit_records where tenant_id = $1 and id = $2))${sql}
     order by r.seq desc limit $3`,
    [tx.tenantId, page.before, page.limit, ...values],
  );
  return rows.map(toRow);
}

export async function findAuditRecord(tx: TenantTx, id: string): Promise<AuditRow | null> {
  const [row] = await tx.query<Row>(`select ${COLUMNS} from ${FROM} where r.tenant_id = $1 and r.id = $2`, [
    tx.tenantId,
    id,
  ]);
  return row === undefined ? null : toRow(row);
}

/** Of the records after `after` up to `upTo`, the places of those that the filter finds. */
export async function matchingPlaces(
  tx: TenantTx,
  after: number,
  upTo: number,
  filter: AuditFilter,
): Promise<Set<number>> {
  const { sql, values } = filterSql(filter, 4);
  const rows = await tx.query<{ seq: number }>(
    `select r.seq from audit_records r where r.tenant_id = $1 and r.seq > $2 and r.seq <= $3${sql}`,
    [tx.tenantId, after, upTo, ...values],
  );
  return new Set(rows.map((row) => row.seq));
}

function toRow({ id, seq, text, prev, hash, key }: Row): AuditRow {
  return { id, seq, text, prev, hash, subjectKey: key ?? undefined };
}
