import { newUuid, toPublicId, uuidTimeMs } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { type ListPage } from './newest-first';
import { createReplayHarness, type ReplayHarness } from '../testing/replay-harness';
import { findEventsAmong, listEvents, type EventFilter } from './events.repository';

const MINUTE_MS = 60_000;

function idBefore(id: string, ms: number): string {
  const time = (uuidTimeMs(id) - ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${newUuid().slice(13)}`;
}

/** The id of a request that the hub made so long before the event. */
function requestBefore(trackingId: string, ms: number): string {
  return toPublicId('request', idBefore(trackingId, ms));
}

describe('the events of a request', () => {
  let database: TestDatabase;
  let harness: ReplayHarness;
  beforeAll(async () => {
    database = await createTestDatabase();
    harness = await createReplayHarness(database);
  });
  afterAll(() => database?.close());

  const accept = async (requestOf: (trackingId: string) => string): Promise<{ id: string; requestId: string }> => {
    const id = newUuid();
    const requestId = requestOf(id);
    await harness.accept({ trackingId: id, requestId });
    return { id, requestId };
  };
  const idsOf = async (filter: EventFilter, page: Partial<ListPage> = {}): Promise<string[]> => {
    const { rows } = await harness.tenantDb.run(harness.tenantId, (tx) =>
      listEvents(tx, filter, { limit: 50, before: null, ...page }),
    );
    return rows.map(({ id }) => id);
  };

  it.each([
    ['an id that the hub made', (id: string) => requestBefore(id, 20)],
    ['one of a request that took its time', (id: string) => requestBefore(id, 4 * MINUTE_MS)],
    ['one made before the clock was set back', (id: string) => requestBefore(id, -MINUTE_MS / 2)],
    ['an id of the caller’s own', () => 'their-own:request.7'],
    [
      'an id of the caller’s own that looks like the hub’s',
      () => toPublicId('request', '7'.repeat(8) + '-7777-4777-8777-777777777777'),
    ],
  ])('are found by %s, and by nothing else', async (_what, requestOf) => {
    const { id, requestId } = await accept(requestOf);
    await accept(() => `${requestId}1`);
    expect(await idsOf({ requestId })).toEqual([id]);
    expect(await idsOf({ requestId, type: 'no.such' })).toEqual([]);
    expect(await idsOf({ q: requestId })).toEqual([id]);
    expect(await idsOf({ q: requestId.slice(0, -1) })).toEqual([]);
  });

  it.each([
    ['long before', (id: string) => requestBefore(id, 10 * MINUTE_MS)],
    ['by a clock far ahead', (id: string) => requestBefore(id, -2 * MINUTE_MS)],
    ['at the last moment that an id can hold', () => toPublicId('request', 'ffffffff-ffff-7fff-bfff-ffffffffffff')],
    ['at the first', () => toPublicId('request', '00000000-0000-7000-8000-000000000000')],
  ])('are found by an id that the hub made %s, when a caller sends it again', async (_when, requestOf) => {
    const { id, requestId } = await accept(requestOf);
    const next = await accept(() => requestId);
    expect(await idsOf({ requestId })).toEqual([next.id, id]);
    expect(await idsOf({ requestId }, { before: next.id })).toEqual([id]);
    expect(await idsOf({ requestId }, { before: id })).toEqual([]);
    const among = await harness.tenantDb.run(harness.tenantId, (tx) => findEventsAmong(tx, { requestId }, [id]));
    expect(among).toHaveLength(1);
  });

  it('are those of the minutes of an id that the hub made, where these have any', async () => {
    const late = await accept((id) => requestBefore(id, -2 * MINUTE_MS));
    const { requestId } = late;
    expect(await idsOf({ requestId })).toEqual([late.id]);
    const within = idBefore(late.id, -1.5 * MINUTE_MS);
    await harness.accept({ trackingId: within, requestId });
    expect(await idsOf({ requestId })).toEqual([within]);
    expect(await idsOf({ requestId }, { before: within })).toEqual([]);
  });

  it('are looked for from the newest on, once the page before has ended within minutes that have none', async () => {
    const { id, requestId } = await accept((late) => requestBefore(late, 10 * MINUTE_MS));
    expect(await idsOf({ requestId }, { before: idBefore(id, 9 * MINUTE_MS) })).toEqual([id]);
  });
});
