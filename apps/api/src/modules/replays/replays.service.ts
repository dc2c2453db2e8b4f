import { Inject, Injectable } from '@nestjs/common';
import { type AuditActor } from '@hub/audit';
import {
  cancelReplay,
  createReplay,
  findEvent,
  findNamedEvents,
  findReplay,
  findRoute,
  firstMomentAtHand,
  listDeliveriesOfEvent,
  listReplayItems,
  listReplays,
  mayBeReplayed,
  type NewReplay,
  type ReplayItemRow,
  type ReplaySelection,
  type ReplayView,
} from '@hub/delivery';
import {
  DrainBell,
  err,
  fromPublicId,
  notFound,
  ok,
  problem,
  type InputFault,
  type Problem,
  type Result,
} from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { pageOf } from '../../http/pagination';
import { ArchivedEvents } from '../archive/archived-events';
import { toDeadLetterFilter } from '../dead-letters/dead-letter.mapper';
import {
  type ListReplaysQuery,
  type ReplayEventRequest,
  type ReplayItemsQuery,
  type StartReplayRequest,
} from './dto/replay.request';
import { REPLAY_BELL } from './replay-bell.module';

/** Of the events that are named and not at hand: each may take the opening of an object. */
const MOST_LOOKED_FOR = 20;

@Injectable()
export class ReplaysService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(REPLAY_BELL) private readonly bell: DrainBell,
    @Inject(ArchivedEvents) private readonly archive: ArchivedEvents,
  ) {}

  async start(tenantId: string, actor: AuditActor, request: StartReplayRequest): Promise<Result<ReplayView, Problem>> {
    const made = await this.make(tenantId, async (tx) => {
      const selection = await selectionOf(tx, request);
      if (!selection.ok) return selection;
      const expectedCount = request.expected_count ?? null;
      return createReplay(tx, { ...wish(request, selection.value), expectedCount }, actor);
    });
    if (made.ok || made.error.kind !== 'not_found' || request.event_ids === undefined) return made;
    return err((await this.refusalOfArchived(tenantId, request.event_ids)) ?? made.error);
  }

  /** Refused when there is nothing to repeat: of one event that can be said at once. */
  async replayEvent(
    tenantId: string,
    actor: AuditActor,
    trackingId: string,
    request: ReplayEventRequest,
  ): Promise<Result<ReplayView, Problem>> {
    const made = await this.make(tenantId, async (tx) => {
      if ((await findEvent(tx, trackingId, false)) === null) return err(notFound('event'));
      const deliveries = await listDeliveriesOfEvent(tx, trackingId);
      const wanted = wish(request, { kind: 'events', trackingIds: [trackingId] });
      if (!deliveries.some((row) => mayBeReplayed(row, wanted))) return err(nothingToReplay(deliveries.length > 0));
      return createReplay(tx, wanted, actor);
    });
    if (made.ok || made.error.kind !== 'not_found') return made;
    return err(await this.archive.refusalOf(tenantId, trackingId));
  }

  list(tenantId: string, query: ListReplaysQuery): Promise<ReplayView[]> {
    const { status, action } = query;
    return this.tenants.run(tenantId, (tx) => listReplays(tx, { status, action }, pageOf(query)));
  }

  async find(tenantId: string, id: string): Promise<Result<ReplayView, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findReplay(tx, id));
    return row === null ? err(notFound('replay')) : ok(row);
  }

  items(tenantId: string, id: string, query: ReplayItemsQuery): Promise<Result<ReplayItemRow[], Problem>> {
    const { outcome, changed } = query;
    return this.tenants.run(tenantId, async (tx) => {
      if ((await findReplay(tx, id)) === null) return err(notFound('replay'));
      return ok(await listReplayItems(tx, id, { outcome, changed }, pageOf(query)));
    });
  }

  cancel(tenantId: string, actor: AuditActor, id: string): Promise<Result<ReplayView, Problem>> {
    return this.make(tenantId, (tx) => cancelReplay(tx, id, actor));
  }

  /** Names those that are in the archive, of as many as are looked for while somebody waits. `null`: none of them is. */
  private async refusalOfArchived(tenantId: string, names: readonly string[]): Promise<Problem | null> {
    const here = await this.tenants.run(tenantId, (tx) => findNamedEvents(tx, names));
    const missing = names.flatMap((name, index) => (here[index] === null ? [{ name, index }] : []));
    const looked = await Promise.all(
      missing.slice(0, MOST_LOOKED_FOR).map(async ({ name, index }) => {
        const id = fromPublicId('event', name);
        const { archive } = this;
        return {
          index,
          found: await (id === null ? archive.findByEventId(tenantId, name) : archive.find(tenantId, id)),
        };
      }),
    );
    const faults: InputFault[] = [];
    for (const { index, found } of looked) {
      if (!found.ok) return found.error;
      if (found.value !== null)
        faults.push({ pointer: `/event_ids/${index}`, code: 'archived', message: 'It is in the archive' });
    }
    const words = 'Some of the events are in the archive. Bring them back first, with POST /v1/archive/restores.';
    return faults.length === 0 ? null : problem('conflict', 'event_archived', words, { faults });
  }

  private async make(
    tenantId: string,
    work: (tx: TenantTx) => Promise<Result<ReplayView, Problem>>,
  ): Promise<Result<ReplayView, Problem>> {
    const made = await this.tenants.run(tenantId, work);
    if (made.ok) this.bell.ring({ tenantId, connectionId: made.value.id });
    return made;
  }
}

