import { Inject, Injectable } from '@nestjs/common';
import { wakeWaitingForLinks } from '@hub/delivery';
import { DrainBell, err, notFound, ok, type Problem, type Result } from '@hub/platform';
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
import { type Page } from '../../http/pagination';

@Injectable()
export class LinksService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(DrainBell) private readonly bell: DrainBell,
  ) {}

  create(tenantId: string, type: string, records: readonly RecordRef[]): Promise<Result<LinkRow, Problem>> {
    return this.waking(tenantId, (tx) => createLink(tx, type, records));
  }

  list(tenantId: string, page: Page, filter: LinkFilter): Promise<LinkRow[]> {
    return this.tenants.run(tenantId, (tx) => listLinks(tx, { ...page, limit: page.limit + 1 }, filter));
  }

  async find(tenantId: string, id: string): Promise<Result<LinkRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findLink(tx, id));
    return row === null ? err(notFound('link')) : ok(row);
  }

  merge(tenantId: string, id: string, from: string): Promise<Result<LinkRow, Problem>> {
    return this.waking(tenantId, (tx) => mergeLinks(tx, id, from));
  }

  removeEnd(tenantId: string, id: string, endId: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, (tx) => removeLinkEnd(tx, id, endId));
  }

  delete(tenantId: string, id: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, (tx) => deleteLink(tx, id));
  }

  /** Deliveries that wait for what somebody has just linked by hand go on at once. */
  private async waking(
    tenantId: string,
    change: (tx: TenantTx) => Promise<Result<LinkRow, Problem>>,
  ): Promise<Result<LinkRow, Problem>> {
    const { result, woken } = await this.tenants.run(tenantId, async (tx) => {
      const result = await change(tx);
      if (!result.ok) return { result, woken: [] };
      const { type, ends } = result.value;
      const records = ends.map((end) => ({ type, recordId: end.record_id }));
      return { result, woken: await wakeWaitingForLinks(tx, records) };
    });
    for (const connectionId of woken) this.bell.ring({ tenantId, connectionId });
    return result;
  }
}
