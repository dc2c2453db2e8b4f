import { newUuid, toPublicId, uuidTimeMs } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { createReplayHarness, type ReplayHarness } from '../testing/replay-harness';
import { listEvents, type EventFilter } from './events.repository';

const MINUTE_MS = 60_000;

/** The id of a request that the hub made so long before the event. */
function requestBefore(trackingId: string, ms: number): string {
  const time = (uuidTimeMs(trackingId) - ms).toString(16).padStart(12, '0');
  return toPublicId('request', `${time.slice(0, 8)}-${time.slice(8)}${newUuid().slice(13)}`);
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
  const idsOf = async (filter: EventFilter): Promise<string[]> => {
    const { rows } = await harness.tenantDb.run(harness.tenantId, (tx) =>
      listEvents(tx, filter, { limit: 50, before: null }),
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

  it('are looked for in the minutes of an id that the hub made, and not among all that there are', async () => {
    const [late, early] = [
      await accept((id) => requestBefore(id, 6 * MINUTE_MS)),
      await accept((id) => requestBefore(id, -2 * MINUTE_MS)),
    ];
    expect([await idsOf({ requestId: late.requestId }), await idsOf({ requestId: early.requestId })]).toEqual([[], []]);
  });
});
