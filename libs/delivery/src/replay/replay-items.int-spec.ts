import { accepted, refused } from '../testing/delivery-harness';
import { type ReplayHarness } from '../testing/replay-harness';
import { stageReplays } from '../testing/replay-stage';
import { listReplayItems, type ReplayItemFilter } from './replay-items.repository';
import { type ReplayItemRow } from './replay.types';

describe('items of a replay', () => {
  let harness: ReplayHarness;
  const stage = stageReplays((made) => (harness = made).addRoute());
  const itemsOf = (id: string, filter: ReplayItemFilter = {}): Promise<ReplayItemRow[]> =>
    harness.tenantDb.run(harness.tenantId, (tx) => listReplayItems(tx, id, filter, { limit: 100, before: null }));

  it('say what the delivery that was made died of, and nothing of those that arrived', async () => {
    await harness.makeDead({ payload: '{"n":1}' }, { payload: '{"n":2}' });
    const { id } = await harness.start();
    await stage.run(id);
    const error = { category: 'conflict', code: 'taken', message: 'Somebody was faster' };
    const results = (items: readonly { payloadText: string }[]) =>
      items.map(({ payloadText }) => (payloadText === '{"n":1}' ? refused('conflict', error) : accepted()));
    await harness.drainer(results).drain(harness.target);
    // Deliveries of one millisecond are listed in any order. The error of the delivery that is repeated was another one, and is not told.
    const failed = await itemsOf(id, { outcome: 'failed' });
    expect(failed).toMatchObject([{ outcome: 'failed', error }]);
    const arrived = await itemsOf(id, { outcome: 'succeeded' });
    expect(arrived).toMatchObject([{ outcome: 'succeeded', error: null }]);
    expect(await itemsOf(id)).toEqual(expect.arrayContaining([...failed, ...arrived]));
  });

  it('say nothing of it once the delivery is in the archive, and are listed all the same', async () => {
    await harness.makeDead({});
    const { id } = await harness.start();
    await harness.finish(id, refused('validation'));
    const [item] = await itemsOf(id);
    expect(item).toMatchObject({ outcome: 'failed', error: { category: 'validation' } });
    await stage.database.asSuperuser((client) =>
      client.query('delete from deliveries where id = $1', [item?.new_delivery_id ?? null]),
    );
    expect(await itemsOf(id)).toEqual([{ ...item, error: null }]);
  });
});
