import { Webhook } from 'standardwebhooks';
import { type HttpReceiver } from '../../../../test/support/alert-receivers';
import { acknowledgeAlert } from '../store/alert.repository';
import { plantDeadLetter } from '../testing/alerts-harness';
import { SIGNING_SECRET, stageTelling } from '../testing/telling-stage';

type Call = HttpReceiver['calls'][number];

describe('what is told of an alert', () => {
  const stage = stageTelling();
  const acknowledge = async (): Promise<boolean> => {
    const [alert] = await stage.harness.alerts();
    return stage.harness.tenants.run(stage.harness.tenantId, (tx) =>
      acknowledgeAlert(tx, alert?.id ?? '', 'key_1', null),
    );
  };
  const alertId = async (): Promise<string> =>
    (stage.receiver.calls[0]?.body['data'] as { alert: string } | undefined)?.alert ?? '';

  it('reads well in Slack, with a link, and pings nobody by name', async () => {
    await stage.harness.sql(`update connections set name = 'ERP <!channel> & co' where tenant_id = $1`, [
      stage.harness.tenantId,
    ]);
    await stage.harness.addChannel('slack', { url: `${stage.receiver.url}/services/T0/B0/secret` });
    await stage.trouble();
    await stage.notifier().sendDue();
    expect(stage.receiver.calls).toHaveLength(1);
    const { path = '', body = {} } = stage.receiver.calls[0] ?? {};
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
    await stage.recovery();
    await stage.notifier().sendDue();
    expect(stage.receiver.calls[1]?.body['text']).toMatch(/^Recovered: 1 dead letter on/);
  });

  it('opens and closes one incident at PagerDuty', async () => {
    await stage.harness.addChannel('pagerduty', { routing_key: 'R0UT1NG', url: `${stage.receiver.url}/v2/enqueue` });
    await stage.trouble();
    await stage.notifier().sendDue();
    await stage.recovery();
    await stage.notifier().sendDue();
    const [opened, closed] = stage.receiver.calls.map(({ body }) => body);
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

  it('is told to PagerDuty alone, once, that somebody has acknowledged it', async () => {
    await stage.harness.addChannel('pagerduty', { routing_key: 'R0UT1NG', url: `${stage.receiver.url}/v2/enqueue` });
    await stage.harness.addChannel('slack', { url: `${stage.receiver.url}/slack` });
    await stage.trouble();
    await stage.notifier().sendDue();
    const [opened] = stage.receiver.calls.filter(({ path }) => path === '/v2/enqueue');
    stage.receiver.calls.length = 0;
    expect(await acknowledge()).toBe(true);
    expect(await acknowledge()).toBe(true);
    await stage.notifier().sendDue();
    expect(stage.receiver.calls.map(({ body }) => body)).toEqual([
      { routing_key: 'R0UT1NG', event_action: 'acknowledge', dedup_key: opened?.body['dedup_key'] },
    ]);
    await stage.recovery();
    await stage.notifier().sendDue();
    expect(stage.receiver.calls.map(({ body }) => body['event_action'])).toContain('resolve');
    expect(await acknowledge()).toBe(false);
  });

  it('is told to PagerDuty behind its beginning, also where that may not have arrived', async () => {
    await stage.harness.addChannel('pagerduty', { routing_key: 'k', url: stage.receiver.url });
    stage.receiver.answers.push(500);
    await stage.trouble();
    await stage.notifier().sendDue();
    await acknowledge();
    expect(await stage.notifier().sendDue()).toBe(0);
    await stage.makeDue();
    stage.receiver.answers.push(400);
    await stage.notifier().sendDue();
    expect(await stage.stored()).toEqual([
      ['triggered', 'failed', 2],
      ['acknowledged', 'sent', 1],
    ]);
  });

  it.each<[string, () => Promise<unknown>, (call: Call | undefined) => unknown, unknown]>([
    [
      'PagerDuty, in the same incident',
      () => stage.harness.addChannel('pagerduty', { routing_key: 'k', url: stage.receiver.url }),
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
      () => stage.harness.addChannel('slack', { url: stage.receiver.url }),
      (call) => (call?.body['blocks'] as unknown[])[1],
      { text: { text: expect.stringMatching(/^\*new: duplicate 610\*\n/) } },
    ],
    [
      'a webhook',
      () => stage.harness.addChannel('webhook', { url: stage.receiver.url, signing_secret: SIGNING_SECRET }),
      (call) => call?.body,
      { type: 'alert.worse', data: { news: ['new: duplicate 610'] } },
    ],
  ])('says what is new when it becomes worse: %s', async (_, add, part, expected) => {
    await add();
    await stage.trouble();
    await stage.notifier().sendDue();
    await plantDeadLetter(stage.harness, stage.connection, '610');
    await stage.harness.sql(
      `update alerts set last_told_at = last_told_at - interval '5 minutes' where tenant_id = $1`,
      [stage.harness.tenantId],
    );
    await stage.harness.look();
    await stage.notifier().sendDue();
    expect(stage.receiver.calls).toHaveLength(2);
    expect(part(stage.receiver.calls[1])).toMatchObject(expected as object);
    expect(stage.receiver.calls[1]?.body['dedup_key']).toBe(stage.receiver.calls[0]?.body['dedup_key']);
  });

  it('is signed for a webhook, with an id that stays the same when it is sent again', async () => {
    await stage.harness.addChannel('webhook', { url: `${stage.receiver.url}/hook`, signing_secret: SIGNING_SECRET });
    stage.receiver.answers.push(503);
    await stage.trouble();
    await stage.notifier().sendDue();
    expect(await stage.stored()).toEqual([['triggered', 'waiting', 1]]);
    expect(await stage.notifier().sendDue()).toBe(0);
    await stage.makeDue();
    await stage.notifier().sendDue();
    expect(await stage.stored()).toEqual([['triggered', 'sent', 2]]);
    const [first, second] = stage.receiver.calls;
    expect(first?.headers['webhook-id']).toMatch(/^aln_/);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    for (const call of stage.receiver.calls)
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

  it.each([-400_000, 400_000])(
    'is dated by the clock that it is given, and not by the process: %d ms off',
    async (offMs) => {
      await stage.harness.addChannel('webhook', { url: `${stage.receiver.url}/hook`, signing_secret: SIGNING_SECRET });
      await stage.trouble();
      const rightMs = Date.now.bind(Date);
      const wrong = jest.spyOn(Date, 'now').mockImplementation(() => rightMs() + offMs);
      await stage.notifier({ now: rightMs }).sendDue();
      wrong.mockRestore();
      const [call] = stage.receiver.calls;
      expect(
        new Webhook(SIGNING_SECRET).verify(call?.text ?? '', call?.headers as Record<string, string>),
      ).toMatchObject({
        type: 'alert.triggered',
      });
    },
  );

  it('goes by mail, one thread for each alert', async () => {
    await stage.harness.addChannel('email', null, { recipients: ['ops@example.com', 'two@example.com'] });
    await stage.trouble();
    await stage.notifier().sendDue();
    await stage.recovery();
    await stage.notifier().sendDue();
    const [opened, closed] = stage.mail.mails;
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

  it('does not call recovered what nobody has repaired', async () => {
    await stage.harness.addChannel('email', null, { recipients: ['ops@example.com'] });
    await stage.trouble();
    await stage.notifier().sendDue();
    await stage.harness.sql(`delete from deliveries where tenant_id = $1`, [stage.harness.tenantId]);
    await stage.harness.look();
    await stage.notifier().sendDue();
    const said = stage.mail.mails[1]?.text ?? '';
    expect(said).toMatch(/Subject: \[critical\] No longer at hand: 1 dead letter/);
    expect(said).toContain('Nobody has repaired it');
    expect(said).not.toContain('Recovered');
  });
});
