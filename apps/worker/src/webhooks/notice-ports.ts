import {
  endOfHubEvents,
  findConnectionFacts,
  findDeliveryFacts,
  lockHubEventCursor,
  makeNotices,
  moveHubEventCursor,
  readHubEvents,
} from '@hub/delivery';
import { type Bus, type FactFinder, type NoticeBacklog } from '@hub/webhooks';

/** The bus of hub events, as the fan-out of webhooks reads it. */
export const HUB_BUS: Bus = {
  // Another worker that is at it does the work; waiting for it would bring nothing.
  lock: (tx) => lockHubEventCursor(tx, 'webhooks', { wait: false }),
  read: readHubEvents,
  end: endOfHubEvents,
  move: (tx, position) => moveHubEventCursor(tx, 'webhooks', position),
};

export const findFacts: FactFinder = async (tx, events) => ({
  deliveries: await findDeliveryFacts(tx, distinct(events.map(({ deliveryId }) => deliveryId))),
  connections: await findConnectionFacts(tx, distinct(events.map(({ connectionId }) => connectionId))),
});

export const intoBacklog: NoticeBacklog = makeNotices;

function distinct(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null))];
}
