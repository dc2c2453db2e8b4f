import { type ReplayHarness } from '../testing/replay-harness';
import { stageReplays } from '../testing/replay-stage';
import { retryDelivery } from '../read/deliveries.repository';

describe('a job about dead letters', () => {
  let harness: ReplayHarness;
  const stage = stageReplays((made) => (harness = made).addRoute());
  const { turn, outcomes } = stage;

  it('takes dead letters up again as they were, or gives them up, as a job', async () => {
    await harness.makeDead({}, {}, {});
    const [first] = await harness.all();
    const retry = await harness.start({
      action: 'retry',
      selection: { kind: 'deliveries', deliveryIds: [first?.id ?? ''] },
    });
    expect(await harness.finish(retry.id)).toMatchObject({ matched: 1, counts: { succeeded: 1 } });
    const cancel = await harness.start({ action: 'cancel' });
    expect(await harness.finish(cancel.id)).toMatchObject({ matched: 2, counts: { succeeded: 2 } });
    const rows = await harness.all();
    expect(rows.map((row) => row.status).sort()).toEqual(['cancelled', 'cancelled', 'succeeded']);
    expect(rows.every((row) => row.replay_of === null)).toBe(true);
    expect((await harness.events()).map(({ status }) => status).sort()).toEqual(['failed', 'failed', 'succeeded']);
  });

  it('gives up nothing that was taken up again meanwhile', async () => {
    await harness.makeDead({}, {});
    const [first] = await harness.all();
    const { id } = await harness.start({ action: 'cancel' });
    await turn(id, { limits: { budgetMs: 0 } });
    await harness.tenantDb.run(harness.tenantId, (tx) => retryDelivery(tx, first?.id ?? ''));
    await harness.finish(id);
    expect((await outcomes(id)).sort()).toEqual(['skipped: not_dead', 'succeeded']);
    expect((await harness.all()).map((row) => row.status)).toEqual(['succeeded', 'cancelled']);
  });

  it('leaves dead what a newer change has overtaken, when it is retried with others', async () => {
    await harness.makeDead({ subject: 's' }, { subject: 'other' });
    await harness.accept({ subject: 's' });
    await harness.drain();
    const retry = await harness.start({ action: 'retry' });
    expect(await harness.finish(retry.id)).toMatchObject({ counts: { succeeded: 1, skipped: 1 } });
    expect(await outcomes(retry.id)).toEqual(expect.arrayContaining(['skipped: superseded_by_newer', 'succeeded']));
    const told = await harness.start({ action: 'retry', includeSuperseded: true });
    expect(await harness.finish(told.id)).toMatchObject({ counts: { succeeded: 1, skipped: 0 } });
  });

  it('leaves dead what has lost its event to the archive, and says so', async () => {
    await harness.makeDead({}, {});
    const [first] = await harness.all();
    await stage.database.asSuperuser((client) =>
      client.query(`delete from events where id = $1`, [first?.tracking_id]),
    );
    const retry = await harness.start({ action: 'retry' });
    expect(await harness.finish(retry.id)).toMatchObject({ status: 'completed', counts: { succeeded: 1, skipped: 1 } });
    expect((await outcomes(retry.id)).sort()).toEqual(['skipped: event_archived', 'succeeded']);
    const told = await harness.start({ action: 'retry', includeSuperseded: true });
    expect(await harness.finish(told.id)).toMatchObject({ counts: { skipped: 1 } });
    expect((await harness.all())[0]).toMatchObject({ status: 'dead' });
  });
});
