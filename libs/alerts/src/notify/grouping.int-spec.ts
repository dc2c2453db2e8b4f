import { newUuid } from '@hub/platform';
import { waitUntil } from '@hub/testing';
import { plantDeadLetter } from '../testing/alerts-harness';
import { SIGNING_SECRET, stageTelling } from '../testing/telling-stage';
import { claimMessages, type ClaimedMessage } from './claim';
import { listNotificationsOfChannel } from './notification.repository';

/** One outage, many alerts. */
describe('telling of many alerts at once', () => {
  const stage = stageTelling();
  /** So many connections with a dead letter each, seen by one look. */
  const outage = async (connections: number): Promise<void> => {
    for (let n = 0; n < connections; n++) await plantDeadLetter(stage.harness, await stage.harness.addConnection());
    await stage.harness.look();
  };
  const addSlack = (): Promise<string> => stage.harness.addChannel('slack', { url: stage.receiver.url });
  const headlines = (): unknown[] => stage.receiver.calls.map(({ body }) => String(body['text']).split(' <')[0]);
  const groups = (): Promise<{ group_id: string | null; status: string; n: number }[]> =>
    stage.harness.sql(
      `select group_id, status, count(*)::int as n from alert_notifications where tenant_id = $1 group by 1, 2 order by 3 desc`,
      [stage.harness.tenantId],
    );
  /** With how many others each notice was one message, as its channel's log says; newest first. */
  const groupedWith = (channelId: string): Promise<number[]> =>
    stage.harness.tenants.run(stage.harness.tenantId, async (tx) =>
      (await listNotificationsOfChannel(tx, channelId, { limit: 50, before: null })).map((row) => row.grouped_with),
    );
  const claim = (): Promise<ClaimedMessage[]> =>
    stage.harness.tenants.run(stage.harness.tenantId, (tx) => claimMessages(tx, newUuid()));
  /** As if the notices that were sent had been made a minute ago. */
  const minuteLater = (): Promise<unknown> =>
    stage.harness.sql(
      `update alert_notifications set created_at = created_at - interval '1 minute' where tenant_id = $1 and status = 'sent'`,
      [stage.harness.tenantId],
    );

  it('is one message in Slack, with their number, their rule, the first of them and a way to the list', async () => {
    await addSlack();
    await outage(12);
    expect(await stage.notifier().sendDue()).toBe(1);
    expect(stage.receiver.calls).toHaveLength(1);
    const { body = {} } = stage.receiver.calls[0] ?? {};
    expect(body['text']).toBe('12 alerts: Dead letters <https://hub.example.com/alerts?status=open>');
    const [header, section, , actions] = body['blocks'] as Record<string, unknown>[];
    expect(header).toMatchObject({ text: { text: '12 alerts: Dead letters' } });
    const said = (section?.['text'] as { text: string }).text.split('\n');
    expect(said.filter((line) => line.startsWith('• 1 dead letter on Connection '))).toHaveLength(10);
    expect(said).toContain('• and 2 more');
    expect(actions).toMatchObject({ elements: [{ url: 'https://hub.example.com/alerts?status=open' }] });
    expect(await groups()).toEqual([{ group_id: expect.any(String), status: 'sent', n: 12 }]);

    await stage.recovery();
    expect(await stage.notifier().sendDue()).toBe(1);
    expect(headlines()[1]).toBe('Recovered: 12 alerts: Dead letters');
  });

  it('is one mail, in which each alert is named', async () => {
    await stage.harness.addChannel('email', null, { recipients: ['ops@example.com'] });
    await outage(3);
    await stage.notifier().sendDue();
    expect(stage.mail.mails).toHaveLength(1);
    const text = stage.mail.mails[0]?.text ?? '';
    expect(text).toMatch(/Subject: \[critical\] 3 alerts: Dead letters/);
    expect(text.match(/^- 1 dead letter on Connection /gm)).toHaveLength(3);
    expect(text).toMatch(/Message-ID: <aln_[^>]+>/i);
    expect(text).toContain('What to do: Look at the dead letters');
  });

  it('is told in the log: with how many others each notice was one message', async () => {
    const channel = await addSlack();
    await outage(1);
    await stage.notifier().sendDue();
    await minuteLater();
    await outage(4);
    expect(await groupedWith(channel)).toEqual([0, 0, 0, 0, 0]);
    await stage.notifier().sendDue();
    expect(await groupedWith(channel)).toEqual([3, 3, 3, 3, 0]);
  });

  it('is two messages where there are two', async () => {
    await addSlack();
    await outage(2);
    await stage.notifier().sendDue();
    expect(headlines()).toEqual([
      expect.stringMatching(/^1 dead letter on/),
      expect.stringMatching(/^1 dead letter on/),
    ]);
  });

  it('stays one message for each alert where a program reads it, each with its own end', async () => {
    await stage.harness.addChannel('pagerduty', { routing_key: 'k', url: stage.receiver.url });
    await stage.harness.addChannel('webhook', { url: stage.receiver.url, signing_secret: SIGNING_SECRET });
    await outage(4);
    await stage.notifier().sendDue();
    await stage.recovery();
    await stage.notifier().sendDue();
    const keysOf = (action: string): unknown[] =>
      stage.receiver.calls
        .filter(({ body }) => body['event_action'] === action)
        .map(({ body }) => body['dedup_key'])
        .sort();
    expect(new Set(keysOf('trigger')).size).toBe(4);
    expect(keysOf('resolve')).toEqual(keysOf('trigger'));
    const types = stage.receiver.calls.flatMap(({ body }) => body['type'] ?? []).sort();
    expect(types).toEqual([
      ...Array.from({ length: 4 }, () => 'alert.resolved'),
      ...Array.from({ length: 4 }, () => 'alert.triggered'),
    ]);
  });

  it('is the same message when the one that took it has died: no alert more, none less', async () => {
    await stage.harness.addChannel('email', null, { recipients: ['ops@example.com'] });
    await outage(3);
    const [died] = await claim();
    expect(died?.messages).toHaveLength(3);
    expect(await claim()).toEqual([]);
    await outage(3);
    await stage.makeDue();
    const [again] = await claim();
    expect(again).toMatchObject({ id: died?.id, notices: died?.notices, messages: died?.messages, attempts: 2 });
  });

  it('is tried again as a whole', async () => {
    await addSlack();
    stage.receiver.answers.push(503);
    await outage(3);
    await stage.notifier().sendDue();
    expect(await stage.stored()).toEqual(Array.from({ length: 3 }, () => ['triggered', 'waiting', 1]));
    await stage.makeDue();
    await stage.notifier().sendDue();
    expect(await stage.stored()).toEqual(Array.from({ length: 3 }, () => ['triggered', 'sent', 2]));
    expect(stage.receiver.calls.map(({ text }) => text)).toEqual([
      stage.receiver.calls[0]?.text,
      stage.receiver.calls[0]?.text,
    ]);
  });

  it('is sent once by many who send at once', async () => {
    await addSlack();
    await outage(20);
    await Promise.all(Array.from({ length: 6 }, () => stage.notifier().sendDue()));
    expect(headlines()).toEqual(['20 alerts: Dead letters']);
  });

  it('is not made by two of whom each has seen a part', async () => {
    await addSlack();
    await outage(3);
    await stage.database.asSuperuser(async (first) => {
      await first.query('begin');
      const channels = await first.query(
        `select pg_backend_pid() as pid from alert_channels where tenant_id = $1 for no key update`,
        [stage.harness.tenantId],
      );
      const second = claim();
      await waitUntil('the second to wait for the first', async () => {
        const waiting = await stage.harness.sql(
          `select pid from pg_stat_activity where $1 = any(pg_blocking_pids(pid))`,
          [channels.rows[0].pid],
        );
        return waiting.length > 0;
      });
      await first.query('commit');
      expect((await second).map(({ messages }) => messages.length)).toEqual([3]);
    });
  });

  it('holds back in no channel what goes on from another', async () => {
    await addSlack();
    await outage(1);
    await stage.notifier().sendDue();
    await addSlack();
    await stage.harness.look();
    expect(await stage.notifier().sendDue()).toBe(1);
    expect(headlines()).toHaveLength(2);
  });

  it('gathers what comes in the minute after the first, which goes at once, and holds back nothing else', async () => {
    await addSlack();
    await outage(1);
    await stage.notifier().sendDue();
    await outage(2);
    await outage(2);
    expect(await stage.notifier().sendDue()).toBe(0);
    await stage.harness.sql(`update connections set status = 'needs_reauth', credentials_sealed = 'x' where id = $1`, [
      stage.connection,
    ]);
    await stage.harness.look();
    expect(await stage.notifier().sendDue()).toBe(1);
    await minuteLater();
    expect(await stage.notifier().sendDue()).toBe(1);
    expect(headlines()).toEqual([
      expect.stringMatching(/^1 dead letter on/),
      expect.stringMatching(/is signed out$/),
      '4 alerts: Dead letters',
    ]);
  });
});
