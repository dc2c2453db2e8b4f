import { acknowledgeAlert, dropOldAlerts, muteAlert } from '../store/alert.repository';
import { ALERT_RULES } from '../rules/alert-rules';
import { updateChannel } from '../channels/channel.repository';
import { plantDeadLetter } from '../testing/alerts-harness';
import { stageLooks } from '../testing/look-stage';

describe('what becomes of an alert, and who is told', () => {
  const stage = stageLooks();

  it('makes one alert of all that is wrong with one rule and connection, and one for each connection', async () => {
    const [one, other] = [await stage.harness.addConnection(), await stage.harness.addConnection()];
    for (const code of ['6240', '6240', '610']) await plantDeadLetter(stage.harness, one, code);
    await plantDeadLetter(stage.harness, other);
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    expect(await stage.harness.look()).toMatchObject({ told: 2 });
    const alerts = await stage.harness.alerts();
    expect(alerts.find((alert) => alert.connection_id === one)?.details).toMatchObject({
      value: 3,
      causes: [
        { what: 'duplicate 6240', count: 2 },
        { what: 'duplicate 610', count: 1 },
      ],
    });
    await plantDeadLetter(stage.harness, one);
    await stage.age(301);
    expect(await stage.harness.look()).toMatchObject({ told: 0 });
    expect((await stage.harness.alerts()).find((alert) => alert.connection_id === one)?.title).toContain(
      '4 dead letters',
    );
  });

  it('tells a channel that comes later what is open, once, and lets it know of the end', async () => {
    const connection = await stage.harness.addConnection();
    await plantDeadLetter(stage.harness, connection);
    await stage.harness.look();
    expect(await stage.harness.alerts()).toMatchObject([{ phase: 'open', told_at: null }]);
    const first = await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    expect(await stage.harness.look()).toMatchObject({ told: 1 });
    const second = await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/y' });
    const third = await stage.harness.addChannel('webhook', { url: 'https://example.com', secret: 'x' });
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) => updateChannel(tx, third, { enabled: false }));
    expect(await stage.harness.look()).toMatchObject({ told: 1 });
    expect(await stage.harness.look()).toMatchObject({ told: 0 });
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) => updateChannel(tx, third, { enabled: true }));
    expect(await stage.harness.look()).toMatchObject({ told: 1 });
    await stage.harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1`, [
      stage.harness.tenantId,
    ]);
    await stage.harness.look();
    const told = (await stage.harness.notifications()).map(({ channel_id: channel, kind }) => [channel, kind]);
    expect(told.slice(0, 3)).toEqual([first, second, third].map((channel) => [channel, 'triggered']));
    expect(told.slice(3).sort()).toEqual([first, second, third].sort().map((channel) => [channel, 'resolved']));
  });

  it('tells a channel that comes later nothing of what somebody has in hand', async () => {
    const connection = await stage.harness.addConnection();
    await plantDeadLetter(stage.harness, connection);
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await stage.harness.look();
    const [alert] = await stage.harness.alerts();
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) =>
      acknowledgeAlert(tx, alert?.id ?? '', 'key_1', null),
    );
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/y' });
    expect(await stage.harness.look()).toMatchObject({ told: 0 });
  });

  it('remembers who was told for as long as the alert goes on, and no longer than a quarter of a year after', async () => {
    const connection = await stage.harness.addConnection();
    const channel = await stage.harness.addChannel('pagerduty', { routingKey: 'x' });
    await plantDeadLetter(stage.harness, connection);
    await stage.harness.look();
    const [alert] = await stage.harness.alerts();
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) =>
      acknowledgeAlert(tx, alert?.id ?? '', 'key_1', null),
    );
    const quarterLater = async (): Promise<unknown> => {
      await stage.harness.sql(
        `update alert_notifications set status = 'sent', created_at = created_at - interval '91 days' where tenant_id = $1`,
        [stage.harness.tenantId],
      );
      await stage.harness.sql(`update alerts set resolved_at = resolved_at - interval '91 days' where tenant_id = $1`, [
        stage.harness.tenantId,
      ]);
      return stage.harness.tenants.run(stage.harness.tenantId, dropOldAlerts);
    };
    await quarterLater();
    await plantDeadLetter(stage.harness, connection, '610');
    await stage.age(301);
    await stage.harness.look();
    await stage.age(301);
    await stage.harness.look();
    await stage.harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1`, [
      stage.harness.tenantId,
    ]);
    await quarterLater();
    await stage.harness.look();
    const told = (await stage.harness.notifications()).map(({ channel_id: to, kind }) => [to, kind]);
    expect(told.filter(([, kind]) => kind !== 'acknowledged')).toEqual([
      [channel, 'triggered'],
      [channel, 'worse'],
      [channel, 'resolved'],
    ]);
    await quarterLater();
    expect(await stage.harness.notifications()).toEqual([]);
    expect(await stage.harness.alerts()).toEqual([]);
  });

  it('tells a channel that comes later nothing while it is muted, nor of what has just ended', async () => {
    const rules = ALERT_RULES.map((rule) => ({ ...rule, clearAfterSeconds: 300 }));
    const look = () => stage.harness.look({ rules });
    await plantDeadLetter(stage.harness, await stage.harness.addConnection());
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await look();
    const [alert] = await stage.harness.alerts();
    const mute = (until: Date | null): Promise<boolean> =>
      stage.harness.tenants.run(stage.harness.tenantId, (tx) => muteAlert(tx, alert?.id ?? '', until));
    await mute(new Date(Date.now() + 3_600_000));
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/y' });
    expect(await look()).toMatchObject({ told: 0 });
    await mute(null);
    expect(await look()).toMatchObject({ told: 1 });
    await stage.harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1`, [
      stage.harness.tenantId,
    ]);
    await look();
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/z' });
    expect(await look()).toMatchObject({ told: 0 });
    expect(await stage.statuses()).toEqual(['dead_letters open']);
    await stage.age(300);
    expect(await look()).toMatchObject({ told: 2 });
    expect(await stage.statuses()).toEqual(['dead_letters resolved']);
  });

  it('is as severe as the tenant says by now, and stays what it was at last when it is over', async () => {
    await plantDeadLetter(stage.harness, await stage.harness.addConnection());
    const severity = async (): Promise<string | undefined> => (await stage.harness.alerts())[0]?.severity;
    await stage.harness.look();
    expect(await severity()).toBe('critical');
    await stage.set('dead_letters', { severity: 'warning' });
    await stage.harness.look();
    expect(await severity()).toBe('warning');
    await stage.set('dead_letters', { severity: 'info' });
    await stage.harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1`, [
      stage.harness.tenantId,
    ]);
    await stage.harness.look();
    expect([await severity(), await stage.statuses()]).toEqual(['warning', ['dead_letters resolved']]);
  });

  it('tells what nobody knows of although the alert was acknowledged, once', async () => {
    const connection = await stage.harness.addConnection();
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    for (let n = 0; n < 3; n++) await plantDeadLetter(stage.harness, connection, '6240');
    await stage.harness.look();
    const [first] = await stage.harness.alerts();
    const acknowledge = (by: string): Promise<boolean> =>
      stage.harness.tenants.run(stage.harness.tenantId, (tx) => acknowledgeAlert(tx, first?.id ?? '', by, null));
    // Seen by whoever acknowledged it, though not told.
    await plantDeadLetter(stage.harness, connection, '610');
    await stage.harness.look();
    await acknowledge('key_1');
    await stage.age(301);
    expect(await stage.harness.look()).toMatchObject({ told: 0 });
    await plantDeadLetter(stage.harness, connection, '500');
    expect(await stage.harness.look()).toMatchObject({ told: 1 });
    expect(await stage.harness.look()).toMatchObject({ told: 0 });
    const [open] = await stage.harness.alerts();
    expect(open).toMatchObject({ id: first?.id, phase: 'open', acknowledged_by: 'key_1' });
    const messages = await stage.harness.sql<{ kind: string; news: string[] }>(
      `select kind, message -> 'news' as news from alert_notifications where tenant_id = $1 order by id`,
      [stage.harness.tenantId],
    );
    expect(messages).toEqual([
      { kind: 'triggered', news: [] },
      { kind: 'worse', news: ['new: duplicate 500'] },
    ]);
    await stage.age(60);
    await acknowledge('key_2');
    await stage.age(86_400);
    expect(await stage.harness.look()).toMatchObject({ told: 0 });
    const [again] = await stage.harness.alerts();
    expect(again).toMatchObject({ phase: 'acknowledged', acknowledged_by: 'key_2' });
  });

  it('begins anew to count for how long it has been worse than what somebody has acknowledged', async () => {
    const connection = await stage.harness.addConnection();
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await stage.set('dead_letters', { forSeconds: 300 });
    await plantDeadLetter(stage.harness, connection, '6240');
    await stage.harness.look();
    await stage.age(300);
    expect(await stage.harness.look()).toMatchObject({ told: 1 });
    await plantDeadLetter(stage.harness, connection, '610');
    await stage.harness.look();
    const [open] = await stage.harness.alerts();
    expect(open?.worse_since).toEqual(expect.any(Date));
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) =>
      acknowledgeAlert(tx, open?.id ?? '', 'key_1', null),
    );
    await stage.age(300);
    await plantDeadLetter(stage.harness, connection, '500');
    expect(await stage.harness.look()).toMatchObject({ told: 0 });
    await stage.age(300);
    expect(await stage.harness.look()).toMatchObject({ told: 1 });
  });

  it('goes by what the tenant has set: off, threshold, time, severity', async () => {
    const connection = await stage.harness.addConnection();
    await plantDeadLetter(stage.harness, connection);
    await stage.set('dead_letters', { enabled: false });
    await stage.harness.look();
    expect(await stage.statuses()).toEqual([]);
    await stage.set('dead_letters', { threshold: 1 });
    await stage.harness.look();
    expect(await stage.statuses()).toEqual([]);
    await plantDeadLetter(stage.harness, connection);
    await stage.set('dead_letters', { threshold: 1, forSeconds: 300, severity: 'info' });
    await stage.harness.look();
    expect(await stage.statuses()).toEqual([]);
    await stage.age(300);
    await stage.harness.look();
    expect(await stage.harness.alerts()).toMatchObject([{ phase: 'open', severity: 'info' }]);
    await stage.set('dead_letters', { enabled: false });
    await stage.harness.look();
    expect(await stage.harness.alerts()).toMatchObject([{ phase: 'resolved', resolution: 'rule_disabled' }]);
  });

  it('tells the channels that the rule names and that want its severity, and their end to those who were told', async () => {
    const connection = await stage.harness.addConnection();
    const slack = await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await stage.harness.addChannel('email', null, { recipients: ['a@example.com'] });
    const urgent = await stage.harness.addChannel('pagerduty', { routing_key: 'k' }, { leastSeverity: 'critical' });
    await stage.set('dead_letters', { channelIds: [slack, urgent], severity: 'warning' });
    const dead = await plantDeadLetter(stage.harness, connection);
    await stage.harness.look();
    expect((await stage.harness.notifications()).map((row) => row.channel_id)).toEqual([slack]);
    await stage.set('dead_letters', { channelIds: [] });
    await stage.harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1 and id = $2`, [
      stage.harness.tenantId,
      dead,
    ]);
    await stage.harness.look();
    expect((await stage.harness.notifications()).map((row) => [row.channel_id, row.kind])).toEqual([
      [slack, 'triggered'],
      [slack, 'resolved'],
    ]);
  });

  it('reminds in its interval until somebody has acknowledged it', async () => {
    const connection = await stage.harness.addConnection();
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await plantDeadLetter(stage.harness, connection);
    await stage.harness.look();
    await stage.age(86_400);
    await stage.harness.look();
    expect(await stage.kinds()).toEqual(['triggered', 'reminder']);
    const [alert] = await stage.harness.alerts();
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) =>
      acknowledgeAlert(tx, alert?.id ?? '', 'key_1', 'on it'),
    );
    await stage.age(86_400);
    await stage.harness.look();
    expect(await stage.kinds()).toEqual(['triggered', 'reminder']);
    expect(await stage.harness.alerts()).toMatchObject([
      { phase: 'acknowledged', note: 'on it', acknowledged_by: 'key_1' },
    ]);
  });

  it('reminds every five minutes at most, whatever was stored before that was the least; and never, where that is wanted', async () => {
    await stage.set('dead_letters', { repeatSeconds: 1 });
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await plantDeadLetter(stage.harness, await stage.harness.addConnection());
    await stage.harness.look();
    await stage.age(200);
    await stage.harness.look();
    expect(await stage.kinds()).toEqual(['triggered']);
    await stage.age(100);
    await stage.harness.look();
    expect(await stage.kinds()).toEqual(['triggered', 'reminder']);
    await stage.set('dead_letters', { repeatSeconds: 0 });
    await stage.age(86_400);
    await stage.harness.look();
    expect(await stage.kinds()).toEqual(['triggered', 'reminder']);
  });

  it('is quiet while it is muted, over the end of an alert and the beginning of the next', async () => {
    const connection = await stage.harness.addConnection();
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await plantDeadLetter(stage.harness, connection);
    await stage.harness.look();
    const [alert] = await stage.harness.alerts();
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) =>
      muteAlert(tx, alert?.id ?? '', new Date(Date.now() + 3_600_000)),
    );
    await stage.harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1`, [
      stage.harness.tenantId,
    ]);
    await stage.harness.look();
    await plantDeadLetter(stage.harness, connection);
    await stage.harness.look();
    expect(await stage.kinds()).toEqual(['triggered', 'resolved']);
    const [latest] = await stage.harness.alerts();
    expect(latest).toMatchObject({ phase: 'open', muted_until: expect.any(Date), told_at: null });
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) => muteAlert(tx, latest?.id ?? '', null));
    await stage.harness.look();
    expect(await stage.kinds()).toEqual(['triggered', 'resolved', 'triggered']);
  });

  it('is no longer muted once somebody takes that back, in what comes after either, and of nothing else', async () => {
    const [connection, other] = [await stage.harness.addConnection(), await stage.harness.addConnection()];
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    const trouble = async (): Promise<void> => {
      for (const id of [connection, other]) await plantDeadLetter(stage.harness, id);
      await stage.harness.look();
    };
    const recovery = async (): Promise<void> => {
      await stage.harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1`, [
        stage.harness.tenantId,
      ]);
      await stage.harness.look();
    };
    const mute = async (until: Date | null, ids: readonly string[]): Promise<void> => {
      for (const alert of (await stage.harness.alerts()).filter(({ phase }) => phase === 'open'))
        if (ids.includes(alert.connection_id ?? ''))
          await stage.harness.tenants.run(stage.harness.tenantId, (tx) => muteAlert(tx, alert.id, until));
    };
    await trouble();
    await mute(new Date(Date.now() + 3_600_000), [connection, other]);
    await recovery();
    await trouble();
    await mute(null, [connection]);
    await recovery();
    await trouble();
    const open = (await stage.harness.alerts()).filter(({ phase }) => phase === 'open');
    expect(new Map(open.map((alert) => [alert.connection_id, alert.told_at !== null]))).toEqual(
      new Map([
        [connection, true],
        [other, false],
      ]),
    );
  });
});
