import { Inject, Injectable } from '@nestjs/common';
import { type AuditActor } from '@hub/audit';
import {
  addGoldenCase,
  deleteGoldenCase,
  findGoldenCase,
  listGoldenCases,
  PayloadSeals,
  updateGoldenCase,
  type GoldenCase,
  type GoldenCaseChange,
  type GoldenCaseHead,
  type NewGoldenCase,
} from '@hub/mapping-store';
import { toPublicId, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { audited, changesOf } from '../../http/audited';

/** Without input and output: cases are often made of real events, and the audit log keeps what it is told for years. */
const change = changesOf<GoldenCaseHead>('golden_case', 'goldenCase', ({ id, name, outcome, ignored }) => ({
  id: toPublicId('goldenCase', id),
  name,
  outcome,
  ignore: ignored,
}));

@Injectable()
export class GoldenCasesService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(PayloadSeals) private readonly seals: PayloadSeals,
  ) {}

  async create(
    tenantId: string,
    actor: AuditActor,
    mappingId: string,
    golden: NewGoldenCase,
  ): Promise<Result<GoldenCase, Problem>> {
    const seal = await this.seals.of(tenantId);
    if (!seal.ok) return seal;
    return this.tenants.run(tenantId, async (tx) =>
      audited(tx, await addGoldenCase(tx, seal.value, mappingId, golden), (after) =>
        change(actor, 'created', { after, details: of(mappingId) }),
      ),
    );
  }

  async list(tenantId: string, mappingId: string): Promise<Result<GoldenCase[], Problem>> {
    const seal = await this.seals.of(tenantId);
    return seal.ok ? this.tenants.run(tenantId, (tx) => listGoldenCases(tx, seal.value, mappingId)) : seal;
  }

  async find(tenantId: string, mappingId: string, id: string): Promise<Result<GoldenCase, Problem>> {
    const seal = await this.seals.of(tenantId);
    return seal.ok ? this.tenants.run(tenantId, (tx) => findGoldenCase(tx, seal.value, mappingId, id)) : seal;
  }

  async update(
    tenantId: string,
    actor: AuditActor,
    mappingId: string,
    id: string,
    wanted: GoldenCaseChange,
  ): Promise<Result<GoldenCase, Problem>> {
    const seal = await this.seals.of(tenantId);
    if (!seal.ok) return seal;
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findGoldenCase(tx, seal.value, mappingId, id);
      if (!before.ok) return before;
      const changed = Object.keys(wanted).sort();
      return audited(tx, await updateGoldenCase(tx, seal.value, mappingId, id, wanted), (after) =>
        change(actor, 'updated', { before: before.value, after, details: { ...of(mappingId), changed } }),
      );
    });
  }

  delete(tenantId: string, actor: AuditActor, mappingId: string, id: string): Promise<Result<GoldenCaseHead, Problem>> {
    return this.tenants.run(tenantId, async (tx) =>
      audited(tx, await deleteGoldenCase(tx, mappingId, id), (before) =>
        change(actor, 'deleted', { before, details: of(mappingId) }),
      ),
    );
  }
}

function of(mappingId: string): { readonly mapping_id: string } {
  return { mapping_id: toPublicId('mapping', mappingId) };
}
