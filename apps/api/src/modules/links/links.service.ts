import { Inject, Injectable } from '@nestjs/common';
import { type AuditActor, type AuditEntry } from '@hub/audit';
import { wakeWaitingForLinks } from '@hub/delivery';
import { DrainBell, err, notFound, ok, toPublicId, type Problem, type Result } from '@hub/platform';
import {
  createLink,
  deleteLink,
  findLink,
  listLinks,
  mergeLinks,
  removeLinkEnd,
  type LinkFilter,
  type LinkRow,
  type RecordRef,
} from '@hub/sync';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { audited, changesOf } from '../../http/audited';
import { type Page } from '../../http/pagination';
import { toLinkResponse } from './link.mapper';

const change = changesOf('link', 'link', toLinkResponse);

interface Linked {
  readonly result: Result<LinkRow, Problem>;
  readonly entryOf: (link: LinkRow) => AuditEntry;
}

@Injectable()
export class LinksService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(DrainBell) private readonly bell: DrainBell,
  ) {}

  create(
    tenantId: string,
    actor: AuditActor,
    type: string,
    records: readonly RecordRef[],
  ): Promise<Result<LinkRow, Problem>> {
    return this.waking(tenantId, async (tx) => ({
      result: await createLink(tx, type, records),
      entryOf: (after) => change(actor, 'created', { after }),
    }));
  }

  list(tenantId: string, page: Page, filter: LinkFilter): Promise<LinkRow[]> {
    return this.tenants.run(tenantId, (tx) => listLinks(tx, { ...page, limit: page.limit + 1 }, filter));
  }

  async find(tenantId: string, id: string): Promise<Result<LinkRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findLink(tx, id));
    return row === null ? err(notFound('link')) : ok(row);
  }

  merge(tenantId: string, actor: AuditActor, id: string, from: string): Promise<Result<LinkRow, Problem>> {
    return this.waking(tenantId, async (tx) => {
      const before = await findLink(tx, id);
      const details = { merged_link_id: toPublicId('link', from) };
      const result = await mergeLinks(tx, id, from);
      return { result, entryOf: (after) => change(actor, 'merged', { before, after, details }) };
    });
  }

  removeEnd(tenantId: string, actor: AuditActor, id: string, endId: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findLink(tx, id);
      const result = await removeLinkEnd(tx, id, endId);
      const details = { link_end_id: toPublicId('linkEnd', endId) };
      return audited(tx, result, () => change(actor, 'end_removed', { before, details }));
    });
  }

  delete(tenantId: string, actor: AuditActor, id: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findLink(tx, id);
      return audited(tx, await deleteLink(tx, id), () => change(actor, 'deleted', { before }));
    });
  }

  /** Deliveries that wait for what somebody has just linked by hand go on at once. */
  private async waking(
    tenantId: string,
    linking: (tx: TenantTx) => Promise<Linked>,
  ): Promise<Result<LinkRow, Problem>> {
    const { result, woken } = await this.tenants.run(tenantId, async (tx) => {
      const { result, entryOf } = await linking(tx);
      if (!result.ok) return { result, woken: [] };
      const { type, ends } = result.value;
      const records = ends.map((end) => ({ type, recordId: end.record_id }));
      const woken = await wakeWaitingForLinks(tx, records);
      return { result: await audited(tx, result, entryOf), woken };
    });
    for (const connectionId of woken) this.bell.ring({ tenantId, connectionId });
    return result;
  }
}
