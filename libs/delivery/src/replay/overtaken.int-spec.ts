import { newUuid } from '@hub/platform';
import { addConnection, type RouteOptions } from '../testing/delivery-harness';
import { type ReplayHarness } from '../testing/replay-harness';
import { stageReplays } from '../testing/replay-stage';

const OVERTAKEN = ['skipped: superseded_by_newer'];
const GOES = ['succeeded'];

/** A record changes, and then once more: `thing.changed` fails or is missed, `thing.moved` arrives. */
describe('a replay beside newer changes of the same record', () => {
  let harness: ReplayHarness;
  const stage = stageReplays((made) => (harness = made));

  const changed = { type: 'thing.changed', subject: 's' };
  const moved = { type: 'thing.moved', subject: 's' };
  const routes = async (of: { older: RouteOptions; newer: RouteOptions; operation?: string }): Promise<string> => {
    const older = await harness.addRoute({ eventType: 'thing.changed', ...of.older });
    const newer = await harness.addRoute({ eventType: 'thing.moved', ...of.newer });
    await harness.sql(`update routes set operation = $2 where id = $1`, [newer, of.operation ?? 'thing.upsert']);
    return older;
  };
  const newerIs = (status: string): Promise<unknown> =>
    harness.sql(
      `update deliveries d set status = $1, lease_token = case $1 when 'delivering' then uuid_v7() end
       from events e where e.id = d.tracking_id and e.type = 'thing.moved'`,
      [status],
    );
  const otherConnection = async (): Promise<string> => {
    const id = newUuid();
    await addConnection(harness.tenantDb, harness.tenantId, id);
    return id;
  };

  it.each<[string, string[], string, () => Promise<Parameters<typeof routes>[0]>]>([
    ['is overtaken by a newer change that has arrived', OVERTAKEN, 'succeeded', async () => ({ older: {}, newer: {} })],
    [
      'is overtaken by a newer change that is being sent',
      OVERTAKEN,
      'delivering',
      async () => ({ older: {}, newer: {} }),
    ],
    ['is not overtaken by a newer change that has failed', GOES, 'dead', async () => ({ older: {}, newer: {} })],
    [
      'is not overtaken by what another operation has done to the record',
      GOES,
      'succeeded',
      async () => ({ older: {}, newer: {}, operation: 'thing.close' }),
    ],
    [
      'is not overtaken by what went to another connection',
      GOES,
      'succeeded',
      async () => ({ older: {}, newer: { connectionId: await otherConnection() } }),
    ],
    [
      'is overtaken by nothing on a route without an order',
      GOES,
      'succeeded',
      async () => ({ older: { orderingKey: 'none' }, newer: { orderingKey: 'none' } }),
    ],
  ])('a dead letter %s', async (_what, expected, status, given) => {
    await routes(await given());
    await harness.makeDead(changed);
    await harness.accept(moved);
    await newerIs(status);
    const { id } = await harness.start({ selection: { kind: 'filter', filter: { eventType: 'thing.changed' } } });
    await harness.finish(id);
    expect(await stage.outcomes(id)).toEqual(expected);
  });

  it.each<[string, string[], () => Promise<Parameters<typeof routes>[0]>]>([
    ['is overtaken by a newer change that was sent or may yet be', OVERTAKEN, async () => ({ older: {}, newer: {} })],
    [
      'is not overtaken by what another operation has done to the record',
      GOES,
      async () => ({ older: {}, newer: {}, operation: 'thing.close' }),
    ],
    [
      'is not overtaken by what went to another connection',
      GOES,
      async () => ({ older: {}, newer: { connectionId: await otherConnection() } }),
    ],
    [
      'is overtaken by nothing on a route without an order',
      GOES,
      async () => ({ older: { orderingKey: 'none' }, newer: { orderingKey: 'none' } }),
    ],
  ])('what a route has missed %s', async (_what, expected, given) => {
    const routeId = await routes(await given());
    await harness.sql(`update routes set enabled = false where id = $1`, [routeId]);
    await harness.accept(changed, moved);
    await harness.sql(`update routes set enabled = true`);
    const [from, to] = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
    const selection = { kind: 'missing' as const, routeId, from: from ?? '', to: to ?? '' };
    const { id } = await harness.start({ selection, mapping: 'current' });
    await harness.finish(id);
    expect(await stage.outcomes(id)).toEqual(expected);
  });
});
