import { XMLParser } from 'fast-xml-parser';
import {
  type AcceptedHook,
  type ChangeNotice,
  type HookContext,
  type HookRefusal,
  type HookReceiver,
  type InboundHook,
} from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { normaliseId } from './salesforce.ids';
import { isPulled } from './salesforce.pull';

/** At most 100 notifications, each with the fields that somebody chose. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_NOTIFICATIONS = 100;

/** Without it Salesforce sends the message again, for up to 24 hours. */
const ACK =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>' +
  '</soapenv:Body></soapenv:Envelope>';

const parser = new XMLParser({
  ignoreAttributes: false,
  removeNSPrefix: true,
  // No entity is expanded: a document can otherwise grow without bound, or read files.
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => name === 'Notification',
});

/**
 * Outbound messages of a flow. They carry no signature: the secret address and the organisation's id are all there is,
 * so nothing is taken from them but which record to read. The session id in them is never touched.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging.htm
 */
export const SALESFORCE_HOOKS: HookReceiver = {
  scope: 'connection',
  maxBytes: MAX_BYTES,
  verify({ accountId }: HookContext, { body }: InboundHook): Result<AcceptedHook, HookRefusal> {
    const notifications = readNotifications(body);
    if (notifications === null) return err('unreadable');
    const organisation = normaliseId(text(notifications['OrganizationId']));
    if (organisation === null) return err('unreadable');
    if (accountId === null || organisation !== normaliseId(accountId)) return err('other_account');
    const list = notifications['Notification'];
    if (!Array.isArray(list) || list.length === 0 || list.length > MAX_NOTIFICATIONS) return err('unreadable');
    const notices: ChangeNotice[] = [];
    for (const item of list) {
      const record = asRecord(asRecord(item)['sObject']);
      const object = text(record['@_type']).replace(/^.*:/, '');
      const id = normaliseId(text(record['Id']));
      if (id === null || object === '') return err('unreadable');
      // A message for an object that is not pulled is acknowledged all the same: it would come again for a day.
      if (isPulled(object)) notices.push({ object, id, change: 'updated' });
    }
    return ok({ notices, reply: { status: 200, contentType: 'text/xml; charset=utf-8', body: ACK } });
  },
};

function readNotifications(body: Buffer): Record<string, unknown> | null {
  const xml = body.toString('utf8');
  // A document type is where entities come from; no outbound message has one.
  if (xml.includes('<!DOCTYPE')) return null;
  try {
    const envelope = asRecord(asRecord(parser.parse(xml))['Envelope']);
    const notifications = asRecord(asRecord(envelope['Body'])['notifications']);
    return Object.keys(notifications).length === 0 ? null : notifications;
  } catch {
    return null;
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
