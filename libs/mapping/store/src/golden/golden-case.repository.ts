import { violatedConstraint } from '@hub/database';
import { err, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type PayloadSeal } from '../sealing/payload-seals';
import { lockMapping } from '../lock-mapping';
import { findMapping } from '../mapping.repository';
import {
  GOLDEN_LIMITS,
  type GoldenCase,
  type GoldenCaseChange,
  type GoldenCaseHead,
  type NewGoldenCase,
} from './golden-case.types';
import { COLUMNS, insertGoldenCase, stored, textOf, toCase, toHead, type GoldenRow } from './golden-row';

/** The mapping's lock makes whoever publishes meanwhile run the new case too. After a `name_taken` the transaction is dead. */
export async function addGoldenCase(
  tx: TenantTx,
  seal: PayloadSeal,
  mappingId: string,
  golden: NewGoldenCase,
): Promise<Result<GoldenCase, Problem>> {
  if ((await lockMapping(tx, mappingId)) === null) return err(notFound('mapping'));
  const checked = checkGoldenCase(golden);
  if (!checked.ok) return checked;
  const [counted] = await tx.query<{ cases: number }>(
    `select count(*) as cases from mapping_golden_cases where tenant_id = $1 and mapping_id = $2`,
    [tx.tenantId, mappingId],
  );
  if ((counted?.cases ?? 0) >= GOLDEN_LIMITS.cases) {
    const detail = `A mapping has at most ${GOLDEN_LIMITS.cases} golden cases.`;
    return err(problem('conflict', 'too_many_golden_cases', detail, { extra: { limit: GOLDEN_LIMITS.cases } }));
  }
  const written = await write(insertGoldenCase(tx, mappingId, golden, seal), seal);
  if (!written.ok) return written;
  await countRevision(tx, mappingId);
  return written;
}

/** In the order in which they were made; a mapping has few. */
export async function listGoldenCases(
  tx: TenantTx,
  seal: PayloadSeal,
  mappingId: string,
): Promise<Result<GoldenCase[], Problem>> {
  if ((await findMapping(tx, mappingId)) === null) return err(notFound('mapping'));
  const rows = await tx.query<GoldenRow & Record<string, unknown>>(
    `select ${COLUMNS} from mapping_golden_cases where tenant_id = $1 and mapping_id = $2 order by id`,
    [tx.tenantId, mappingId],
  );
  const cases: GoldenCase[] = [];
  for (const row of rows) {
    const golden = toCase(row, seal);
    if (!golden.ok) return golden;
    cases.push(golden.value);
  }
  return ok(cases);
}

export async function findGoldenCase(
  tx: TenantTx,
  seal: PayloadSeal,
  mappingId: string,
  id: string,
): Promise<Result<GoldenCase, Problem>> {
  const [row] = await tx.query<GoldenRow & Record<string, unknown>>(
    `select ${COLUMNS} from mapping_golden_cases g where tenant_id = $1 and mapping_id = $2 and id = $3
       and exists (select 1 from mappings m where m.tenant_id = $1 and m.id = $2 and m.deleted_at is null)`,
    [tx.tenantId, mappingId, id],
  );
  return row === undefined ? err(notFound('golden case')) : toCase(row, seal);
}

/** What is absent of the change stays as it is. After a `name_taken` the transaction is dead. */
export async function updateGoldenCase(
  tx: TenantTx,
  seal: PayloadSeal,
  mappingId: string,
  id: string,
  change: GoldenCaseChange,
): Promise<Result<GoldenCase, Problem>> {
  if ((await lockMapping(tx, mappingId)) === null) return err(notFound('mapping'));
  const current = await findGoldenCase(tx, seal, mappingId, id);
  if (!current.ok) return current;
  const merged = withChange(current.value, change);
  const checked = checkGoldenCase(merged);
  if (!checked.ok) return checked;
  const written = await write(
    tx
      .query<GoldenRow & Record<string, unknown>>(
        `update mapping_golden_cases set name = $4, outcome = $5, ignored = $6, input = $7, event = $8, links = $9, output = $10,
         sealed = $11, key_id = $12, updated_at = now()
       where tenant_id = $1 and mapping_id = $2 and id = $3 returning ${COLUMNS}`,
        [tx.tenantId, mappingId, id, ...stored(merged, id, seal)],
      )
      .then(([row]) => row),
    seal,
  );
  if (!written.ok) return written;
  await countRevision(tx, mappingId);
  return written;
}

