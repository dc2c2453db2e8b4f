import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { type HookContext, type HookReceiver } from '@hub/connector-sdk';
import { createProviders } from './index';

const TOKEN = 'verifier-token';
const REALM = '4620816365';
const ORGANISATION = '00D5g000004CxYzEAK';

const hooksOf = (id: string): HookReceiver => {
  const hooks = createProviders().find(({ manifest }) => manifest.id === id)?.hooks;
  if (hooks === undefined) throw new Error(`${id} takes no hooks`);
  return hooks;
};
/** Words that are members of every object, beside those that mean something. */
const word = (...known: string[]) =>
  fc.oneof(fc.constantFrom(...known, 'constructor', '__proto__', 'hasOwnProperty'), fc.string());

describe('the receiver of QuickBooks’ webhooks', () => {
  const hooks = hooksOf('quickbooks');
  const context = { config: {}, accountId: REALM, oauthApp: { secrets: { webhook_verifier_token: TOKEN } } };
  const verify = (body: Buffer, signature: string) =>
    hooks.verify(context as unknown as HookContext, { headers: { 'intuit-signature': signature }, body });
  const sign = (body: Buffer): Buffer => createHmac('sha256', TOKEN).update(body).digest();

  const entity = fc.record(
    {
      name: word('Customer', 'Invoice'),
      id: fc.oneof(fc.constant('58'), fc.string(), fc.jsonValue()),
      operation: word('Create', 'Update', 'Delete', 'Merge'),
      deletedId: fc.oneof(fc.constant('59'), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const notifications = fc.record({
    eventNotifications: fc.oneof(
      fc.jsonValue(),
      fc.array(
        fc.record({
          realmId: fc.oneof(fc.constantFrom(REALM, '1'), fc.jsonValue()),
          dataChangeEvent: fc.oneof(
            fc.jsonValue(),
            fc.record({ entities: fc.array(fc.oneof(entity, fc.jsonValue())) }),
          ),
        }),
      ),
    ),
  });
  const cloudEvents = fc.array(
    fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.tuple(word('customer'), word('updated', 'merged')).map((words) => `qbo.${words.join('.')}.v1`),
        intuitaccountid: fc.constantFrom(REALM, '1'),
        intuitentityid: fc.constant('58'),
        data: fc.jsonValue(),
      }),
    ),
  );
  const json = fc.oneof(notifications, cloudEvents, fc.jsonValue()).map((value) => Buffer.from(JSON.stringify(value)));
  const bytes = fc.oneof(
    json,
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  );

  it('makes notices of what can be read, for its own company alone, and breaks over nothing that is signed', () => {
    fc.assert(
      fc.property(bytes, (body) => {
        const verified = verify(body, sign(body).toString('base64'));
        if (!verified.ok) return expect(['unreadable', 'other_account']).toContain(verified.error);
        for (const notice of verified.value.notices) {
          expect(notice.accountId).toBe(REALM);
          expect(notice.id).toMatch(/^\d{1,20}$/);
          expect(['created', 'updated', 'deleted']).toContain(notice.change);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes nothing that was changed by a bit, in body or signature', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.nat(255), fc.boolean(), (body, at, bit, inBody) => {
        const signature = sign(body);
        const touched = Buffer.from(inBody ? body : signature);
        if (touched.length === 0) return;
        const index = at % touched.length;
        touched[index] = (touched[index] ?? 0) ^ (1 << (bit % 8));
        const outcome = inBody
          ? verify(touched, signature.toString('base64'))
          : verify(body, touched.toString('base64'));
        expect(outcome).toEqual({ ok: false, error: 'signature_invalid' });
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes no text for a signature that is none', () => {
    fc.assert(
      fc.property(bytes, fc.oneof(fc.string(), fc.base64String()), (body, signature) => {
        fc.pre(!Buffer.from(signature, 'base64').equals(sign(body)));
        expect(verify(body, signature)).toEqual({ ok: false, error: 'signature_invalid' });
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the receiver of Salesforce’s outbound messages', () => {
  const hooks = hooksOf('salesforce');
  const context = { config: {}, accountId: ORGANISATION, oauthApp: null };
  const MESSAGE =
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">' +
    '<soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">' +
    `<OrganizationId>${ORGANISATION}</OrganizationId><SessionId>secret</SessionId>` +
    '<Notification><Id>04l5g00000ABCDEAA4</Id><sObject xsi:type="sf:Account" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">' +
    '<sf:Id>0015g00000XyZabAAF</sf:Id></sObject></Notification></notifications></soapenv:Body></soapenv:Envelope>';
  const PIECES = [
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '&b;',
    ']]>',
    '<![CDATA[',
    '<Notification>',
    '</',
    '>',
    '__proto__',
  ];

  /** A good message with pieces taken out, doubled, or put in. */
  const message = fc
    .array(
      fc.tuple(
        fc.nat(MESSAGE.length),
        fc.nat(30),
        fc.oneof(fc.constantFrom(...PIECES), fc.string(), fc.constant(null)),
      ),
    ) // prettier-ignore
    .map((changes) =>
      changes.reduce((text, [at, length, put]) => {
        const piece = text.slice(at, at + length);
        return text.slice(0, at) + (put ?? piece + piece) + text.slice(at + length);
      }, MESSAGE),
    );

  it('makes notices of whole messages of its own organisation, and breaks over none', () => {
    expect(hooks.verify(context, { headers: {}, body: Buffer.from(MESSAGE) })).toMatchObject({
      ok: true,
      value: { notices: [{ object: 'Account', change: 'updated' }] },
    });
    fc.assert(
      fc.property(fc.oneof(message, fc.string({ unit: 'binary' })), (text) => {
        const verified = hooks.verify(context, { headers: {}, body: Buffer.from(text) });
        if (!verified.ok) return expect(['unreadable', 'other_account']).toContain(verified.error);
        expect(text).not.toContain('<!DOCTYPE');
        for (const { object, id } of verified.value.notices) {
          expect(object).toMatch(/^[A-Z][A-Za-z0-9]+$/);
          expect(id).toMatch(/^[0-9A-Za-z]{18}$/);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
