import { Inject, Injectable } from '@nestjs/common';
import {
  cancelRestore,
  findRestore,
  findTrackingIds,
  findUnknownEvents,
  insertRestore,
  listObjects,
  listRestores,
  type ObjectRow,
  type RestoreRow,
  type RestoreSelection,
} from '@hub/archive';
import { appendAudit, type AuditActor } from '@hub/audit';
import { err, fromPublicId, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { pageOf } from '../../http/pagination';
import { toRestoreResponse } from './archive.mapper';
import { ArchivedEvents } from './archived-events';
import { type ListArchiveObjectsQuery, type ListRestoresQuery, type StartRestoreRequest } from './dto/archive.request';

/** Own event ids whose idempotency keys are gone: each is searched for in the archive, while the caller waits. */
const MOST_SEARCHED = 20;

@Injectable()
export class ArchiveService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(ArchivedEvents) private readonly archived: ArchivedEvents,
  ) {}

  objects(tenantId: string, query: ListArchiveObjectsQuery): Promise<ObjectRow[]> {
    const filter = { kind: query.kind, fromDay: query.from, toDay: query.to };
    return this.tenants.run(tenantId, (tx) => listObjects(tx, filter, pageOf(query)));
  }

  restores(tenantId: string, query: ListRestoresQuery): Promise<RestoreRow[]> {
    return this.tenants.run(tenantId, (tx) => listRestores(tx, pageOf(query)));
  }

  async restore(tenantId: string, id: string): Promise<Result<RestoreRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findRestore(tx, id));
    return row === null ? err(notFound('restore')) : ok(row);
  }

  /** A worker takes it up within seconds. */
  async start(tenantId: string, actor: AuditActor, request: StartRestoreRequest): Promise<Result<RestoreRow, Problem>> {
    const selection = await this.selectionOf(tenantId, request);
    if (!selection.ok) return selection;
    const restore = {
      selection: selection.value,
      reason: request.reason,
      keepDays: request.keep_days,
      requestedBy: { type: actor.type, id: actor.id },
    };
    return this.tenants.run(tenantId, async (tx) => {
      const row = await insertRestore(tx, restore);
      await appendAudit(tx, {
        action: 'archive.restore_started',
        actor,
        target: { type: 'restore', id: toPublicId('restore', row.id) },
        after: toRestoreResponse(row),
        reason: request.reason,
      });
      return ok(row);
    });
  }

  cancel(tenantId: string, actor: AuditActor, id: string): Promise<Result<RestoreRow, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const row = await cancelRestore(tx, id);
      if (row === null) {
        if ((await findRestore(tx, id)) === null) return err(notFound('restore'));
        return err(problem('conflict', 'restore_ended', 'This restore has ended already.'));
      }
      await appendAudit(tx, {
        action: 'archive.restore_cancelled',
        actor,
        target: { type: 'restore', id: toPublicId('restore', row.id) },
        after: toRestoreResponse(row),
      });
      return ok(row);
    });
  }

  private async selectionOf(
    tenantId: string,
    request: StartRestoreRequest,
  ): Promise<Result<RestoreSelection, Problem>> {
    const { event_ids: named, from, to, filter } = request;
    if (named !== undefined) return this.trackingIdsOf(tenantId, named);
    if (from === undefined || to === undefined) throw new Error('a selection without events and without a time');
    return ok({ from, to, ...filter });
  }

  private async trackingIdsOf(tenantId: string, named: readonly string[]): Promise<Result<RestoreSelection, Problem>> {
    const own = named.filter((id) => fromPublicId('event', id) === null);
    const known = await this.tenants.run(tenantId, (tx) => findTrackingIds(tx, own));
    const unknown = own.filter((id) => !known.has(id));
    if (unknown.length > MOST_SEARCHED)
      return err(
        problem(
          'unprocessable',
          'too_many_old_event_ids',
          `Of your own event ids that are no longer at hand, ${MOST_SEARCHED} are taken at once. Tracking ids have no such limit.`,
        ),
      );
    for (const id of unknown) {
      const found = await this.archived.findByEventId(tenantId, id);
      if (!found.ok) return found;
      if (found.value === null) return err(unknownEvent(named.indexOf(id)));
      known.set(id, found.value.id);
    }
    const trackingIds = named.map((id) => fromPublicId('event', id) ?? known.get(id) ?? '');
    const [missing] = await this.tenants.run(tenantId, (tx) => findUnknownEvents(tx, trackingIds));
    if (missing !== undefined) return err(unknownEvent(trackingIds.indexOf(missing)));
    return ok({ trackingIds: [...new Set(trackingIds)] });
  }
}

function unknownEvent(index: number): Problem {
  const fault = { pointer: `/event_ids/${index}`, code: 'unknown_event', message: 'No event has this id.' };
  return problem('unprocessable', 'unknown_event', 'No event has this id.', { faults: [fault] });
}
