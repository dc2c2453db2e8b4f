import { Injectable } from '@nestjs/common';
import {
  findConnectionFacts,
  findDeliveryFacts,
  lockHubEventCursor,
  makeNotices,
  readUntoldHubEvents,
  type HubEvent,
} from '@hub/delivery';
import { type TenantTx } from '@hub/tenancy';
import { likePatternOf, noticesOf, type EndpointRow } from '@hub/webhooks';

const MOST_AT_ONCE = 5_000;

export interface Missed {
  readonly made: number;
  readonly more: boolean;
}

/** Notices of what an endpoint was never told: it was switched off at the time, or wanted to hear less. */
@Injectable()
export class MissedNotices {
  /**
   * Only of what everybody else has been told by now: the rest comes by itself. The cursor's lock keeps that border where it
   * is, and two callers from making the same notice twice.
   */
  async make(tx: TenantTx, endpoint: EndpointRow, since: Date): Promise<Missed> {
    const until = await lockHubEventCursor(tx, 'webhooks', { wait: true });
    if (until === null) return { made: 0, more: false };
    const missed = await readUntoldHubEvents(tx, {
      until,
      since,
      typesLike: endpoint.event_types.map(likePatternOf),
      aboutConnections: endpoint.connection_ids,
      connectionId: endpoint.connection_id,
      limit: MOST_AT_ONCE,
    });
    const facts = {
      deliveries: await findDeliveryFacts(tx, idsOf(missed, 'deliveryId')),
      connections: await findConnectionFacts(tx, idsOf(missed, 'connectionId')),
    };
    const target = {
      connectionId: endpoint.connection_id,
      routeId: endpoint.route_id,
      eventTypes: endpoint.event_types,
      connectionIds: endpoint.connection_ids,
    };
    const notices = noticesOf(missed, [target], facts);
    await makeNotices(tx, notices);
    return { made: notices.length, more: missed.length === MOST_AT_ONCE };
  }
}

function idsOf(events: readonly HubEvent[], member: 'deliveryId' | 'connectionId'): string[] {
  return [...new Set(events.flatMap((event) => event[member] ?? []))];
}
