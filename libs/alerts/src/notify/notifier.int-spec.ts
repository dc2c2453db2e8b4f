import { createSafeHttp, newUuid } from '@hub/platform';
import { waitUntil } from '@hub/testing';
import { deleteChannel } from '../channels/channel.repository';
import { createAlertsHarness, plantDeadLetter, type StoredNotification } from '../testing/alerts-harness';
import { SIGNING_SECRET, stageTelling } from '../testing/telling-stage';
import { claimMessages } from './claim';
import { afterFailure } from './notifier';

describe('telling of alerts', () => {
  const stage = stageTelling();
  const set = (channel: string, enabled: boolean): Promise<unknown> =>
    stage.harness.sql(`update alert_channels set enabled = $2 where id = $1`, [channel, enabled]);

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'mail without a mail server',
      () => stage.harness.addChannel('email', null, { recipients: ['a@example.com'] }),
      'smtp_not_configured',
    ],
    [
      'recipients that do not exist',
      async () => (
        stage.mail.refused.add('gone@example.com'),
        stage.harness.addChannel('email', null, { recipients: ['gone@example.com'] })
      ),
      'recipients_refused',
    ],
    [
      'an address that is gone',
      async () => (stage.receiver.answers.push(404), stage.harness.addChannel('slack', { url: stage.receiver.url })),
      'channel_refused',
    ],
  ])('gives up at once on %s, and says so on the channel', async (name, make, code) => {
    await make();
    await stage.trouble();
    await stage.notifier(name.startsWith('mail') ? { mailer: null } : {}).sendDue();
    expect(await stage.harness.notifications()).toMatchObject([{ status: 'failed', error: { code } }]);
    const [channel] = await stage.harness.sql<{ last_error: { code: string }; last_failure_at: Date | null }>(
      `select last_error, last_failure_at from alert_channels where tenant_id = $1`,
      [stage.harness.tenantId],
    );
    expect(channel).toMatchObject({ last_error: { code }, last_failure_at: expect.any(Date) });
  });

  it('tries again what passes by itself: ever more seldom, as the receiver asks, and not for ever', () => {
    const failure = { code: 'timeout', message: '', permanent: false };
    const delays = Array.from({ length: 8 }, (_, index) => afterFailure(failure, index + 1)).map(
      ({ status, delayMs }) => (status === 'waiting' ? (delayMs ?? 0) / 1_000 : status),
    );
    expect(delays).toEqual([10, 60, 300, 1_800, 7_200, 14_400, 21_600, 'failed']);
    expect(afterFailure({ ...failure, retryAfterMs: 45_000 }, 1)).toMatchObject({ delayMs: 45_000 });
    expect(afterFailure({ ...failure, retryAfterMs: 1_000 }, 2)).toMatchObject({ delayMs: 60_000 });
    expect(afterFailure({ ...failure, permanent: true }, 1)).toMatchObject({ status: 'failed' });
  });

  it('is sent by another process when the one that took it has died, with the same key', async () => {
    await stage.harness.addChannel('pagerduty', { routing_key: 'k', url: stage.receiver.url });
    await stage.trouble();
    // Decided and claimed; then the process is gone, before or after its call.
    const died = await stage.harness.tenants.run(stage.harness.tenantId, (tx) => claimMessages(tx, newUuid()));
    expect(died).toHaveLength(1);
    expect(await stage.notifier().sendDue()).toBe(0);
    await stage.makeDue();
    await stage.notifier().sendDue();
    await stage.harness.sql(
      `update alert_notifications set status = 'waiting', next_attempt_at = now() where tenant_id = $1`,
      [stage.harness.tenantId],
    );
    await stage.notifier().sendDue();
    expect(new Set(stage.receiver.calls.map(({ body }) => body['dedup_key'])).size).toBe(1);
    expect(stage.receiver.calls).toHaveLength(2);
    expect(await stage.stored()).toEqual([['triggered', 'sent', 3]]);
  });

  it('is not kept waiting by companies whose notices wait behind others', async () => {
    const { harness, database } = stage;
    const channel = await harness.addChannel('pagerduty', { routing_key: 'k', url: stage.receiver.url });
    await stage.trouble();
    // Older than ours: they come first wherever companies are taken in the order of their ids.
    const others = Array.from({ length: 200 }, (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);
    await database.asSuperuser(async (client) => {
      await client.query(
        `insert into tenants (id, slug, name, tier) select t, 's-' || t, 'Other', 'enterprise' from unnest($1::uuid[]) t`,
        [others],
      );
      // A first notice that is put off for hours, and a second that was due before ours.
      await client.query(
        `insert into alert_channels (tenant_id, id, name, kind, recipients, least_severity)
         select t, $2, 'mail', 'email', '{a@example.com}', 'info' from unnest($1::uuid[]) t`,
        [others, channel],
      );
      await client.query(
        `insert into alerts (tenant_id, id, rule, subject, phase, severity, title, details, since)
         select t, a.id, rule, subject, phase, severity, title, details, since from alerts a, unnest($1::uuid[]) t where a.tenant_id = $2`,
        [others, harness.tenantId],
      );
      for (const [kind, due] of [
        ['triggered', '6 hours'],
        ['resolved', '-1 hour'],
      ])
        await client.query(
          `insert into alert_notifications (tenant_id, id, alert_id, channel_id, kind, status, message, next_attempt_at)
           select a.tenant_id, uuid_v7(), a.id, $2, $3, 'waiting', '{}', now() + $4::interval from alerts a where a.tenant_id = any($1::uuid[])`,
          [others, channel, kind, due],
        );
    });
    await stage.notifier().sendDue();
    expect(stage.receiver.calls).toHaveLength(1);
  });

  it('lets whoever was overtaken settle nothing', async () => {
    await stage.harness.addChannel('slack', { url: stage.receiver.url });
    await stage.trouble();
    stage.receiver.answers.push('hang');
    const slow = stage.notifier().sendDue();
    await waitUntil('the call', () => Promise.resolve(stage.receiver.calls.length === 1));
    await stage.makeDue();
    await stage.notifier().sendDue();
    await stage.receiver.close();
    await slow;
    expect(await stage.stored()).toEqual([['triggered', 'sent', 2]]);
  });

  it('never tells the end before the beginning, also where that may not have arrived', async () => {
    const flaky = await stage.harness.addChannel('slack', { url: stage.receiver.url });
    stage.receiver.answers.push(500);
    await stage.trouble();
    await stage.notifier().sendDue();
    await stage.recovery();
    expect(await stage.notifier().sendDue()).toBe(0);
    await stage.makeDue();
    stage.receiver.answers.push(410);
    await stage.notifier().sendDue();
    expect(await stage.stored()).toEqual([
      ['triggered', 'failed', 2],
      ['resolved', 'sent', 1],
    ]);
    expect((await stage.harness.notifications()).every((row: StoredNotification) => row.channel_id === flaky)).toBe(
      true,
    );
  });

  it('waits in each channel for itself: one that fails keeps it from no other', async () => {
    for (let channels = 0; channels < 2; channels++)
      await stage.harness.addChannel('webhook', { url: stage.receiver.url, signing_secret: SIGNING_SECRET });
    stage.receiver.answers.push(500, 500);
    await stage.trouble();
    await stage.notifier().sendDue();
    expect(stage.receiver.calls).toHaveLength(2);
    expect(await stage.stored()).toEqual([
      ['triggered', 'waiting', 1],
      ['triggered', 'waiting', 1],
    ]);
  });

  it('keeps that order when the clock of whoever saw the beginning is ahead', async () => {
    await stage.harness.addChannel('webhook', { url: stage.receiver.url, signing_secret: SIGNING_SECRET });
    stage.receiver.answers.push(500);
    const now = Date.now.bind(Date);
    const ahead = jest.spyOn(Date, 'now').mockImplementation(() => now() + 400_000);
    await stage.trouble();
    ahead.mockRestore();
    await stage.notifier().sendDue();
    await stage.recovery();
    expect(await stage.notifier().sendDue()).toBe(0);
    await stage.makeDue();
    while ((await stage.notifier().sendDue()) > 0) await stage.makeDue();
    expect(await stage.stored()).toEqual([
      ['triggered', 'sent', 2],
      ['resolved', 'sent', 1],
    ]);
    expect(stage.receiver.calls.map(({ body }) => body['type'])).toEqual([
      'alert.triggered',
      'alert.triggered',
      'alert.resolved',
    ]);
  });

  it('does not tell the end of what nobody was told', async () => {
    const channel = await stage.harness.addChannel('slack', { url: stage.receiver.url });
    await stage.trouble();
    await set(channel, false);
    await stage.notifier().sendDue();
    await set(channel, true);
    await stage.recovery();
    await stage.notifier().sendDue();
    expect(stage.receiver.calls).toEqual([]);
    expect(await stage.stored()).toEqual([
      ['triggered', 'discarded', 1],
      ['resolved', 'discarded', 1],
    ]);
  });

  it('is told to a channel that was off, once it is on again, and so is its end', async () => {
    const channel = await stage.harness.addChannel('webhook', {
      url: stage.receiver.url,
      signing_secret: SIGNING_SECRET,
    });
    await stage.trouble();
    await set(channel, false);
    await stage.notifier().sendDue();
    await set(channel, true);
    for (let looks = 0; looks < 2; looks++) await stage.harness.look();
    await stage.notifier().sendDue();
    await stage.recovery();
    await stage.notifier().sendDue();
    expect(stage.receiver.calls.map(({ body }) => body['type'])).toEqual(['alert.triggered', 'alert.resolved']);
  });

  it('goes nowhere when its channel has been deleted meanwhile', async () => {
    const channel = await stage.harness.addChannel('slack', { url: stage.receiver.url });
    await stage.trouble();
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) => deleteChannel(tx, channel));
    await stage.notifier().sendDue();
    expect(stage.receiver.calls).toEqual([]);
    expect(await stage.harness.notifications()).toMatchObject([
      { status: 'discarded', error: { code: 'channel_off' } },
    ]);
  });

  it('does not get past the wall around private addresses', async () => {
    const walled = createSafeHttp({ egressAllow: [], userAgent: 'test' });
    await stage.harness.addChannel('slack', { url: stage.receiver.url });
    await stage.trouble();
    await stage.notifier({ http: walled }).sendDue();
    await walled.close();
    expect(stage.receiver.calls).toEqual([]);
    expect(await stage.harness.notifications()).toMatchObject([
      { status: 'waiting', error: { code: 'blocked_address' } },
    ]);
  });

  it('keeps no secret of a channel in clear', async () => {
    await stage.harness.addChannel('webhook', {
      url: `${stage.receiver.url}/canary-path`,
      signing_secret: SIGNING_SECRET,
    });
    stage.receiver.answers.push(500);
    await stage.trouble();
    await stage.notifier().sendDue();
    const rows = await stage.harness.sql<{ text: string }>(
      `select to_jsonb(c)::text as text from alert_channels c where tenant_id = $1 union all select to_jsonb(n)::text from alert_notifications n where tenant_id = $1`,
      [stage.harness.tenantId],
    );
    expect(rows).toHaveLength(2);
    for (const { text } of rows)
      for (const secret of ['canary-path', SIGNING_SECRET]) expect(text).not.toContain(secret);
  });

  it('reaches the right tenant alone: a secret that was moved to another does not open', async () => {
    const channel = await stage.harness.addChannel('slack', { url: stage.receiver.url });
    const stranger = await createAlertsHarness(stage.database);
    const elsewhere = await stranger.addConnection();
    const theirs = await stranger.addChannel('slack', { url: `${stage.receiver.url}/theirs` });
    await stage.harness.sql(
      `update alert_channels t set secret_sealed = s.secret_sealed from alert_channels s where t.tenant_id = $1 and t.id = $2 and s.tenant_id = $3 and s.id = $4`,
      [stranger.tenantId, theirs, stage.harness.tenantId, channel],
    );
    await plantDeadLetter(stranger, elsewhere);
    await stranger.look();
    await stage.notifier().sendOf(stranger.tenantId);
    expect(stage.receiver.calls).toEqual([]);
  });
});