export async function deleteGoldenCase(
  tx: TenantTx,
  mappingId: string,
  id: string,
): Promise<Result<GoldenCaseHead, Problem>> {
  if ((await lockMapping(tx, mappingId)) === null) return err(notFound('mapping'));
  const [row] = await tx.query<GoldenRow & Record<string, unknown>>(
    `delete from mapping_golden_cases where tenant_id = $1 and mapping_id = $2 and id = $3 returning ${COLUMNS}`,
    [tx.tenantId, mappingId, id],
  );
  if (row === undefined) return err(notFound('golden case'));
  await countRevision(tx, mappingId);
  return ok(toHead(row));
}

/** A case that is to have an output names it, and one that is not does not. Bounds are in bytes of JSON. */
function checkGoldenCase(golden: NewGoldenCase): Result<null, Problem> {
  const faults = [
    ...((golden.outcome === 'output') === (golden.output !== undefined)
      ? []
      : [
          {
            pointer: '/output',
            code: golden.output === undefined ? 'required' : 'not_allowed',
            message:
              golden.output === undefined
                ? 'What the mapping must make of the input'
                : 'Only a case whose outcome is "output" has one',
          },
        ]),
    ...tooLarge('/input', golden.inputText, GOLDEN_LIMITS.inputBytes),
    ...tooLarge('/output', textOf(golden.output) ?? '', GOLDEN_LIMITS.outputBytes),
  ];
  if (faults.length === 0) return ok(null);
  return err(problem('unprocessable', 'invalid_golden_case', 'The golden case cannot be kept.', { faults }));
}

function tooLarge(pointer: string, text: string, most: number): { pointer: string; code: string; message: string }[] {
  if (Buffer.byteLength(text) <= most) return [];
  return [{ pointer, code: 'too_large', message: `Must be at most ${most} bytes of JSON` }];
}

/** A case that becomes one without output loses the output that it had. */
function withChange(current: GoldenCase, change: GoldenCaseChange): NewGoldenCase {
  const outcome = change.outcome ?? current.outcome;
  const output = change.output ?? (outcome === 'output' ? current.output : undefined);
  return {
    name: change.name ?? current.name,
    inputText: change.inputText ?? current.inputText,
    event: change.event === undefined ? current.event : change.event,
    links: change.links ?? current.links,
    outcome,
    ...(output === undefined ? {} : { output }),
    ignored: change.ignored ?? current.ignored,
  };
}

async function write(
  statement: Promise<GoldenRow | undefined>,
  seal: PayloadSeal,
): Promise<Result<GoldenCase, Problem>> {
  try {
    const row = await statement;
    if (row === undefined) throw new Error('a statement that writes a golden case returned no row');
    return toCase(row, seal);
  } catch (error) {
    if (violatedConstraint(error) !== 'mapping_golden_cases_name') throw error;
    const fault = { pointer: '/name', code: 'name_taken', message: 'Another golden case of the mapping has this name' };
    return err(problem('conflict', 'name_taken', 'Another golden case has this name.', { faults: [fault] }));
  }
}

async function countRevision(tx: TenantTx, mappingId: string): Promise<void> {
  await tx.query(
    `update mappings set golden_revision = golden_revision + 1, updated_at = now() where tenant_id = $1 and id = $2`,
    [tx.tenantId, mappingId],
  );
}
