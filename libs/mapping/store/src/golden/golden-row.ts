import { newUuid, type Json, type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type GoldenCase, type GoldenLink, type GoldenOutcome, type NewGoldenCase } from './golden-case.types';

export interface GoldenRow {
  id: string;
  name: string;
  input: string;
  event: string | null;
  links: string;
  outcome: GoldenOutcome;
  output: string | null;
  ignored: string;
  created_at: Date;
  updated_at: Date;
}

export const COLUMNS = 'id, name, input, event, links, outcome, output, ignored, created_at, updated_at';

/** The caller holds the mapping's lock, or has just made it. */
export async function insertGoldenCase(
  tx: TenantTx,
  mappingId: string,
  golden: NewGoldenCase,
): Promise<GoldenRow | undefined> {
  const [row] = await tx.query<GoldenRow & Record<string, unknown>>(
    `insert into mapping_golden_cases (tenant_id, mapping_id, id, name, input, event, links, outcome, output, ignored)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${COLUMNS}`,
    [tx.tenantId, mappingId, newUuid(), ...stored(golden)],
  );
  return row;
}

export function stored(golden: NewGoldenCase): unknown[] {
  return [
    golden.name,
    golden.inputText,
    textOf(golden.event ?? undefined),
    JSON.stringify(golden.links),
    golden.outcome,
    textOf(golden.output),
    JSON.stringify(golden.ignored),
  ];
}

export function textOf(value: Json | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export function toCase(row: GoldenRow): GoldenCase {
  return {
    id: row.id,
    name: row.name,
    inputText: row.input,
    event: row.event === null ? null : (JSON.parse(row.event) as JsonObject),
    links: JSON.parse(row.links) as GoldenLink[],
    outcome: row.outcome,
    ...(row.output === null ? {} : { output: JSON.parse(row.output) as Json }),
    ignored: JSON.parse(row.ignored) as string[],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
