import { newUuid, toPublicId } from '@hub/platform';
import { type BusEvent } from './bus-event';
import { noticesOf, wants, type NoticeTarget } from './notice';

const [connection, other] = [newUuid(), newUuid()];
const target = (fields: Partial<NoticeTarget> = {}): NoticeTarget => ({
  connectionId: newUuid(),
  routeId: newUuid(),
  eventTypes: ['*'],
  connectionIds: null,
  ...fields,
});
const event = (fields: Partial<BusEvent> = {}): BusEvent => ({
  id: newUuid(),
  type: 'connection.needs_reauth',
  deliveryId: null,
  connectionId: connection,
  data: { reason: 'gone' },
  createdAt: new Date('2026-11-20T10:00:00.000Z'),
  ...fields,
});

describe('an endpoint', () => {
  it.each([
    ['everything', {}, true],
    ['the type', { eventTypes: ['connection.needs_reauth'] }, true],
    ['the family', { eventTypes: ['sync.*', 'connection.*'] }, true],
    ['other types', { eventTypes: ['delivery.*'] }, false],
    ['this connection', { connectionIds: [connection] }, true],
    ['another connection', { connectionIds: [other] }, false],
  ])('that asked for %s', (_what, fields, heard) => {
    expect(wants(target(fields), event())).toBe(heard);
  });

  it('hears what is about no connection, whichever it asked for', () => {
    expect(wants(target({ connectionIds: [other] }), event({ connectionId: null }))).toBe(true);
  });
});

describe('a notice', () => {
  const facts = {
    deliveries: new Map(),
    connections: new Map([[connection, { id: connection, name: 'CRM', connectorId: 'salesforce' }]]),
  };

  it('is one for all who want to hear of it', () => {
    const told = event();
    const targets = [target(), target({ eventTypes: ['sync.*'] }), target()];
    const [notice, ...more] = noticesOf([told], targets, facts);
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ id: told.id, publicId: toPublicId('hubEvent', told.id), type: told.type });
    expect(notice?.targets).toEqual([targets[0], targets[2]]);
    expect(JSON.parse(notice?.payload ?? '')).toEqual({
      id: toPublicId('hubEvent', told.id),
      type: told.type,
      timestamp: '2026-11-20T10:00:00.000Z',
      data: {
        connection_id: toPublicId('connection', connection),
        connection_name: 'CRM',
        connector: 'salesforce',
        reason: 'gone',
      },
    });
  });

  it('is made for nobody of what is not in the catalogue, or is gone by now', () => {
    expect(noticesOf([event({ type: 'unheard.of' }), event({ connectionId: other })], [target()], facts)).toEqual([]);
  });
});
