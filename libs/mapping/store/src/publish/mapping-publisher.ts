import { appendAudit, type AuditActor } from '@hub/audit';
import { type MappingEngine } from '@hub/mapping-engine';
import { err, notFound, ok, toPublicId, type Problem, type Result } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { lastBacktestOf } from '../backtest/backtest.repository';
import { type BacktestSummary } from '../backtest/backtest.types';
import { listGoldenCases } from '../golden/golden-case.repository';
import { type GoldenCase } from '../golden/golden-case.types';
import { problemOfGoldenCases, runGoldenCases } from '../golden/run-golden-cases';
import { findGoldenRevision } from '../lock-mapping';
import { type PayloadSeal, type PayloadSeals } from '../sealing/payload-seals';
import { findMapping } from '../mapping.repository';
import { findVersion } from '../mapping-version.repository';
import { type MappingRow, type MappingVersionRow } from '../mapping.types';
import {
  GOLDEN_CASES_CHANGED,
  publishVersion,
  rollbackMapping,
  unknownVersion,
  type Published,
} from './publish.repository';

/** Golden cases are run outside any transaction; somebody who changes them that very moment makes it run once more. */
const TRIES = 3;

export interface PublishedMapping {
  readonly mapping: MappingRow;
  readonly goldenCases: number;
  /** The last back-test of this version; null when none was made, or it is kept no more. */
  readonly backtest: BacktestSummary | null;
}

interface Prepared {
  readonly version: MappingVersionRow;
  readonly cases: readonly GoldenCase[];
  readonly revision: number;
  readonly backtest: BacktestSummary | null;
}

/** Makes a version the published one, if its golden cases let it, and takes that back. */
export class MappingPublisher {
  constructor(
    private readonly tenants: TenantDb,
    private readonly engine: MappingEngine,
    private readonly seals: PayloadSeals,
  ) {}

  /** 422 `golden_cases_failed` names each case that does not come out as it must, with the places; nothing is published then. */
  async publish(
    tenantId: string,
    id: string,
    wanted: { readonly version: number; readonly expectedVersion?: number | undefined },
    actor: AuditActor,
  ): Promise<Result<PublishedMapping, Problem>> {
    const seal = await this.seals.of(tenantId);
    if (!seal.ok) return seal;
    for (let tries = 1; ; tries++) {
      const prepared = await this.tenants.run(tenantId, (tx) => this.prepare(tx, seal.value, id, wanted.version));
      if (!prepared.ok) return prepared;
      const { version, cases, revision, backtest } = prepared.value;
      const results = await runGoldenCases(this.engine, version, cases, tenantId);
      if (!results.ok) return results;
      const failed = problemOfGoldenCases(results.value);
      if (failed !== null) {
        const names = results.value.filter(({ passed }) => !passed).map(({ golden }) => golden.name);
        await this.tenants.run(tenantId, (tx) => this.recordRefusal(tx, id, wanted.version, names, actor));
        return err(failed);
      }
      const published = await this.tenants.run(tenantId, async (tx) => {
        const golden = { cases: cases.length, revision };
        const done = await publishVersion(tx, id, { ...wanted, by: by(actor), golden, backtest });
        if (done.ok)
          await this.record(tx, 'mapping.published', done.value, actor, { golden_cases: cases.length, backtest });
        return done;
      });
      if (published.ok) return ok({ mapping: published.value.mapping, goldenCases: cases.length, backtest });
      if (published.error.code !== GOLDEN_CASES_CHANGED || tries === TRIES) return published;
    }
  }

  /** Asks no golden case: see `rollbackMapping`. */
  rollback(
    tenantId: string,
    id: string,
    wanted: { readonly toVersion?: number | undefined; readonly expectedVersion?: number | undefined },
    actor: AuditActor,
  ): Promise<Result<MappingRow, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const done = await rollbackMapping(tx, id, { ...wanted, by: by(actor) });
      if (!done.ok) return done;
      await this.record(tx, 'mapping.rolled_back', done.value, actor, {});
      return ok(done.value.mapping);
    });
  }

  private async prepare(
    tx: TenantTx,
    seal: PayloadSeal,
    id: string,
    number: number,
  ): Promise<Result<Prepared, Problem>> {
    // The revision first: a case that is added between the two reads makes it too old, never too new.
    const revision = await findGoldenRevision(tx, id);
    if (revision === null) return err(notFound('mapping'));
    const cases = await listGoldenCases(tx, seal, id);
    if (!cases.ok) return cases;
    const version = await findVersion(tx, id, number);
    if (version === null) return err(unknownVersion('/version', number));
    const backtest = await lastBacktestOf(tx, id, version.expression, version.tables);
    return ok({ version, cases: cases.value, revision, backtest });
  }

  private async recordRefusal(
    tx: TenantTx,
    id: string,
    version: number,
    failed: readonly string[],
    actor: AuditActor,
  ): Promise<void> {
    const mapping = await findMapping(tx, id);
    if (mapping === null) return;
    await appendAudit(tx, {
      action: 'mapping.published',
      outcome: 'refused',
      actor,
      target: { type: 'mapping', id: toPublicId('mapping', id), name: mapping.name },
      before: { published_version: mapping.published_version },
      details: { version, golden_cases_failed: failed },
    });
  }

  private async record(
    tx: TenantTx,
    action: string,
    { mapping, before, changed }: Published,
    actor: AuditActor,
    { golden_cases, backtest }: { readonly golden_cases?: number; readonly backtest?: BacktestSummary | null },
  ): Promise<void> {
    await appendAudit(tx, {
      action,
      actor,
      target: { type: 'mapping', id: toPublicId('mapping', mapping.id), name: mapping.name },
      before: { published_version: before },
      after: { published_version: mapping.published_version },
      details: {
        changed,
        ...(golden_cases === undefined ? {} : { golden_cases }),
        ...(backtest == null ? {} : { backtest: toPublicId('backtest', backtest.id) }),
      },
    });
  }
}

function by({ type, id }: AuditActor): Pick<AuditActor, 'type' | 'id'> {
  return { type, id };
}
