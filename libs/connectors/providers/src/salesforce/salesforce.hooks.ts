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
import { readOutboundMessage } from './salesforce.outbound-message';
import { isPulled } from './salesforce.pull';

/** At most 100 notifications, each with the fields that somebody chose. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_NOTIFICATIONS = 100;

/** Without it Salesforce sends the message again, for up to 24 hours. */
const ACK =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>' +
  '</soapenv:Body></soapenv:Envelope>';

/**
 * Outbound messages of a flow. They carry no signature: the secret address and the organisation's id are all there is,
 * so nothing is taken from them but which record to read. The session id in them is never touched.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging.htm
 */
export const SALESFORCE_HOOKS: HookReceiver = {
  scope: 'connection',
  maxBytes: MAX_BYTES,
  verify({ accountId }: HookContext, { body }: InboundHook): Result<AcceptedHook, HookRefusal> {
    const message = readOutboundMessage(body.toString('utf8'));
    const organisation = normaliseId(message?.organisation ?? '');
    if (message === null || organisation === null) return err('unreadable');
    if (accountId === null || organisation !== normaliseId(accountId)) return err('other_account');
    const { records } = message;
    if (records.length === 0 || records.length > MAX_NOTIFICATIONS) return err('unreadable');
    const notices: ChangeNotice[] = [];
    for (const { type: object, id: written } of records) {
      const id = normaliseId(written);
      if (id === null || object === '') return err('unreadable');
      // A message for an object that is not pulled is acknowledged all the same: it would come again for a day.
      if (isPulled(object)) notices.push({ object, id, change: 'updated' });
    }
    return ok({ notices, reply: { status: 200, contentType: 'text/xml; charset=utf-8', body: ACK } });
  },
};
