import { z } from 'zod';
import { newUuid, toPublicId } from '@hub/platform';
import { type BusEvent, type Facts } from '../notices/bus-event';
import { findNoticeKind, NOTICE_KINDS, TEST_NOTICE } from './notice-catalogue';
import { likePatternOf, matchesType } from './type-pattern';

const NO_FACTS: Facts = { deliveries: new Map(), connections: new Map() };

function busEvent(type: string, fields: Partial<BusEvent> = {}): BusEvent {
  return { id: newUuid(), type, deliveryId: null, connectionId: null, data: {}, createdAt: new Date(0), ...fields };
}

describe('the catalogue', () => {
  it.each([...NOTICE_KINDS, TEST_NOTICE])('shows an example of $type that is as its schema says', (kind) => {
    expect(kind.data.safeParse(kind.example)).toMatchObject({ success: true, data: kind.example });
    expect(z.toJSONSchema(kind.data)).toMatchObject({ type: 'object', additionalProperties: false });
  });

  it('knows each type once, and the test of an endpoint is none of them', () => {
    expect(new Set(NOTICE_KINDS.map(({ type }) => type)).size).toBe(NOTICE_KINDS.length);
    expect(findNoticeKind(TEST_NOTICE.type)).toBeUndefined();
  });

  it('says nothing of what is gone by now', () => {
    expect(findNoticeKind('delivery.dead')?.build(busEvent('delivery.dead', { deliveryId: newUuid() }), NO_FACTS)).toBe(
      null,
    );
    expect(
      findNoticeKind('breaker.opened')?.build(busEvent('breaker.opened', { connectionId: newUuid() }), NO_FACTS),
    ).toBe(null);
  });

  it('names what the bus knows by its inner id by the id that the API takes', () => {
    const [connectionId, syncId] = [newUuid(), newUuid()];
    const connections = new Map([[connectionId, { id: connectionId, name: 'CRM', connectorId: 'salesforce' }]]);
    const error = { category: 'permission', code: 'NO', message: 'no', inner: 'kept back' };
    const kind = findNoticeKind('sync.failing');
    const data = kind?.build(busEvent('sync.failing', { connectionId, data: { sync_id: syncId, error } }), {
      ...NO_FACTS,
      connections,
    });
    expect(data).toEqual({
      connection_id: toPublicId('connection', connectionId),
      connection_name: 'CRM',
      connector: 'salesforce',
      sync_id: toPublicId('sync', syncId),
      error: { category: 'permission', code: 'NO', message: 'no' },
    });
    expect(kind?.data.safeParse(data).success).toBe(true);
  });
});

describe('patterns', () => {
  it.each([
    ['*', 'delivery.dead', true],
    ['delivery.*', 'delivery.dead', true],
    ['delivery.*', 'deliveryx.dead', false],
    ['delivery.*', 'delivery', false],
    ['delivery.dead', 'delivery.dead', true],
    ['delivery.dead', 'delivery.deadly', false],
  ])('%s and %s: %s', (pattern, type, matches) => {
    expect(matchesType(pattern, type)).toBe(matches);
  });

  it('are the same to the database', () => {
    expect(['*', 'delivery.*', 'webhook_endpoint.disabled'].map(likePatternOf)).toEqual([
      '%',
      'delivery.%',
      'webhook\\_endpoint.disabled',
    ]);
  });
});