function wish(request: ReplayEventRequest, selection: ReplaySelection): NewReplay {
  return {
    action: 'replay',
    selection,
    mapping: request.mapping,
    includeSucceeded: request.include_succeeded,
    includeCancelled: request.include_cancelled,
    includeSuperseded: request.include_superseded,
    dryRun: request.dry_run,
    ratePerSecond: request.rate_per_second ?? null,
    reason: request.reason,
    expectedCount: null,
  };
}

async function selectionOf(tx: TenantTx, request: StartReplayRequest): Promise<Result<ReplaySelection, Problem>> {
  const { filter, event_ids: names, missing } = request;
  if (missing !== undefined) return missingOf(tx, missing);
  if (names === undefined) return ok({ kind: 'filter', filter: toDeadLetterFilter(filter ?? {}) });
  const found = await findNamedEvents(tx, names);
  const faults = found.flatMap((id, index) =>
    id === null ? [{ pointer: `/event_ids/${index}`, code: 'not_found', message: 'There is no such event' }] : [],
  );
  if (faults.length > 0) return err({ ...notFound('event'), faults });
  return ok({ kind: 'events', trackingIds: [...new Set(found.filter((id) => id !== null))] });
}

/** Refused where it would find nothing of a part of its time, and nobody would know. */
async function missingOf(
  tx: TenantTx,
  { route_id: routeId, from, to }: NonNullable<StartReplayRequest['missing']>,
): Promise<Result<ReplaySelection, Problem>> {
  const route = await findRoute(tx, routeId);
  if (route === null)
    return err(withFault(notFound('route'), '/missing/route_id', 'not_found', 'There is no such route'));
  if (!route.enabled) return err(problem('conflict', 'route_disabled', 'Switch the route on first: it takes nothing.'));
  const atHand = await firstMomentAtHand(tx, from, to);
  if (atHand === null) return ok({ kind: 'missing', routeId, from, to });
  const since = atHand.toISOString();
  const detail = `Events accepted before ${since} are in the archive, out of reach of this. Begin with ${since}, or later.`;
  return err(
    withFault(problem('conflict', 'event_archived', detail), '/missing/from', 'archived', `Must be ${since} or later`),
  );
}

function withFault(refused: Problem, pointer: string, code: string, message: string): Problem {
  return { ...refused, faults: [{ pointer, code, message }] };
}

function nothingToReplay(hasDeliveries: boolean): Problem {
  const detail = hasDeliveries
    ? 'None of its deliveries is dead or was cancelled by a user. `include_succeeded` repeats those that succeeded, `include_cancelled` those that filter or mapping turned away.'
    : 'No route has taken it. `POST /v1/replays` with `missing` has a route take what it missed.';
  return problem('conflict', 'nothing_to_replay', detail);
}
