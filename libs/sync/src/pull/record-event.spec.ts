import { type PulledRecord } from '@hub/connector-sdk';
import { newUuid, toPublicId } from '@hub/platform';
import { type RecordScope } from './pull.ports';
import { type CanonicalOutcome } from './puller.ports';
import { MAX_EVENT_BYTES, toRecordEvent } from './record-event';
import { recordHash } from './record-hash';

const connectionId = newUuid();
const connection = toPublicId('connection', connectionId);
const scope: RecordScope = {
  tenantId: newUuid(),
  connectionId,
  connectorId: 'quickbooks',
  object: 'Customer',
  canonicalType: 'customer',
  volatileFields: ['MetaData', 'SyncToken'],
};
const run = newUuid();
const mapped: CanonicalOutcome = { canonicalType: 'customer', canonicalText: '{"id":"58"}', issues: [] };

function record(overrides: Partial<PulledRecord> = {}): PulledRecord {
  return {
    object: 'Customer',
    id: '58',
    change: 'updated',
    version: '3',
    modifiedAt: '2026-11-20T10:00:00-07:00',
    modifiedByUs: null,
    dataText: '{"Id":"58","Balance":12345678901234.560,"SyncToken":"3"}',
    ...overrides,
  };
}

const eventOf = (overrides: Partial<PulledRecord> = {}, canonical = mapped, runId = run) =>
  toRecordEvent(scope, runId, record(overrides), canonical);

describe('the event of a pulled record', () => {
  it('says what changed where, and keeps every digit', () => {
    const event = eventOf();
    expect(event).toMatchObject({
      type: 'quickbooks.customer.updated',
      source: `sync/${connection}`,
      subject: 'customer/58',
      occurredAt: '2026-11-20T17:00:00.000Z',
    });
    expect(event.eventId).toMatch(new RegExp(`^sync:${connection}:Customer:58:3:[0-9a-f]{16}$`));
    expect(event.payloadText).toBe(
      `{"connection_id":"${connection}","connector":"quickbooks","object":"Customer","id":"58","change":"updated","version":"3",` +
        `"modified_at":"2026-11-20T10:00:00-07:00","canonical_type":"customer","canonical":{"id":"58"},` +
        `"record":{"Id":"58","Balance":12345678901234.560,"SyncToken":"3"}}`,
    );
  });

  it('has one id for one version, by whichever way it was noticed', () => {
    const { eventId } = eventOf();
    expect(eventOf({ change: 'created' }, mapped, newUuid()).eventId).toBe(eventId);
    expect(eventOf({ dataText: '{"SyncToken":"9","Balance":12345678901234.560,"Id":"58"}' }).eventId).toBe(eventId);
    expect(eventOf({ version: '4' }).eventId).not.toBe(eventId);
    expect(eventOf({ change: 'deleted' }).eventId).not.toBe(eventId);
    expect(eventOf({ dataText: '{"Id":"58","Balance":12345678901234.561}' }).eventId).not.toBe(eventId);
  });

  it('takes a return to an earlier content for news where the vendor has no versions', () => {
    const unversioned = { version: null };
    expect(eventOf(unversioned).eventId).toBe(eventOf(unversioned, mapped, newUuid()).eventId);
    expect(eventOf({ ...unversioned, modifiedAt: '2026-11-21T10:00:00Z' }).eventId).not.toBe(
      eventOf(unversioned).eventId,
    );
    const unstamped = { version: null, modifiedAt: null };
    expect(eventOf(unstamped).eventId).toBe(eventOf(unstamped).eventId);
    expect(eventOf(unstamped, mapped, newUuid()).eventId).not.toBe(eventOf(unstamped).eventId);
  });

  it('fits the bounds of ids, types and times whatever the vendor sends', () => {
    const long = eventOf({ id: 'x'.repeat(500), object: 'Kundenstamm Übersicht' });
    expect(long.eventId.length).toBeLessThanOrEqual(200);
    expect(eventOf({ id: `${'x'.repeat(499)}y`, object: 'Kundenstamm Übersicht' }).eventId).not.toBe(long.eventId);
    expect(long.type).toBe('quickbooks.kundenstamm__bersicht.updated');
    expect(long.subject).toHaveLength(300);
    const odd = eventOf({ id: 'a\u0000b\ud800', modifiedAt: '0000-00-00T00:00:00Z' });
    expect(odd.subject).toBe('customer/a\ufffdb\ufffd');
    expect(odd.eventId).toMatch(/^[ -~]{1,200}$/);
    expect(odd.occurredAt).toBeNull();
  });

  it('says what is wrong with the record in the hub’s model', () => {
    const issues = [{ pointer: '/display_name', code: 'required', message: 'Missing' }];
    const data = JSON.parse(eventOf({}, { ...mapped, canonicalText: null, issues }).payloadText) as object;
    expect(data).toMatchObject({ canonical_type: 'customer', canonical: null, canonical_issues: issues });
    expect(JSON.parse(eventOf().payloadText)).not.toHaveProperty('canonical_issues');
  });

  it('leaves out what is too large for an event, and says so', () => {
    const big = JSON.stringify({ Id: '58', Notes: 'é'.repeat(MAX_EVENT_BYTES / 2) });
    const event = eventOf({ dataText: big });
    expect(Buffer.byteLength(event.payloadText)).toBeLessThan(MAX_EVENT_BYTES);
    expect(JSON.parse(event.payloadText)).toMatchObject({
      id: '58',
      canonical: { id: '58' },
      canonical_issues: [{ pointer: '/record', code: 'record_too_large' }],
      record: { _omitted: 'too_large', bytes: Buffer.byteLength(big) },
    });
    const both = eventOf({ dataText: big }, { ...mapped, canonicalText: big });
    expect(JSON.parse(both.payloadText)).toMatchObject({
      canonical: null,
      canonical_issues: [{ code: 'record_too_large' }, { code: 'canonical_too_large' }],
    });
  });
});

describe('the hash of a record', () => {
  it('does not depend on order, white space or volatile members, but on every digit', () => {
    const hash = recordHash('{"a":{"y":1.10,"x":[1,2]},"v":1}', ['v']);
    expect(recordHash('{ "v": 2, "a": {"x": [1, 2], "y": 1.10} }', ['v'])).toBe(hash);
    expect(recordHash('{"a":{"y":1.1,"x":[1,2]}}', ['v'])).not.toBe(hash);
    expect(recordHash('{"a":{"y":1.10,"x":[2,1]}}', ['v'])).not.toBe(hash);
    expect(recordHash('{"n":10000000000000000001}', [])).not.toBe(recordHash('{"n":10000000000000000002}', []));
  });

  it('takes a text that is no object as it is', () => {
    expect(recordHash('<html>', [])).not.toBe(recordHash('<html/>', []));
  });
});
