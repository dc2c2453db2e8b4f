import { newUuid, toPublicId } from '@hub/platform';
import { eventSystem, sourceRecord, takeLinkHint } from './link-hint';
import { recordTypeOf, writtenTypeOf } from './record-type';

describe('takeLinkHint', () => {
  it.each<[string, unknown]>([
    ['{"a":1.50}', { payloadText: '{"a":1.50}', hint: undefined }],
    ['{"a":"\\"_link\\""}', { payloadText: '{"a":"\\"_link\\""}', hint: undefined }],
    ['{"b":{"_link":1}}', { payloadText: '{"b":{"_link":1}}', hint: undefined }],
    ['["_link"]', { payloadText: '["_link"]', hint: undefined }],
    ['{"a":1,"_link":{"type":"order","id":7}}', { payloadText: '{"a":1}', hint: { type: 'order', id: '7' } }],
    ['{"_link":null,"a":1}', { payloadText: '{"a":1}', hint: null }],
    ['{"_match":false,"a":1}', { payloadText: '{"a":1}', hint: undefined, match: [] }],
    ['{"_match":["email","name"],"a":1}', { payloadText: '{"a":1}', hint: undefined, match: ['email', 'name'] }],
    ['{"_match":"tax_id","_link":null}', { payloadText: '{}', hint: null, match: ['tax_id'] }],
  ])('of %s', (payload, value) => {
    expect(takeLinkHint(payload)).toEqual({ ok: true, value });
  });

  it.each([
    '{"_link":{}}',
    '{"_link":{"type":"x"}}',
    '{"_link":{"type":"x","id":" "}}',
    '{"_link":{"type":"x","id":"1","more":1}}',
    '{"_link":{"type":"x","id":1.5}}',
    '{"_link":{"type":"x","id":"\\u0000"}}',
    '{"_link":"x"}',
    '{"_match":true}',
    '{"_match":null}',
    '{"_match":["email","shoe size"]}',
    `{"_link":{"type":"x","id":"${'1'.repeat(501)}"}}`,
  ])('refuses %s', (payload) => {
    expect(takeLinkHint(payload)).toMatchObject({ ok: false });
  });
});

describe('the record of the source', () => {
  const id = newUuid();
  const pulled = {
    source: `sync/${toPublicId('connection', id)}`,
    payloadText: '{"canonical_type":"customer","id":"A1"}',
  };
  const connection = { connectionId: id, source: '' };

  it('is the event’s own when it is of the type, or what the mapping names', () => {
    expect(sourceRecord('customer', undefined, pulled)).toEqual({
      type: 'customer',
      record: { system: connection, recordId: 'A1' },
    });
    expect(sourceRecord('invoice', undefined, pulled)).toBeNull();
    expect(sourceRecord(null, undefined, pulled)).toBeNull();
    expect(sourceRecord('customer', null, pulled)).toBeNull();
    expect(sourceRecord('invoice', { type: 'order', id: '7' }, pulled)).toEqual({
      type: 'order',
      record: { system: connection, recordId: '7' },
    });
    expect(sourceRecord('customer', undefined, { source: 'shop', payloadText: '{"id":"1"}' })).toBeNull();
    expect(sourceRecord('customer', undefined, { ...pulled, payloadText: '{"canonical_type":"customer"}' })).toBeNull();
  });

  it('lives in the connection that it was pulled from, or in the source that it was posted by', () => {
    expect(eventSystem(pulled.source)).toEqual(connection);
    expect(eventSystem('sync/con_nonsense')).toEqual({ connectionId: null, source: 'sync/con_nonsense' });
    expect(eventSystem('shop')).toEqual({ connectionId: null, source: 'shop' });
    expect(eventSystem(null)).toEqual({ connectionId: null, source: '' });
  });
});

describe('the type of a record', () => {
  const account = { name: 'Account', canonicalType: 'customer' } as never;
  const thing = { name: 'Thing__c', canonicalType: null } as never;

  it('is the same for what is written and what is pulled', () => {
    const manifest = { id: 'sf', operations: [], pull: [account, thing] };
    expect(writtenTypeOf(manifest, 'customer.upsert')).toBe('customer');
    expect(writtenTypeOf(manifest, 'Account.update')).toBe('customer');
    expect(writtenTypeOf(manifest, 'thing__c.create')).toBe('sf.thing__c');
    expect(recordTypeOf({ connectorId: 'sf', object: 'Thing__c', canonicalType: null })).toBe('sf.thing__c');
    expect(writtenTypeOf({ id: 'http', operations: [] }, 'request.send')).toBeNull();
  });

  it('is what the connector says, where an operation is called something else', () => {
    const operations = [{ id: 'order.create', writes: 'Account' } as never];
    expect(writtenTypeOf({ id: 'sf', operations, pull: [account] }, 'order.create')).toBe('customer');
  });
});
