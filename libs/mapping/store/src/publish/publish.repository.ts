import { err, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type BacktestSummary } from '../backtest/backtest.types';
import { COLUMNS } from '../mapping-columns';
import { lockMapping, type LockedMapping } from '../lock-mapping';
import { type MappingRow } from '../mapping.types';
import {
  currentPublication,
  findOnTheWayBack,
  findPublication,
  keepPublication,
  lastPublications,
} from './publication.repository';
import { leadsBack, type PublicationRow, type Publisher } from './publication.types';

export interface PublishRequest {
  readonly version: number;
  /** The published version as the caller knows it; another one is a conflict. Undefined: whichever it is. */
  readonly expectedVersion?: number | undefined;
  readonly by: Publisher | null;
  /** The golden cases that the version has passed, as of which revision of them. Null: none were run. */
  readonly golden: { readonly cases: number; readonly revision: number } | null;
  readonly backtest: BacktestSummary | null;
}

export interface Published {
  readonly mapping: MappingRow;
  readonly before: number;
  /** False: this version was the published one already. */
  readonly changed: boolean;
}

/** Somebody has changed the golden cases since the version was run on them. */
export const GOLDEN_CASES_CHANGED = 'golden_cases_changed';

/** Events that are mapped from now on take this version; what is mapped already keeps its own. */
export async function publishVersion(
  tx: TenantTx,
  id: string,
  request: PublishRequest,
): Promise<Result<Published, Problem>> {
  const mapping = await lockMapping(tx, id);
  if (mapping === null) return err(notFound('mapping'));
  const expected = checkExpected(mapping, request.expectedVersion);
  if (!expected.ok) return expected;
  if (request.golden !== null && request.golden.revision !== mapping.golden_revision) {
    return err(problem('conflict', GOLDEN_CASES_CHANGED, 'The golden cases have just been changed. Publish again.'));
  }
  if (!(await versionExists(tx, id, request.version))) return err(unknownVersion('/version', request.version));
  const before = mapping.published_version;
  const current = await currentPublication(tx, id, before);
  if (before !== request.version) {
    await keepPublication(tx, id, current.number + 1, {
      version: request.version,
      kind: 'published',
      backTo: current.number,
      by: request.by,
      goldenCases: request.golden?.cases ?? null,
      backtest: request.backtest,
    });
  }
  return ok({
    mapping: await writePublished(tx, id, request.version),
    before,
    changed: before !== request.version,
  });
}

export interface RollbackRequest {
  /** Undefined: the one that was published before the one that is published now. */
  readonly toVersion?: number | undefined;
  readonly expectedVersion?: number | undefined;
  readonly by: Publisher | null;
}

/**
 * Publishes a version that was published before. Without a version it undoes the last publication, and again the one before
 * that: after publishing 1, 2 and 5, two rollbacks lead to 2 and then to 1.
 *
 * Golden cases are not asked. What is rolled back to has been in force, the cases of today may not fit it, and whoever
 * rolls back stops damage that is being done.
 */
export async function rollbackMapping(
  tx: TenantTx,
  id: string,
  request: RollbackRequest,
): Promise<Result<Published, Problem>> {
  const mapping = await lockMapping(tx, id);
  if (mapping === null) return err(notFound('mapping'));
  const expected = checkExpected(mapping, request.expectedVersion);
  if (!expected.ok) return expected;
  const before = mapping.published_version;
  const current = await currentPublication(tx, id, before);
  const target =
    request.toVersion === undefined
      ? await targetBefore(tx, id, current)
      : await targetOf(tx, id, current, request.toVersion);
  if (!target.ok) return target;
  const { version, backTo } = target.value;
  if (version !== before) {
    const publication = { version, kind: 'rolled_back', backTo, by: request.by } as const;
    await keepPublication(tx, id, current.number + 1, { ...publication, goldenCases: null, backtest: null });
  }
  return ok({ mapping: await writePublished(tx, id, version), before, changed: version !== before });
}

interface Target {
  readonly version: number;
  /** Where a rollback from there would lead. */
  readonly backTo: number | null;
}

async function targetBefore(tx: TenantTx, id: string, current: PublicationRow): Promise<Result<Target, Problem>> {
  if (!leadsBack(current))
    return err(problem('conflict', 'no_earlier_version', 'No other version was published before this one.'));
  if (current.back_to !== null) {
    const earlier = await findPublication(tx, id, current.back_to);
    if (earlier === null) throw new Error('a publication points at one that does not exist');
    return ok({ version: earlier.version, backTo: earlier.back_to });
  }
  return ok({ version: current.version - 1, backTo: null });
}

async function targetOf(
  tx: TenantTx,
  id: string,
  current: PublicationRow,
  version: number,
): Promise<Result<Target, Problem>> {
  if (!(await versionExists(tx, id, version))) return err(unknownVersion('/to_version', version));
  const earlier = await findOnTheWayBack(tx, id, current.number, version);
  if (earlier !== null) return ok({ version, backTo: earlier.back_to });
  if (current.kind === 'found' && version < current.version) return ok({ version, backTo: null });
  // Rolled back itself: whoever has gone back too far, or in error, returns as quickly.
  if ((await lastPublications(tx, id, [version])).has(version)) return ok({ version, backTo: current.number });
  const message = 'This version has not been published before; publish it instead';
  const fault = { pointer: '/to_version', code: 'never_published', message };
  return err(problem('unprocessable', 'never_published', `${message}.`, { faults: [fault] }));
}

function checkExpected(mapping: LockedMapping, expected: number | undefined): Result<null, Problem> {
  if (expected === undefined || expected === mapping.published_version) return ok(null);
  const detail = `Version ${mapping.published_version} is published, not ${expected}: somebody was faster. Look again.`;
  return err(
    problem('conflict', 'published_version_changed', detail, {
      faults: [{ pointer: '/expected_version', code: 'published_version_changed', message: detail }],
      extra: { published_version: mapping.published_version },
    }),
  );
}

async function versionExists(tx: TenantTx, id: string, version: number): Promise<boolean> {
  const rows = await tx.query(
    `select version from mapping_versions where tenant_id = $1 and mapping_id = $2 and version = $3`,
    [tx.tenantId, id, version],
  );
  return rows.length > 0;
}

export function unknownVersion(pointer: string, version: number): Problem {
  const fault = { pointer, code: 'unknown_version', message: 'This mapping has no such version' };
  return problem('unprocessable', 'unknown_version', `There is no version ${version}.`, { faults: [fault] });
}

export async function writePublished(tx: TenantTx, id: string, version: number): Promise<MappingRow> {
  const [row] = await tx.query<MappingRow & Record<string, unknown>>(
    `update mappings m set published_version = $3, updated_at = now() where m.tenant_id = $1 and m.id = $2 returning ${COLUMNS}`,
    [tx.tenantId, id, version],
  );
  if (row === undefined) throw new Error('a locked mapping is gone');
  return row;
}
