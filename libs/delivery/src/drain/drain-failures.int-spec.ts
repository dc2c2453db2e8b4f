import { DatabaseUnavailableError } from '@hub/database';
import { newUuid } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { waitUntil, type TestDatabase } from '@hub/testing';
import { type AcceptBatch } from '../accept/accept-batch';
import { Sweeper } from '../sweep/sweeper';
import { accepted, createDeliveryHarness, refused, type DeliveryHarness } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';

/** Commits until told otherwise; then every transaction fails, as after a defect of ours. */
class BreakableTenantDb extends TenantDb {
  broken = false;

  override run: TenantDb['run'] = (tenantId, work, options) =>
    this.broken ? Promise.reject(new Error('as the test wants')) : super.run(tenantId, work, options);
}

/** Commits, and then every other time is not heard: the line breaks between `COMMIT` and its answer. */
class DeafTenantDb extends TenantDb {
  private asked = 0;

  override run: TenantDb['run'] = async (tenantId, work, options) => {
    const result = await super.run(tenantId, work, options);
    if (this.asked++ % 2 === 0) throw new DatabaseUnavailableError(new Error('as the test wants'));
    return result;
  };
}

describe('drain, when something goes wrong', () => {
  let database: TestDatabase;
  let harness: DeliveryHarness;
  let batch: AcceptBatch;
  stageDeliveries((...made) => ([harness, database, batch] = made));

  const send = (count: number, subject: string | null = null): Promise<unknown> =>
    batch.accept(Array.from({ length: count }, () => harness.event({ subject })));
  const sql = (text: string): Promise<Record<string, unknown>[]> =>
    harness.tenantDb.run(harness.tenantId, (tx) => tx.query(text));

  it('sends nothing more once it has failed, and cuts what is under way', async () => {
    await harness.addRoute();
    await send(6);
    const tenantDb = new BreakableTenantDb(database.app);
    let cut: AbortSignal | null = null;
    let release: () => void = () => undefined;
    const drainer = harness.drainer(
      async (items, signal) => {
        if (harness.sent.length === 2) {
          // The outcome of the other call cannot be written while this one is under way.
          tenantDb.broken = true;
          cut = signal;
          await new Promise<void>((resolve) => (release = resolve));
        }
        return items.map(() => accepted());
      },
      { concurrency: 2, tenantDb },
    );
    await expect(drainer.drain(harness.target)).rejects.toThrow('as the test wants');
    expect(cut).toMatchObject({ aborted: true });
    const before = harness.sent.length;
    release();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(harness.sent).toHaveLength(before);

    // Nothing is lost: who takes over once the lease has run out delivers all of it.
    await sql(`update connection_runtime set slot_until = now() - interval '1 second'`);
    await harness.drainer((items) => items.map(() => accepted())).drain(harness.target);
    expect((await harness.deliveries()).map((row) => row.status)).toEqual(Array(6).fill('succeeded'));
  });

  it('takes up again what it has claimed by commits that were not answered, and counts no crash for it', async () => {
    await harness.addRoute();
    await send(20);
    const tenantDb = new DeafTenantDb(database.app);
    const drainer = harness.drainer((items) => items.map(() => accepted()), { concurrency: 2, tenantDb });
    await drainer.drain(harness.target);
    const rows = await harness.deliveries();
    expect(rows.map(({ status, attempts, crashes }) => [status, attempts, crashes])).toEqual(
      Array(20).fill(['succeeded', 1, 0]),
    );
    expect(harness.sent).toHaveLength(20);
    expect(await sql(`select slot_token from connection_runtime`)).toEqual([{ slot_token: null }]);
  });

  it('stores what a vendor says, whatever it is made of, on the delivery and on the connection', async () => {
    await harness.addRoute();
    await send(1);
    const message = `half a pair \ud83d and a NUL \u0000`;
    await harness
      .drainer((items) => items.map(() => refused('validation', { message, code: message, fields: [message] })))
      .drain(harness.target);
    const stored = 'half a pair \ufffd and a NUL \ufffd';
    const [delivery] = await harness.deliveries();
    expect(delivery).toMatchObject({ status: 'dead', last_error: { code: stored, message: stored, fields: [stored] } });
    const [runtime] = await sql(`select last_error from connection_runtime`);
    expect(runtime).toMatchObject({ last_error: { message: stored } });
  });

  it('ends what is open of a deleted connection, whatever it was waiting for, and says why', async () => {
    await harness.addRoute();
    await send(3, 'one-key');
    await sql(`update connections set status = 'paused', deleted_at = now()`);
    await sql(
      `update connection_runtime set resume_at = now() + interval '1 hour', resume_reason = 'breaker_open', breaker_state = 'open', consecutive_failures = 5`,
    );
    const closed = { category: 'config', code: 'connection_deleted', message: 'The connection has been deleted.' };
    const drainer = harness.drainer(() => [], { closed });
    const sweeper = new Sweeper({
      database: database.dispatcher,
      ring: () => Promise.resolve(false),
      drain: (target) => (target.tenantId === harness.tenantId ? drainer.drain(target) : Promise.resolve()),
      fallbackConcurrency: 4,
    });
    expect(await sweeper.sweep()).toBeGreaterThan(0);
    await waitUntil('the deliveries to end', async () =>
      (await harness.deliveries()).every((row) => row.status === 'dead'),
    );
    await sweeper.stop();
    for (const row of await harness.deliveries())
      expect(row).toMatchObject({ reason: 'permanent_failure', last_error: { code: 'connection_deleted' } });
    expect(await sql(`select distinct status, deliveries_open from events`)).toEqual([
      { status: 'failed', deliveries_open: 0 },
    ]);
    expect(harness.sent).toEqual([]);
  });

  it('keeps the moment at which an outage began, also when a probe meets a limit', async () => {
    await harness.addRoute();
    await send(1);
    const answer = async (result: ReturnType<typeof accepted>): Promise<unknown[]> => {
      await harness.makeDue();
      await harness.drainer(() => [result]).drain(harness.target);
      const [row] = await sql(`select breaker_state, breaker_opened_at::text as since from connection_runtime`);
      return [row?.['breaker_state'], row?.['since']];
    };
    await sql(`update connection_runtime set consecutive_failures = 4`);
    const [opened, since] = await answer(refused('transient'));
    expect([opened, since]).toEqual(['open', expect.any(String)]);
    expect(await answer(refused('rate_limited'))).toEqual(['half_open', since]);
    expect(await answer(refused('transient'))).toEqual(['open', since]);
    expect(await answer(accepted())).toEqual(['closed', null]);
  });

  it('believes nothing of a job but the ids: forged ones find nothing to send', async () => {
    await harness.addRoute();
    await send(1);
    const stranger = await createDeliveryHarness(database);
    const drainer = harness.drainer((items) => items.map(() => accepted()));
    const { tenantId, connectionId } = harness;
    await drainer.drain({ tenantId: stranger.tenantId, connectionId });
    await drainer.drain({ tenantId, connectionId: stranger.connectionId });
    await drainer.drain({ tenantId: newUuid(), connectionId });
    await expect(drainer.drain({ tenantId: `${tenantId}' or true --`, connectionId })).rejects.toThrow();
    expect(harness.sent).toEqual([]);
    expect(await harness.deliveries()).toMatchObject([{ status: 'pending', attempts: 0 }]);
    await drainer.drain({ tenantId, connectionId });
    expect(await harness.deliveries()).toMatchObject([{ status: 'succeeded' }]);
  });

  it.each([
    ['the breaker’s', '1 second', 'breaker_open', 29],
    ['the limit’s', '1 day', 'rate_limited', 86_000],
  ])(
    'waits for the longer of a limit and an open breaker, and names it: %s',
    async (_whose, limit, reason, atLeast) => {
      await harness.addRoute();
      await send(1);
      await sql(`update connection_runtime set consecutive_failures = 4`);
      const meanwhile = `update connection_runtime set resume_at = now() + interval '${limit}', resume_reason = 'rate_limited'`;
      await harness
        .drainer(async () => {
          await sql(meanwhile);
          return [refused('transient')];
        })
        .drain(harness.target);
      const [row] = await sql(
        `select breaker_state, resume_reason, extract(epoch from resume_at - now())::float8 as wait from connection_runtime`,
      );
      expect(row).toMatchObject({ breaker_state: 'open', resume_reason: reason });
      expect(Number(row?.['wait'])).toBeGreaterThan(atLeast - 10);
    },
  );

  it('is not called earlier for a limit that it met beside the failures that opened its breaker', async () => {
    await harness.addRoute();
    await send(8);
    let calls = 0;
    await harness
      .drainer(
        async () => {
          const isFirst = ++calls === 1;
          await waitUntil('all calls are under way', () => Promise.resolve(calls === 8));
          return [isFirst ? refused('rate_limited', { retryAfterMs: 1_000 }) : refused('transient')];
        },
        { concurrency: 8 },
      )
      .drain(harness.target);
    const [row] = await sql(
      `select breaker_state, resume_reason, resume_at > now() + interval '15 seconds' as waits from connection_runtime`,
    );
    expect(row).toEqual({ breaker_state: 'open', resume_reason: 'breaker_open', waits: true });
  });

  it('leaves a paused connection alone', async () => {
    await harness.addRoute();
    await send(1);
    await sql(`update connections set status = 'paused'`);
    await harness.drainer((items) => items.map(() => accepted())).drain(harness.target);
    expect(harness.sent).toEqual([]);
  });
});
