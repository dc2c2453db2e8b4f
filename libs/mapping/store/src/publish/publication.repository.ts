import { type TenantTx } from '@hub/tenancy';
import { type BacktestSummary } from '../backtest/backtest.types';
import { type PublicationKind, type PublicationRow, type Publisher } from './publication.types';

const COLUMNS = 'number, version, kind, back_to, published_at, actor_type, actor_id';

export interface NewPublication {
  readonly version: number;
  readonly kind: PublicationKind;
  readonly backTo: number | null;
  /** Null: the hub itself, or not known. */
  readonly by: Publisher | null;
  /** How many golden cases passed; null where none were run. */
  readonly goldenCases: number | null;
  readonly backtest: BacktestSummary | null;
}

/** The caller holds the mapping's lock, or has just made it. */
export async function keepPublication(
  tx: TenantTx,
  mappingId: string,
  number: number,
  { version, kind, backTo, by, goldenCases, backtest }: NewPublication,
): Promise<PublicationRow> {
  const [row] = await tx.query<PublicationRow & Record<string, unknown>>(
    `insert into mapping_publications (tenant_id, mapping_id, number, version, kind, back_to, published_at,
                                       actor_type, actor_id, golden_cases, backtest)
     values ($1, $2, $3, $4, $5, $6, case when $5 = 'found' then null else now() end, $7, $8, $9, $10) returning ${COLUMNS}`,
    [
      tx.tenantId,
      mappingId,
      number,
      version,
      kind,
      backTo,
      by?.type ?? null,
      by?.id ?? null,
      goldenCases,
      backtest === null ? null : JSON.stringify(backtest),
    ],
  );
  if (row === undefined) throw new Error('insert returned no row');
  return row;
}

/**
 * The publication in force. A mapping that is older than this history gets its first entry here.
 * The caller holds the mapping's lock.
 */
export async function currentPublication(
  tx: TenantTx,
  mappingId: string,
  publishedVersion: number,
): Promise<PublicationRow> {
  const [row] = await tx.query<PublicationRow & Record<string, unknown>>(
    `select ${COLUMNS} from mapping_publications where tenant_id = $1 and mapping_id = $2 order by number desc limit 1`,
    [tx.tenantId, mappingId],
  );
  if (row !== undefined) return row;
  const found = { kind: 'found', backTo: null, by: null, goldenCases: null, backtest: null } as const;
  return keepPublication(tx, mappingId, 1, { ...found, version: publishedVersion });
}

export async function findPublication(tx: TenantTx, mappingId: string, number: number): Promise<PublicationRow | null> {
  const [row] = await tx.query<PublicationRow & Record<string, unknown>>(
    `select ${COLUMNS} from mapping_publications where tenant_id = $1 and mapping_id = $2 and number = $3`,
    [tx.tenantId, mappingId, number],
  );
  return row ?? null;
}

/**
 * The nearest publication of a version on the way back from `number`; null where there is none. What has been rolled back
 * is not on the way.
 */
export async function findOnTheWayBack(
  tx: TenantTx,
  mappingId: string,
  number: number,
  version: number,
): Promise<PublicationRow | null> {
  const [row] = await tx.query<PublicationRow & Record<string, unknown>>(
    `with recursive way as (
       select p.* from mapping_publications p where p.tenant_id = $1 and p.mapping_id = $2 and p.number = $3
       union all
       select p.* from way w join mapping_publications p on p.tenant_id = $1 and p.mapping_id = $2 and p.number = w.back_to
     )
     select ${COLUMNS} from way where version = $4 order by number desc limit 1`,
    [tx.tenantId, mappingId, number, version],
  );
  return row ?? null;
}

/** The last publication of each of these versions. */
export async function lastPublications(
  tx: TenantTx,
  mappingId: string,
  versions: readonly number[],
): Promise<ReadonlyMap<number, PublicationRow>> {
  const rows = await tx.query<PublicationRow & Record<string, unknown>>(
    `select distinct on (version) ${COLUMNS} from mapping_publications
     where tenant_id = $1 and mapping_id = $2 and version = any ($3) order by version, number desc`,
    [tx.tenantId, mappingId, versions],
  );
  return new Map(rows.map((row) => [row.version, row]));
}
