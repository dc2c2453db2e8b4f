import { newUuid, ok, type Json, type JsonObject, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type PayloadSeal } from '../sealing/payload-seals';
import {
  type GoldenCase,
  type GoldenCaseHead,
  type GoldenLink,
  type GoldenOutcome,
  type NewGoldenCase,
} from './golden-case.types';

export interface GoldenRow {
  id: string;
  name: string;
  /** Empty when the case is sealed. */
  input: string;
  event: string | null;
  links: string;
  outcome: GoldenOutcome;
  output: string | null;
  ignored: string;
  sealed: string | null;
  key_id: string | null;
  created_at: Date;
  updated_at: Date;
}

/** What is sealed of a case. Texts of JSON: numbers must reach the expression as they were written. */
interface Content {
  readonly input: string;
  readonly event: string | null;
  readonly links: string;
  readonly output: string | null;
}

export const COLUMNS =
  'id, name, input, event, links, outcome, output, ignored, sealed, key_id, created_at, updated_at';

/**
 * The caller holds the mapping's lock, or has just made it.
 * @param seal null for what a template brings along: it is nobody's payload
 */
export async function insertGoldenCase(
  tx: TenantTx,
  mappingId: string,
  golden: NewGoldenCase,
  seal: PayloadSeal | null,
): Promise<GoldenRow | undefined> {
  const id = newUuid();
  const [row] = await tx.query<GoldenRow & Record<string, unknown>>(
    `insert into mapping_golden_cases (tenant_id, mapping_id, id, name, outcome, ignored, input, event, links, output, sealed, key_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning ${COLUMNS}`,
    [tx.tenantId, mappingId, id, ...stored(golden, id, seal)],
  );
  return row;
}

export function stored(golden: NewGoldenCase, id: string, seal: PayloadSeal | null): unknown[] {
  const content: Content = {
    input: golden.inputText,
    event: textOf(golden.event ?? undefined),
    links: JSON.stringify(golden.links),
    output: textOf(golden.output),
  };
  const { input, event, links, output } = content;
  return [
    golden.name,
    golden.outcome,
    JSON.stringify(golden.ignored),
    ...(seal === null
      ? [input, event, links, output, null, null]
      : ['', null, '[]', null, seal.seal(JSON.stringify(content), 'golden_case', id), seal.keyId]),
  ];
}

export function textOf(value: Json | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export function toHead({ id, name, outcome, ignored }: GoldenRow): GoldenCaseHead {
  return { id, name, outcome, ignored: JSON.parse(ignored) as string[] };
}

export function toCase(row: GoldenRow, seal: PayloadSeal): Result<GoldenCase, Problem> {
  const content = contentOf(row, seal);
  if (!content.ok) return content;
  const { input, event, links, output } = content.value;
  return ok({
    ...toHead(row),
    inputText: input,
    event: event === null ? null : (JSON.parse(event) as JsonObject),
    links: JSON.parse(links) as GoldenLink[],
    ...(output === null ? {} : { output: JSON.parse(output) as Json }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
}

function contentOf(row: GoldenRow, seal: PayloadSeal): Result<Content, Problem> {
  if (row.sealed === null || row.key_id === null) return ok(row);
  const opened = seal.open(row.sealed, row.key_id, 'golden_case', row.id);
  return opened.ok ? ok(JSON.parse(opened.value) as Content) : opened;
}
