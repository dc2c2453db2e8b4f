import { missedBy, type ReplayHarness } from '../testing/replay-harness';
import { stageReplays } from '../testing/replay-stage';
import { type MissingSelection, type ReplayView } from './replay.types';

describe('the search for what a route has missed', () => {
  let harness: ReplayHarness;
  const stage = stageReplays((made) => (harness = made));
  const { turn } = stage;
  const start = (routeId: string, range: Partial<MissingSelection> = {}): Promise<ReplayView> =>
    harness.start({ selection: missedBy(routeId, range), mapping: 'current' });

  it('keeps to its range of time', async () => {
    await harness.accept({});
    const route = await harness.addRoute();
    const [event] = await harness.sql<{ at: Date }>(`select received_at as at from events`);
    const at = event?.at.getTime() ?? 0;
    const [before, after] = [new Date(at - 1_000).toISOString(), new Date(at + 1_000).toISOString()];
    expect((await harness.finish((await start(route, { to: before })).id)).matched).toBe(0);
    expect((await harness.finish((await start(route, { from: before, to: after })).id)).matched).toBe(1);
  });

  it('goes on from where it has got to, and finds each event once', async () => {
    await harness.accept(...Array.from({ length: 5_001 }, () => ({})));
    const { id } = await start(await harness.addRoute());
    const steps: unknown[] = [];
    for (let step = 0; step < 2; step++) {
      await turn(id, { limits: { budgetMs: 0 } });
      const { phase, matched } = await harness.view(id);
      steps.push([phase, matched]);
    }
    expect(steps).toEqual([
      ['collecting', 5_000],
      ['working', 5_001],
    ]);
    expect(await harness.sql(`select count(distinct tracking_id)::int as n from replay_items`)).toEqual([{ n: 5_001 }]);
  });

  it('leaves out a day whose deliveries have left the database, though its events are still there', async () => {
    await harness.addRoute();
    await harness.accept({});
    await harness.drain();
    const late = await harness.addRoute();
    const [event] = await harness.sql<{ day: string }>(
      `select to_char(received_at at time zone 'UTC', 'YYYY-MM-DD') as day from events`,
    );
    const day = event?.day ?? '';
    const table = `deliveries_${day.replaceAll('-', '')}`;
    const asOwner = (text: string): Promise<unknown> => stage.database.asSuperuser((client) => client.query(text));
    await harness.sql(
      `insert into archive_days (tenant_id, kind, day, status) values ($1, 'deliveries', $2, 'sealed')`,
      [harness.tenantId, day],
    );
    await asOwner(`alter table ${table} rename to gone`);
    try {
      expect(await harness.finish((await start(late)).id)).toMatchObject({ status: 'completed', matched: 0 });
    } finally {
      await asOwner(`alter table gone rename to ${table}`);
    }
    expect(await harness.finish((await start(late)).id)).toMatchObject({ matched: 1, counts: { succeeded: 1 } });
  });
});
