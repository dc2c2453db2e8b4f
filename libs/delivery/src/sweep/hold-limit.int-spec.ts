import { type SendResult } from '../drain/drain.ports';
import { accepted, refused } from '../testing/delivery-harness';
import { type ReplayHarness } from '../testing/replay-harness';
import { stageReplays } from '../testing/replay-stage';
import { listDeliveries } from '../read/deliveries.repository';
import { HoldLimit } from './hold-limit';

describe('what is held', () => {
  let harness: ReplayHarness;
  let limit: HoldLimit;
  const stage = stageReplays((made) => {
    harness = made;
    limit = new HoldLimit({ dispatcher: stage.database.dispatcher, tenants: harness.tenantDb });
    return harness.addRoute({ retryDelays: [1, 1] });
  });

  const waits = (interval: string): Promise<unknown> =>
    harness.sql(
      `update deliveries set next_attempt_at = now() - $1::interval where status in ('pending', 'retrying')`,
      [interval],
    );
  const outage = (state: string, interval: string): Promise<unknown> =>
    harness.sql(
      `update connection_runtime set breaker_state = $1, consecutive_failures = 5, breaker_opened_at = now() - $2::interval`,
      [state, interval],
    );
  const shown = async (): Promise<{ status: string; reason: string | null; attempts: number; message?: string }[]> =>
    (
      await harness.tenantDb.run(harness.tenantId, (tx) => listDeliveries(tx, {}, { limit: 50, before: null }))
    ).rows.map(({ status, reason, attempts, last_error: error }) => ({
      status,
      reason,
      attempts,
      ...(error === null ? {} : { message: error.message }),
    }));

  it('by an outage is not spent on it: who probes uses up no attempt', async () => {
    await harness.accept({}, {});
    await harness.sql(`update connection_runtime set breaker_state = 'open', consecutive_failures = 5`);
    for (let probe = 0; probe < 8; probe++) {
      await harness.makeDue();
      await harness.drain(refused('transient'));
    }
    expect(harness.sent).toHaveLength(8);
    expect(await harness.sql(`select status, attempts from deliveries`)).toEqual(
      Array(2).fill({ status: 'pending', attempts: 0 }),
    );
    expect(await harness.sql(`select distinct outcome from attempts`)).toEqual([{ outcome: 'deferred' }]);
    await harness.makeDue();
    await harness.drain();
    await harness.makeDue();
    await harness.drain();
    expect((await shown()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
  });

  it.each(['open', 'half_open'])('by an outage ends after a day, unspent, and says so: %s', async (state) => {
    await harness.accept({ subject: 's' }, { subject: 's' });
    await outage(state, '23 hours');
    await waits('25 hours');
    expect(await limit.look()).toBe(0);
    await outage(state, '25 hours');
    await waits('23 hours');
    expect(await limit.look()).toBe(0);
    await waits('25 hours');
    expect(await limit.look()).toBe(2);
    for (const delivery of await shown()) {
      expect(delivery).toMatchObject({ status: 'dead', reason: 'deferred_too_long', attempts: 0 });
      expect(delivery.message).toContain('failed for more than 24 hours');
    }
    expect(await harness.events()).toEqual(Array(2).fill({ status: 'failed', open: 0, succeeded: 0, failed: 1 }));
    expect(await limit.look()).toBe(0);
  });

  it('ends with the replay that it is of, and lets those go that waited behind it', async () => {
    await harness.makeDead({ subject: 's' });
    const { id } = await harness.start();
    await stage.run(id);
    await harness.accept({ subject: 's' });
    await harness.sql(
      `update deliveries set status = 'held', reason = 'order' where replay_id is null and status = 'pending'`,
    );
    await outage('open', '25 hours');
    await waits('25 hours');
    expect(await limit.look()).toBe(1);
    expect((await harness.all()).map((row) => row.status).sort()).toEqual(['dead', 'dead', 'pending']);
    expect(await harness.view(id)).toMatchObject({ counts: { failed: 1, queued: 0 } });
  });

  it('ends with what waits for its turn behind it, whoever has probed last', async () => {
    await harness.accept(...Array.from({ length: 10 }, () => ({ subject: 's' })));
    await outage('open', '1 minute');
    await harness.drain(refused('transient'));
    const counts = (): Promise<unknown> =>
      harness.sql(`select status, count(*)::int from deliveries group by 1 order by 1`);
    expect(await counts()).toEqual([
      { status: 'held', count: 9 },
      { status: 'pending', count: 1 },
    ]);
    await outage('open', '25 hours');
    const due = (interval: string): Promise<unknown> =>
      harness.sql(`update deliveries set next_attempt_at = now() - $1::interval where status = 'held'`, [interval]);
    await due('23 hours');
    expect(await limit.look()).toBe(0);
    await due('25 hours');
    expect(await limit.look()).toBe(9);
    expect(await counts()).toEqual([
      { status: 'dead', count: 9 },
      { status: 'pending', count: 1 },
    ]);
  });

  it.each([
    ['paused', 'has been paused for more than 7 days'],
    ['needs_reauth', 'has needed to be signed in to for more than 7 days (invalid_grant: Gone)'],
    ['disabled', 'has been disabled for more than 7 days'],
  ])('by a connection that is %s waits seven days for somebody, and then says so', async (status, words) => {
    await harness.accept({});
    await harness.sql(`update connections set status = $1, status_reason = $2`, [
      status,
      status === 'needs_reauth' ? 'invalid_grant: Gone' : null,
    ]);
    await harness.drain();
    await waits('6 days 23 hours');
    expect(await limit.look()).toBe(0);
    expect(await shown()).toMatchObject([{ status: 'held', reason: `connection_${status}`, attempts: 0 }]);
    await waits('7 days 1 hour');
    // Of an old backlog, a short stop is not the reason.
    expect(await limit.look()).toBe(0);
    await harness.sql(`update connections set status_since = now() - interval '7 days 1 hour'`);
    expect(await limit.look()).toBe(1);
    const [ended] = await shown();
    expect(ended).toMatchObject({ status: 'dead', reason: 'deferred_too_long', attempts: 0 });
    expect(ended?.message).toContain(words);
    expect(harness.sent).toEqual([]);
  });

  it.each(['paused', 'needs_reauth', 'disabled'])(
    'by a connection that was %s has its whole time for what comes after it',
    async (status) => {
      await harness.accept({}, {});
      await harness.drain(refused('rate_limited'));
      const later = (): Promise<unknown> =>
        harness.sql(`update deliveries set deferred_since = deferred_since - interval '30 hours'`);
      await harness.sql(`update connections set status = $1`, [status]);
      await later();
      await harness.sql(`update connections set status = 'active'`);
      await harness.makeDue();
      await harness.drain(refused('rate_limited'));
      expect(await shown()).toEqual(Array(2).fill(expect.objectContaining({ status: 'held', attempts: 0 })));
      // From when it went on, that is: since then a limit lasts for as long as any.
      await harness.sql(`update connections set status_since = status_since - interval '25 hours'`);
      await harness.makeDue();
      await harness.drain(refused('rate_limited'));
      expect((await shown()).map(({ reason }) => reason)).toContain('deferred_too_long');
    },
  );

  it.each([
    ['rate_limited', { retryAfterMs: 25 * 3_600_000 }, 'A limit of the system behind the connection has lasted'],
    ['config', { wholeConnection: true }, 'The settings of the connection have kept everything from being sent'],
  ])('by a limit ends after a day, also what was never claimed, and says so: %s', async (category, rest, words) => {
    await harness.accept(...Array.from({ length: 300 }, () => ({})));
    await harness.drain(refused(category, rest));
    await waits('25 hours');
    const lasts = (interval: string): Promise<unknown> =>
      harness.sql(`update connection_runtime set limited_since = limited_since - $1::interval`, [interval]);
    await lasts('23 hours');
    expect(await limit.look()).toBe(0);
    await lasts('2 hours');
    await waits('23 hours');
    expect(await limit.look()).toBe(0);
    await waits('25 hours');
    // It is over: whether the system takes them now is to be seen.
    await harness.sql(`update connection_runtime set resume_at = resume_at - interval '1 day'`);
    expect(await limit.look()).toBe(0);
    await harness.sql(`update connection_runtime set resume_at = resume_at + interval '1 day'`);
    expect(await limit.look()).toBe(300);
    expect(
      await harness.sql(
        `select status, reason, attempts, last_error ->> 'category' as category, last_error ->> 'code' as code,
                last_error ->> 'message' as message, count(*)::int from deliveries group by 1, 2, 3, 4, 5, 6`,
      ),
    ).toEqual([
      {
        ...{ status: 'dead', reason: 'deferred_too_long', attempts: 0, category, code: 'held_too_long', count: 300 },
        message: `${words} for more than 24 hours; the hub gave up waiting. No attempt was used up.`,
      },
    ]);
  });

  it('by a limit is counted anew from whatever else the system answers', async () => {
    const answered = async (result: SendResult, meanwhile = '', over = '1 minute'): Promise<unknown> => {
      await harness.accept({});
      await harness.makeDue();
      await harness.sql(`update connection_runtime set resume_at = now() - $1::interval`, [over]);
      await harness
        .drainer(async () => {
          if (meanwhile !== '') await harness.sql(meanwhile);
          return [result];
        })
        .drain(harness.target);
      const [row] = await harness.sql(
        `select limited_since is not null as limited, limited_since < now() - interval '1 day' as long from connection_runtime`,
      );
      await harness.sql(`update connection_runtime set limited_since = now() - interval '25 hours'`);
      return row;
    };
    expect(await answered(refused('rate_limited'))).toEqual({ limited: true, long: false });
    expect(await answered(refused('rate_limited'))).toEqual({ limited: true, long: true });
    // The last one has been over for long: this is another.
    expect(await answered(refused('rate_limited'), '', '2 hours')).toEqual({ limited: true, long: false });
    expect(await answered(refused('validation'))).toEqual({ limited: false, long: null });
    expect(await answered(accepted())).toEqual({ limited: false, long: null });
    // As the budget keeps it: what was accepted has used it up.
    const usedUp = `update connection_runtime set resume_at = now() + interval '1 day', resume_reason = 'rate_limited'`;
    expect(await answered(accepted(), usedUp)).toEqual({ limited: true, long: false });
  });

  it('by wrong settings of the connection waits with all of it, and goes on by itself', async () => {
    await harness.accept({}, {}, {});
    const missing = { code: 'oauth_app_missing', message: 'No app is registered.', wholeConnection: true };
    await harness.drain(refused('config', missing));
    expect(await shown()).toEqual(
      Array(3).fill(expect.objectContaining({ status: 'held', reason: 'misconfigured', attempts: 0 })),
    );
    const [runtime] = await harness.sql<{ wait: number; last_error: { code: string } }>(
      `select extract(epoch from resume_at - now())::int as wait, last_error from connection_runtime`,
    );
    expect(runtime?.last_error.code).toBe('oauth_app_missing');
    expect(runtime?.wait).toBeGreaterThan(50);
    expect(runtime?.wait).toBeLessThanOrEqual(60);
    await harness.makeDue();
    await harness.drain();
    expect((await shown()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('is not held for settings that one record alone is refused for', async () => {
    await harness.accept({}, {});
    await harness.drain(refused('config', { code: 'http_405' }));
    expect((await shown()).map(({ status }) => status)).toEqual(['dead', 'dead']);
  });

  it('leaves a backlog alone that is only slow', async () => {
    await harness.accept({});
    await waits('30 days');
    expect(await limit.look()).toBe(0);
  });
});
