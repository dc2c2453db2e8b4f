import {
  findChangedDeliveries,
  findChangedEvents,
  findDeliveriesAmong,
  findEventsAmong,
  type ChangedRow,
  type DeliveryFilter,
  type EventFilter,
  type TailStretch,
} from '@hub/delivery';
import { type TenantTx } from '@hub/tenancy';
import { type DeliveryAdvisor } from '../dead-letters/delivery-advisor';
import { deliveryResponse, eventSummaryResponse } from '../events/event.mapper';
import { type LiveItem } from './live-stream';

/** What a stream is about: which rows changed, and how those that fit are shown, as in the list under the same filter. */
export interface LiveTopic {
  readonly kind: 'events' | 'deliveries';
  /** The same for streams that show the same. */
  readonly key: string;
  changed(tx: TenantTx, stretch: TailStretch): Promise<ChangedRow[]>;
  /** By id. */
  show(tx: TenantTx, rows: readonly ChangedRow[]): Promise<LiveItem[]>;
}

/** @param only this event and no other */
export function eventsTopic(filter: EventFilter, only: string | null): LiveTopic {
  return {
    kind: 'events',
    key: JSON.stringify([filter, only]),
    changed: findChangedEvents,
    async show(tx, changed) {
      const wanted = changed.filter(({ id }) => only === null || id === only);
      const accepted = new Set(wanted.flatMap((row) => (row.accepted ? [row.id] : [])));
      const rows = await findEventsAmong(
        tx,
        filter,
        wanted.map(({ id }) => id),
      );
      return rows.map((row) => ({
        id: row.id,
        name: accepted.has(row.id) ? 'accepted' : 'changed',
        data: eventSummaryResponse(row),
      }));
    },
  };
}

export function deliveriesTopic(filter: DeliveryFilter, advisor: DeliveryAdvisor): LiveTopic {
  return {
    kind: 'deliveries',
    key: JSON.stringify(filter),
    changed: findChangedDeliveries,
    async show(tx, changed) {
      const rows = await findDeliveriesAmong(
        tx,
        filter,
        changed.map(({ id }) => id),
      );
      return rows.map((row) => ({ id: row.id, name: 'changed', data: deliveryResponse(row, advisor) }));
    },
  };
}
