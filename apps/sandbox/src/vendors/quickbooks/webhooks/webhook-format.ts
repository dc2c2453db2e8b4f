import { createHash, createHmac, randomUUID } from 'node:crypto';
import { type Change, type ChangeKind } from '../data/entity-store';
import { webhookStamp } from '../quickbooks.time';

export interface WebhookEvent extends Change {
  readonly realmId: string;
  /** Stays the same in every delivery of the event. */
  readonly eventId: string;
}

const VERBS: Readonly<Record<ChangeKind, string>> = {
  Create: 'created',
  Update: 'updated',
  Delete: 'deleted',
  Void: 'voided',
  Merge: 'merged',
  Emailed: 'emailed',
};

export function toEvent(realmId: string, change: Change): WebhookEvent {
  return { ...change, realmId, eventId: randomUUID() };
}

/** The older body: ids by company, stamps with an offset that has no colon. */
export function legacyBody(events: readonly WebhookEvent[]): string {
  const realms = [...new Set(events.map(({ realmId }) => realmId))];
  return JSON.stringify({
    eventNotifications: realms.map((realmId) => ({
      realmId,
      dataChangeEvent: {
        entities: events
          .filter((event) => event.realmId === realmId)
          .map(({ entity, id, kind, atMs, deletedId }) => ({
            name: entity,
            id,
            operation: kind,
            ...(deletedId === undefined ? {} : { deletedId }),
            lastUpdated: webhookStamp(atMs),
          })),
      },
    })),
  });
}

/** The body that replaced it: a list of CloudEvents 1.0. */
export function cloudEventsBody(events: readonly WebhookEvent[], clientId: string): string {
  const source = `intuit.${createHash('sha256').update(clientId).digest('base64')}`;
  return JSON.stringify(
    events.map(({ eventId, realmId, entity, id, kind, atMs, deletedId }) => ({
      specversion: '1.0',
      id: eventId,
      source,
      type: `qbo.${entity.toLowerCase()}.${VERBS[kind]}.v1`,
      datacontenttype: 'application/json',
      time: new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
      intuitentityid: id,
      intuitaccountid: realmId,
      data: deletedId === undefined ? {} : { deletedid: deletedId },
    })),
  );
}

/** The `intuit-signature` header: over the bytes of the body as they are sent. */
export function signature(body: string, verifierToken: string): string {
  return createHmac('sha256', verifierToken).update(body, 'utf8').digest('base64');
}
