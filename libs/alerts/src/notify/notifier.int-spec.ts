import { createSafeHttp, newUuid, type ClosableSafeHttp } from '@hub/platform';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { Webhook } from 'standardwebhooks';
import { deleteChannel } from '../channels/channel.repository';
import {
  createAlertsHarness,
  plantDeadLetter,
  type AlertsHarness,
  type StoredNotification,
} from '../testing/alerts-harness';
import {
  startHttpReceiver,
  startMailReceiver,
  type HttpReceiver,
  type MailReceiver,
} from '../../../../test/support/alert-receivers';
import { ChannelSender } from './channel-sender';
import { createMailer, type Mailer } from './mailer';
import { afterFailure, Notifier } from './notifier';
import { claimNotifications } from './notification.repository';

const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

type Call = HttpReceiver['calls'][number];

describe('telling of alerts', () => {
  let database: TestDatabase;
  let http: ClosableSafeHttp;
  let receiver: HttpReceiver;
  let mail: MailReceiver;
  let mailer: Mailer;
  let harness: AlertsHarness;
  let connection: string;
  let dead: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
    mail = await startMailReceiver();
    mailer = createMailer({ url: mail.url, from: 'Integration Hub <alerts@example.com>' });
  });
  afterAll(async () => {
    mailer?.close();
    await mail?.close();
    await http?.close();
    await database?.close();
  });
  beforeEach(async () => {
    receiver = await startHttpReceiver();
    mail.mails.length = 0;
    mail.refused.clear();
    harness = await createAlertsHarness(database);
    connection = await harness.addConnection();
  });
  afterEach(() => receiver.close());

  const notifier = (options: { mailer?: Mailer | null; http?: ClosableSafeHttp } = {}): Notifier =>
    new Notifier({
      dispatcher: database.dispatcher,
      tenants: harness.tenants,
      sender: new ChannelSender({
        http: options.http ?? http,
        secrets: harness.secrets,
        mailer: options.mailer === undefined ? mailer : options.mailer,
        publicUrl: 'https://hub.example.com',
      }),
    });
  const trouble = async (): Promise<void> => {
    dead = await plantDeadLetter(harness, connection);
    await harness.look();
  };
  const recovery = async (): Promise<void> => {
    await harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1 and id = $2`, [
      harness.tenantId,
      dead,
    ]);
    await harness.look();
  };
  const stored = async (): Promise<[string, string, number][]> =>
    (await harness.notifications()).map(({ kind, status, attempts }) => [kind, status, attempts]);
  /** As if the time of the next attempt had come. */
  const makeDue = (): Promise<unknown> =>
    harness.sql(
      `update alert_notifications set next_attempt_at = now(), lease_until = least(lease_until, now() - interval '1 second') where tenant_id = $1`,
      [harness.tenantId],
    );
  const alertId = async (): Promise<string> =>
    (receiver.calls[0]?.body['data'] as { alert: string } | undefined)?.alert ?? '';

  it('reads well in Slack, with a link, and pings nobody by name', async () => {
    await harness.sql(`update connections set name = 'ERP <!channel> & co' where tenant_id = $1`, [harness.tenantId]);
    await harness.addChannel('slack', { url: `${receiver.url}/services/T0/B0/secret` });
    await trouble();
    await notifier().sendDue();
    expect(receiver.calls).toHaveLength(1);
    const { path = '', body = {} } = receiver.calls[0] ?? {};
    expect(path).toBe('/services/T0/B0/secret');
    expect(body['text']).toMatch(
      /^1 dead letter on ERP &lt;!channel&gt; &amp; co <https:\/\/hub\.example\.com\/alerts\/alr_[0-9a-z]+>$/,
    );
    expect(body['blocks']).toMatchObject([
      { type: 'header', text: { type: 'plain_text', text: '1 dead letter on ERP <!channel> & co' } },
      { type: 'section', text: { type: 'mrkdwn', text: expect.stringContaining('• 1 × duplicate 6240') } },
      { type: 'context' },
      {
        type: 'actions',
        elements: [{ type: 'button', url: expect.stringMatching(/^https:\/\/hub\.example\.com\/alerts\/alr_/) }],
      },
    ]);
    await recovery();
    await notifier().sendDue();
    expect(receiver.calls[1]?.body['text']).toMatch(/^Recovered: 1 dead letter on/);
  });

  it('opens and closes one incident at PagerDuty', async () => {
    await harness.addChannel('pagerduty', { routing_key: 'R0UT1NG', url: `${receiver.url}/v2/enqueue` });
    await trouble();
    await notifier().sendDue();
    await recovery();
    await notifier().sendDue();
    const [opened, closed] = receiver.calls.map(({ body }) => body);
    expect(opened).toMatchObject({
      routing_key: 'R0UT1NG',
      event_action: 'trigger',
      dedup_key: expect.stringMatching(/^integration-hub\/alr_/),
      client_url: expect.stringMatching(/^https:\/\/hub\.example\.com\/alerts\/alr_/),
      payload: {
        summary: expect.stringMatching(/^1 dead letter on /),
        source: expect.any(String),
        severity: 'critical',
        timestamp: expect.stringMatching(/Z$/),
        group: 'dead_letters',
        custom_details: { causes: [expect.stringMatching(/^1 × duplicate 6240 since /)] },
      },
    });
    expect(closed).toEqual({ routing_key: 'R0UT1NG', event_action: 'resolve', dedup_key: opened?.['dedup_key'] });
  });

  it.each<[string, () => Promise<unknown>, (call: Call | undefined) => unknown, unknown]>([
    [
      'PagerDuty, in the same incident',
      () => harness.addChannel('pagerduty', { routing_key: 'k', url: receiver.url }),
      (call) => call?.body,
      {
        event_action: 'trigger',
        dedup_key: expect.stringMatching(/^integration-hub\/alr_/),
        payload: {
          summary: expect.stringMatching(/^Worse: 2 dead letters on /),
          custom_details: { news: ['new: duplicate 610'] },
        },
      },
    ],
    [
      'Slack',
      () => harness.addChannel('slack', { url: receiver.url }),
      (call) => (call?.body['blocks'] as unknown[])[1],
      { text: { text: expect.stringMatching(/^\*new: duplicate 610\*\n/) } },
    ],
    [
      'a webhook',
      () => harness.addChannel('webhook', { url: receiver.url, signing_secret: SIGNING_SECRET }),
      (call) => call?.body,
      { type: 'alert.worse', data: { news: ['new: duplicate 610'] } },
    ],
  ])('says what is new when it becomes worse: %s', async (_, add, part, expected) => {
    await add();
    await trouble();
    await notifier().sendDue();
    await plantDeadLetter(harness, connection, '610');
    await harness.sql(`update alerts set last_told_at = last_told_at - interval '5 minutes' where tenant_id = $1`, [
      harness.tenantId,
    ]);
    await harness.look();
    await notifier().sendDue();
    expect(receiver.calls).toHaveLength(2);
    expect(part(receiver.calls[1])).toMatchObject(expected as object);
    expect(receiver.calls[1]?.body['dedup_key']).toBe(receiver.calls[0]?.body['dedup_key']);
  });

  it('is signed for a webhook, with an id that stays the same when it is sent again', async () => {
    await harness.addChannel('webhook', { url: `${receiver.url}/hook`, signing_secret: SIGNING_SECRET });
    receiver.answers.push(503);
    await trouble();
    await notifier().sendDue();
    expect(await stored()).toEqual([['triggered', 'waiting', 1]]);
    expect(await notifier().sendDue()).toBe(0);
    await makeDue();
    await notifier().sendDue();
    expect(await stored()).toEqual([['triggered', 'sent', 2]]);
    const [first, second] = receiver.calls;
    expect(first?.headers['webhook-id']).toMatch(/^aln_/);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    for (const call of receiver.calls)
      expect(new Webhook(SIGNING_SECRET).verify(call.text, call.headers as Record<string, string>)).toMatchObject({
        type: 'alert.triggered',
        data: {
          rule: 'dead_letters',
          severity: 'critical',
          causes: [{ what: 'duplicate 6240', count: 1 }],
          link: expect.stringContaining('/alerts/alr_'),
        },
      });
    expect(await alertId()).toMatch(/^alr_/);
  });

  it('goes by mail, one thread for each alert', async () => {
    await harness.addChannel('email', null, { recipients: ['ops@example.com', 'two@example.com'] });
    await trouble();
    await notifier().sendDue();
    await recovery();
    await notifier().sendDue();
    const [opened, closed] = mail.mails;
    expect(opened).toMatchObject({ from: 'alerts@example.com', to: ['ops@example.com', 'two@example.com'] });
    expect(opened?.text).toMatch(/Subject: \[critical\] 1 dead letter on Connection/);
    for (const part of [
      'duplicate 6240',
      'What to do: Look at the dead letters',
      'https://hub.example.com/alerts/alr_',
      'Auto-Submitted: auto-generated',
    ])
      expect(opened?.text).toContain(part);
    const thread = /Message-ID: (<alr_[^>]+>)/i.exec(opened?.text ?? '')?.[1];
    expect(thread).toBeDefined();
    expect(closed?.text).toContain(`In-Reply-To: ${thread}`);
    expect(closed?.text).toMatch(/Subject: \[critical\] Recovered: 1 dead letter/);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'mail without a mail server',
      () => harness.addChannel('email', null, { recipients: ['a@example.com'] }),
      'smtp_not_configured',
    ],
    [
      'recipients that do not exist',
      async () => (
        mail.refused.add('gone@example.com'),
        harness.addChannel('email', null, { recipients: ['gone@example.com'] })
      ),
      'recipients_refused',
    ],
    [
      'an address that is gone',
      async () => (receiver.answers.push(404), harness.addChannel('slack', { url: receiver.url })),
      'channel_refused',
    ],
  ])('gives up at once on %s, and says so on the channel', async (name, make, code) => {
    await make();
    await trouble();
    await notifier(name.startsWith('mail') ? { mailer: null } : {}).sendDue();
    expect(await harness.notifications()).toMatchObject([{ status: 'failed', error: { code } }]);
    const [channel] = await harness.sql<{ last_error: { code: string }; last_failure_at: Date | null }>(
      `select last_error, last_failure_at from alert_channels where tenant_id = $1`,
      [harness.tenantId],
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
    expect(afterFailure({ ...failure, permanent: true }, 1)).toMatchObject({ status: 'failed' });
  });

  it('does not call recovered what nobody has repaired', async () => {
    await harness.addChannel('email', null, { recipients: ['ops@example.com'] });
    await trouble();
    await notifier().sendDue();
    await harness.sql(`delete from deliveries where tenant_id = $1 and id = $2`, [harness.tenantId, dead]);
    await harness.look();
    await notifier().sendDue();
    const said = mail.mails[1]?.text ?? '';
    expect(said).toMatch(/Subject: \[critical\] No longer at hand: 1 dead letter/);
    expect(said).toContain('Nobody has repaired it');
    expect(said).not.toContain('Recovered');
  });

  it('is sent by another process when the one that took it has died, with the same key', async () => {
    await harness.addChannel('pagerduty', { routing_key: 'k', url: receiver.url });
    await trouble();
    // Decided and claimed; then the process is gone, before or after its call.
    const died = await harness.tenants.run(harness.tenantId, (tx) => claimNotifications(tx, newUuid()));
    expect(died).toHaveLength(1);
    expect(await notifier().sendDue()).toBe(0);
    await makeDue();
    await notifier().sendDue();
    await harness.sql(
      `update alert_notifications set status = 'waiting', next_attempt_at = now() where tenant_id = $1`,
      [harness.tenantId],
    );
    await notifier().sendDue();
    expect(new Set(receiver.calls.map(({ body }) => body['dedup_key'])).size).toBe(1);
    expect(receiver.calls).toHaveLength(2);
    expect(await stored()).toEqual([['triggered', 'sent', 3]]);
  });

  it('lets whoever was overtaken settle nothing', async () => {
    await harness.addChannel('slack', { url: receiver.url });
    await trouble();
    receiver.answers.push('hang');
    const slow = notifier().sendDue();
    await waitUntil('the call', () => Promise.resolve(receiver.calls.length === 1));
    await makeDue();
    await notifier().sendDue();
    await receiver.close();
    await slow;
    expect(await stored()).toEqual([['triggered', 'sent', 2]]);
  });

  it('never tells the end before the beginning, nor the end of what nobody was told', async () => {
    const flaky = await harness.addChannel('slack', { url: receiver.url });
    receiver.answers.push(500);
    await trouble();
    await notifier().sendDue();
    await recovery();
    expect(await notifier().sendDue()).toBe(0);
    await makeDue();
    receiver.answers.push(410);
    await notifier().sendDue();
    expect(await stored()).toEqual([
      ['triggered', 'failed', 2],
      ['resolved', 'discarded', 1],
    ]);
    expect((await harness.notifications()).every((row: StoredNotification) => row.channel_id === flaky)).toBe(true);
  });

  it('goes nowhere when its channel has been deleted meanwhile', async () => {
    const channel = await harness.addChannel('slack', { url: receiver.url });
    await trouble();
    await harness.tenants.run(harness.tenantId, (tx) => deleteChannel(tx, channel));
    await notifier().sendDue();
    expect(receiver.calls).toEqual([]);
    expect(await harness.notifications()).toMatchObject([{ status: 'discarded', error: { code: 'channel_off' } }]);
  });

  it('does not get past the wall around private addresses', async () => {
    const walled = createSafeHttp({ egressAllow: [], userAgent: 'test' });
    await harness.addChannel('slack', { url: receiver.url });
    await trouble();
    await notifier({ http: walled }).sendDue();
    await walled.close();
    expect(receiver.calls).toEqual([]);
    expect(await harness.notifications()).toMatchObject([{ status: 'waiting', error: { code: 'blocked_address' } }]);
  });

  it('keeps no secret of a channel in clear', async () => {
    await harness.addChannel('webhook', { url: `${receiver.url}/canary-path`, signing_secret: SIGNING_SECRET });
    receiver.answers.push(500);
    await trouble();
    await notifier().sendDue();
    const rows = await harness.sql<{ text: string }>(
      `select to_jsonb(c)::text as text from alert_channels c where tenant_id = $1 union all select to_jsonb(n)::text from alert_notifications n where tenant_id = $1`,
      [harness.tenantId],
    );
    expect(rows).toHaveLength(2);
    for (const { text } of rows)
      for (const secret of ['canary-path', SIGNING_SECRET]) expect(text).not.toContain(secret);
  });

  it('reaches the right tenant alone: a secret that was moved to another does not open', async () => {
    const channel = await harness.addChannel('slack', { url: receiver.url });
    const stranger = await createAlertsHarness(database);
    const elsewhere = await stranger.addConnection();
    const theirs = await stranger.addChannel('slack', { url: `${receiver.url}/theirs` });
    await harness.sql(
      `update alert_channels t set secret_sealed = s.secret_sealed from alert_channels s where t.tenant_id = $1 and t.id = $2 and s.tenant_id = $3 and s.id = $4`,
      [stranger.tenantId, theirs, harness.tenantId, channel],
    );
    await plantDeadLetter(stranger, elsewhere);
    await stranger.look();
    await notifier().sendOf(stranger.tenantId);
    expect(receiver.calls).toEqual([]);
  });
});
