import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  type AcceptedHook,
  type ChangeNotice,
  type HookContext,
  type HookReceiver,
  type HookRefusal,
  type InboundHook,
  type PulledChange,
} from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { isEntity } from './quickbooks.entities';

const MAX_BYTES = 1024 * 1024;

/** The last word of `qbo.customer.updated.v1`, and the operation of the older format. */
const CHANGES: ReadonlyMap<string, PulledChange> = new Map([
  ['create', 'created'],
  ['created', 'created'],
  ['update', 'updated'],
  ['updated', 'updated'],
  ['delete', 'deleted'],
  ['deleted', 'deleted'],
  ['merge', 'updated'],
  ['merged', 'updated'],
  ['void', 'updated'],
  ['voided', 'updated'],
  ['emailed', 'updated'],
]);

/**
 * Webhooks of the hub's app, which has one address for all companies. Both formats: `eventNotifications`, and CloudEvents
 * since 2026. They carry ids alone, come several times and out of order, and everything behind one waits until it is
 * acknowledged, within three seconds.
 * https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks
 */
export const QUICKBOOKS_HOOKS: HookReceiver = {
  scope: 'app',
  maxBytes: MAX_BYTES,
  verify({ accountId, oauthApp }: HookContext, { headers, body }: InboundHook): Result<AcceptedHook, HookRefusal> {
    const signature = headers['intuit-signature'];
    const token = oauthApp?.secrets['webhook_verifier_token'];
    if (signature === undefined || token === undefined) return err('signature_missing');
    if (!isSigned(body, signature, token)) return err('signature_invalid');
    let parsed: unknown;
    try {
      parsed = JSON.parse(body.toString('utf8'));
    } catch {
      return err('unreadable');
    }
    const notices = Array.isArray(parsed) ? parsed.flatMap(ofCloudEvent) : ofNotifications(parsed);
    if (notices === null) return err('unreadable');
    const mine = accountId === null ? notices : notices.filter((notice) => notice.accountId === accountId);
    if (accountId !== null && notices.length > 0 && mine.length === 0) return err('other_account');
    return ok({ notices: mine, reply: { status: 200, contentType: 'text/plain; charset=utf-8', body: '' } });
  },
};

/** Over the bytes as they came; compared in constant time. */
function isSigned(body: Buffer, signature: string, token: string): boolean {
  const expected = createHmac('sha256', token).update(body).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function ofCloudEvent(value: unknown): ChangeNotice[] {
  const event = asRecord(value);
  const [, name, verb] = /^qbo\.([a-z]+)\.([a-z]+)\.v\d+$/.exec(text(event['type'])) ?? [];
  const data = asRecord(event['data']);
  return [
    ...notice(text(event['intuitaccountid']), name, verb, text(event['intuitentityid'])),
    // The loser of a merge is gone.
    ...notice(text(event['intuitaccountid']), name, 'deleted', text(data['deletedid'])),
  ];
}

function ofNotifications(value: unknown): ChangeNotice[] | null {
  const notifications = asRecord(value)['eventNotifications'];
  if (!Array.isArray(notifications)) return null;
  return notifications.flatMap((notification) => {
    const { realmId, dataChangeEvent } = asRecord(notification);
    const entities = asRecord(dataChangeEvent)['entities'];
    return (Array.isArray(entities) ? entities : []).flatMap((changed) => {
      const { name, id, operation, deletedId } = asRecord(changed);
      return [
        ...notice(text(realmId), text(name), text(operation), text(id)),
        ...notice(text(realmId), text(name), 'deleted', text(deletedId)),
      ];
    });
  });
}

/** None for an entity that is not pulled: acknowledged all the same, or everything behind it would wait. */
function notice(accountId: string, name: string | undefined, verb: string | undefined, id: string): ChangeNotice[] {
  const lower = (name ?? '').toLowerCase();
  const object = lower.charAt(0).toUpperCase() + lower.slice(1);
  const change = CHANGES.get((verb ?? '').toLowerCase());
  if (!isEntity(object) || change === undefined || !/^\d{1,20}$/.test(id) || accountId === '') return [];
  return [{ object, id, change, accountId }];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
