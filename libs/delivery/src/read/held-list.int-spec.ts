import { type ReplayHarness } from '../testing/replay-harness';
import { stageReplays } from '../testing/replay-stage';
import { listDeliveries } from './deliveries.repository';
import { type DeliveryFilter } from './delivery-filter';

describe('what is held', () => {
  let harness: ReplayHarness;
  stageReplays((made) => (harness = made).addRoute());

  it('is found by what its list says of it: state and reason are those of the connection', async () => {
    await harness.accept({}, {}, {});
    await harness.sql(
      `update deliveries set status = 'dead', reason = 'attempts_used_up', settled_at = now()
       where seq = (select max(seq) from deliveries)`,
    );
    const counts = async (): Promise<Record<string, number>> => {
      const filters: Record<string, DeliveryFilter> = {
        pending: { status: 'pending' },
        held: { status: 'held' },
        dead: { status: 'dead' },
        paused: { reason: 'connection_paused' },
        broken: { reason: 'breaker_open' },
        usedUp: { reason: 'attempts_used_up' },
      };
      const found = await harness.tenantDb.run(harness.tenantId, async (tx) => {
        const lists: [string, number][] = [];
        for (const [name, filter] of Object.entries(filters)) {
          const { rows } = await listDeliveries(tx, filter, { limit: 50, before: null });
          for (const row of rows) expect(row).toMatchObject(filter);
          lists.push([name, rows.length]);
        }
        return lists;
      });
      return Object.fromEntries(found.filter(([, count]) => count > 0));
    };
    expect(await counts()).toEqual({ pending: 2, dead: 1, usedUp: 1 });
    await harness.sql(`update connections set status = 'paused'`);
    expect(await counts()).toEqual({ held: 2, paused: 2, dead: 1, usedUp: 1 });
    await harness.sql(`update connections set status = 'active'`);
    await harness.sql(
      `update connection_runtime set resume_at = now() + interval '1 minute', resume_reason = 'breaker_open'`,
    );
    expect(await counts()).toEqual({ held: 2, broken: 2, dead: 1, usedUp: 1 });
  });

  it('is listed page by page, each row once', async () => {
    await harness.accept({}, {}, {}, {}, {});
    const page = (before: string | null): ReturnType<typeof listDeliveries> =>
      harness.tenantDb.run(harness.tenantId, (tx) => listDeliveries(tx, { status: 'pending' }, { limit: 2, before }));
    const seen: string[] = [];
    let before: string | null = null;
    for (let pages = 0; pages < 3; pages++) {
      const { rows, reached }: Awaited<ReturnType<typeof page>> = await page(before);
      seen.push(...rows.map(({ id }) => id));
      before = reached;
    }
    expect(before).toBeNull();
    expect(seen).toHaveLength(5);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
  });
});
