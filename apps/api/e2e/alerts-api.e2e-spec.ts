import { newUuid, toPublicId } from '@hub/platform';
import { type TestDatabase } from '@hub/testing';
import { startHttpReceiver, type HttpReceiver, type MailReceiver } from '../../../test/support/alert-receivers';
import { stageApi } from '../src/fixtures/stage-api';
import { describeBooks, type Answer } from './fixtures/books.suite';
import { startMailingApis } from './fixtures/mailing-apis';
import { type InProcessApi } from './in-process-api';

describe('alerts, balance and usage through the API', () => {
  let database: TestDatabase;
  let api: InProcessApi;
  let withoutMail: InProcessApi;
  let receiver: HttpReceiver;
  let mail: MailReceiver;
  let tenant: { readonly id: string; readonly key: string };

  stageApi(
    (created) => startMailingApis(created, false),
    (made, created) => {
      ({ api, second: withoutMail, mail } = made);
      database = created;
    },
  );
  beforeEach(async () => {
    receiver = await startHttpReceiver();
    tenant = await api.newTenant();
  });
  afterEach(() => receiver.close());

  const ask = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    of = api,
  ): Promise<Answer> => {
    const answer = await of.send(tenant.key, method, url, body === undefined ? {} : { payload: body as object });
    return { status: answer.statusCode, text: answer.body, body: answer.body === '' ? null : JSON.parse(answer.body) };
  };
  const sql = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    database.asSuperuser(async (client) => (await client.query(text, values)).rows as Row[]);
  const audit = async (): Promise<string[]> =>
    (
      await sql<{ action: string }>(
        `select record ->> 'action' as action from audit_records where tenant_id = $1 and record ->> 'action' not like 'access.%' order by id`,
        [tenant.id],
      )
    ).map(({ action }) => action);
  const faults = ({ body }: Answer): string[] =>
    (body.errors ?? []).map((fault: { pointer: string; code: string }) => `${fault.pointer} ${fault.code}`);
  const plantAlert = async (phase = 'open', fields: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const id = newUuid();
    await sql(
      `insert into alerts (tenant_id, id, rule, subject, phase, severity, title, details, since, opened_at)
       values ($1, $2, 'dead_letters', $2::uuid::text, $3, 'critical', '2 dead letters on ERP', '{"causes":[{"what":"duplicate 6240","count":2}],"value":2}', now(), now())`,
      [tenant.id, id, phase],
    );
    for (const [column, value] of Object.entries(fields))
      await sql(`update alerts set ${column} = $3 where tenant_id = $1 and id = $2`, [tenant.id, id, value]);
    return toPublicId('alert', id);
  };

  describe('channels', () => {
    it('are made, listed, changed, tested and deleted, and show no secret but the one they make', async () => {
      const made = await ask('POST', '/v1/alert-channels', {
        name: 'Ops',
        kind: 'webhook',
        url: `${receiver.url}/canary-path`,
      });
      expect(made).toMatchObject({
        status: 201,
        body: {
          kind: 'webhook',
          host: new URL(receiver.url).host,
          secret: expect.stringMatching(/^whsec_/),
          enabled: true,
        },
      });
      const path = `/v1/alert-channels/${made.body.id}`;
      expect(await ask('POST', `${path}/test`)).toMatchObject({
        status: 200,
        body: { sent: true, http_status: 200, error: null },
      });
      expect(receiver.calls[0]?.body).toMatchObject({
        type: 'alert.test',
        data: { link: 'https://hub.example.com/alerts', title: 'Alerts reach the channel Ops' },
      });
      expect(
        await ask('PATCH', path, { url: `${receiver.url}/other-canary`, least_severity: 'critical' }),
      ).toMatchObject({ status: 200, body: { least_severity: 'critical' } });
      receiver.answers.push(500);
      expect(await ask('POST', `${path}/test`)).toMatchObject({
        status: 200,
        body: { sent: false, http_status: 500, error: { code: 'channel_refused' } },
      });
      expect(receiver.calls.map((call) => call.path)).toEqual(['/canary-path', '/other-canary']);
      const log = await ask('GET', `${path}/notifications`);
      expect(log.body.data).toMatchObject([
        { kind: 'test', status: 'failed', grouped_with: 0 },
        { kind: 'test', status: 'sent', grouped_with: 0 },
      ]);
      const read = await ask('GET', path);
      expect(read.body).toMatchObject({ last_error: { code: 'channel_refused' }, last_sent_at: expect.any(String) });
      const list = await ask('GET', '/v1/alert-channels');
      for (const answer of [read, list, log])
        for (const secret of ['canary', made.body.secret]) expect(answer.text).not.toContain(secret);
      expect((await ask('DELETE', path)).status).toBe(204);
      expect((await ask('GET', path)).status).toBe(404);
      expect(await sql(`select secret_sealed from alert_channels where tenant_id = $1`, [tenant.id])).toEqual([
        { secret_sealed: null },
      ]);
      expect(await audit()).toEqual([
        'alert_channel.created',
        'alert_channel.tested',
        'alert_channel.updated',
        'alert_channel.tested',
        'alert_channel.deleted',
      ]);
      const records = await sql<{ text: string }>(
        `select record::text as text from audit_records where tenant_id = $1`,
        [tenant.id],
      );
      for (const { text } of records)
        for (const secret of ['canary', made.body.secret]) expect(text).not.toContain(secret);
    });

    it('keep the secret that they sign with when their address changes', async () => {
      const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
      const made = await ask('POST', '/v1/alert-channels', { name: 'Ops', kind: 'webhook', url: receiver.url, secret });
      expect(made.body.secret).toBeNull();
      await ask('PATCH', `/v1/alert-channels/${made.body.id}`, { url: `${receiver.url}/new` });
      await ask('POST', `/v1/alert-channels/${made.body.id}/test`);
      const { Webhook } = await import('standardwebhooks');
      const [call] = receiver.calls;
      expect(() => new Webhook(secret).verify(call?.text ?? '', call?.headers as Record<string, string>)).not.toThrow();
    });

    it('send a kept routing key to no other host', async () => {
      const pager = { name: 'Pager', kind: 'pagerduty', routing_key: 'KEY', url: receiver.url };
      const made = await ask('POST', '/v1/alert-channels', pager);
      const at = `/v1/alert-channels/${made.body.id}`;
      const elsewhere = { url: 'https://elsewhere.example/enqueue' };
      const refused = await ask('PATCH', at, elsewhere);
      expect(refused).toMatchObject({ status: 422, body: { code: 'credentials_required' } });
      expect(faults(refused)).toEqual(['/url credentials_required']);
      await ask('POST', `${at}/test`);
      expect(receiver.calls.map(({ body }) => body['routing_key'])).toEqual(['KEY', 'KEY']);
      expect(await ask('PATCH', at, { url: `${receiver.url}/other` })).toMatchObject({ status: 200 });
      expect(await ask('PATCH', at, { ...elsewhere, routing_key: 'ANOTHER' })).toMatchObject({
        status: 200,
        body: { host: 'elsewhere.example' },
      });
    });

    it('send a routing key of PagerDuty to nobody else', async () => {
      const made = await ask('POST', '/v1/alert-channels', { name: 'Pager', kind: 'pagerduty', routing_key: 'KEY' });
      const refused = await ask('PATCH', `/v1/alert-channels/${made.body.id}`, { url: receiver.url });
      expect(faults(refused)).toEqual(['/url credentials_required']);
    });

    it('open and close an incident for a test at PagerDuty, and send mail', async () => {
      const pager = await ask('POST', '/v1/alert-channels', {
        name: 'Pager',
        kind: 'pagerduty',
        routing_key: 'KEY',
        url: receiver.url,
      });
      await ask('POST', `/v1/alert-channels/${pager.body.id}/test`);
      expect(receiver.calls.map(({ body }) => [body['event_action'], body['routing_key']])).toEqual([
        ['trigger', 'KEY'],
        ['resolve', 'KEY'],
      ]);
      const mailed = await ask('POST', '/v1/alert-channels', {
        name: 'Mail',
        kind: 'email',
        recipients: ['ops@example.com'],
      });
      expect(await ask('POST', `/v1/alert-channels/${mailed.body.id}/test`)).toMatchObject({ body: { sent: true } });
      expect(mail.mails.at(-1)).toMatchObject({
        to: ['ops@example.com'],
        text: expect.stringContaining('Subject: [info] Test: Alerts reach the channel Mail'),
      });
    });

    it.each<[string, object, number, string[]]>([
      ['a kind that is none', { name: 'x', kind: 'fax' }, 400, ['/kind invalid_value']],
      [
        'a member that is none',
        { name: 'x', kind: 'slack', url: 'https://x.y', channel: '#ops' },
        400,
        ['/channel unknown_field'],
      ],
      ['slack without an address', { name: 'x', kind: 'slack' }, 422, ['/url required']],
      [
        'mail to nobody, with a key',
        { name: 'x', kind: 'email', routing_key: 'x' },
        422,
        ['/recipients required', '/routing_key not_of_this_kind'],
      ],
      ['an address that cannot be called', { name: 'x', kind: 'slack', url: 'ftp://x.y' }, 422, ['/url url']],
      [
        'a weak secret',
        { name: 'x', kind: 'webhook', url: 'https://x.y', secret: 'whsec_eA==' },
        422,
        ['/secret invalid_secret'],
      ],
      [
        'recipients that are no addresses',
        { name: 'x', kind: 'email', recipients: ['nobody'] },
        400,
        ['/recipients/0 invalid_format'],
      ],
    ])('refuse %s', async (_name, body, status, expected) => {
      const answer = await ask('POST', '/v1/alert-channels', body);
      expect([answer.status, faults(answer)]).toEqual([status, expected]);
    });

    it('leave no address of a recipient in the log, and that others get the mail now', async () => {
      const channel = { name: 'Forgotten', kind: 'email', recipients: ['ada@example.com', 'eve@example.com'] };
      const { body } = await ask('POST', '/v1/alert-channels', channel);
      await ask('PATCH', `/v1/alert-channels/${body.id}`, { recipients: ['eve@example.com', 'bob@example.com'] });
      await ask('PATCH', `/v1/alert-channels/${body.id}`, { enabled: false });
      await ask('DELETE', `/v1/alert-channels/${body.id}`);
      const log = await ask('GET', `/v1/audit-log?target=${body.id}`);
      expect(log.body.data).toMatchObject([
        { action: 'alert_channel.deleted', before: { recipients: 2 } },
        { action: 'alert_channel.updated', details: { recipients_replaced: false } },
        { action: 'alert_channel.updated', details: { recipients_replaced: true } },
        { action: 'alert_channel.created', after: { recipients: 2 } },
      ]);
      expect(JSON.stringify(log.body)).not.toContain('@');
    });

    it('refuse mail where the operator has set no mail server', async () => {
      const request = { name: 'Mail', kind: 'email', recipients: ['a@example.com'] };
      expect(await ask('POST', '/v1/alert-channels', request, withoutMail)).toMatchObject({
        status: 422,
        body: { code: 'smtp_not_configured' },
      });
      const made = await ask('POST', '/v1/alert-channels', request);
      expect(await ask('POST', `/v1/alert-channels/${made.body.id}/test`, undefined, withoutMail)).toMatchObject({
        status: 422,
        body: { code: 'smtp_not_configured' },
      });
    });

    it('have a name of their own', async () => {
      const channel = { name: 'Same', kind: 'slack', url: receiver.url };
      const first = await ask('POST', '/v1/alert-channels', channel);
      expect(await ask('POST', '/v1/alert-channels', channel)).toMatchObject({
        status: 409,
        body: { code: 'name_taken' },
      });
      const other = await ask('POST', '/v1/alert-channels', { ...channel, name: 'Other' });
      expect(await ask('PATCH', `/v1/alert-channels/${other.body.id}`, { name: 'Same' })).toMatchObject({
        status: 409,
      });
      await ask('DELETE', `/v1/alert-channels/${first.body.id}`);
      expect((await ask('POST', '/v1/alert-channels', channel)).status).toBe(201);
    });
  });

  it('sends to fifty channels at most, however many are made at once', async () => {
    const make = (name: string) => ask('POST', '/v1/alert-channels', { name, kind: 'slack', url: receiver.url });
    const made = await Promise.all(Array.from({ length: 51 }, (_, number) => make(`ops ${number}`)));
    const refused = made.filter(({ status }) => status !== 201);
    expect(refused).toMatchObject([{ status: 409, body: { code: 'too_many_alert_channels' } }]);
    const [some] = made.filter(({ status }) => status === 201);
    await ask('DELETE', `/v1/alert-channels/${some?.body.id}`);
    expect((await make('another')).status).toBe(201);
  });

  describe('rules', () => {
    it('are listed with their defaults, set, and set back', async () => {
      const { body } = await ask('GET', '/v1/alert-rules');
      expect(body.data.length).toBeGreaterThanOrEqual(11);
      const channel = await ask('POST', '/v1/alert-channels', { name: 'Ops', kind: 'slack', url: receiver.url });
      const set = await ask('PATCH', '/v1/alert-rules/queue_age', {
        threshold: 60,
        severity: 'critical',
        channel_ids: [channel.body.id],
      });
      expect(set).toMatchObject({
        status: 200,
        body: {
          threshold: 60,
          severity: 'critical',
          enabled: true,
          channel_ids: [channel.body.id],
          defaults: { threshold: 900, severity: 'warning' },
          customized: ['threshold', 'severity', 'channel_ids'],
        },
      });
      expect(
        (await ask('PATCH', '/v1/alert-rules/queue_age', { threshold: null, channel_ids: null })).body,
      ).toMatchObject({ threshold: 900, channel_ids: null, customized: ['severity'] });
      expect((await ask('GET', '/v1/alert-rules/queue_age')).body).toMatchObject({ severity: 'critical' });
      expect(await audit()).toEqual(['alert_channel.created', 'alert_rule.updated', 'alert_rule.updated']);
    });

    it('remind every five minutes at most, or never', async () => {
      const remind = (seconds: number) => ask('PATCH', '/v1/alert-rules/queue_age', { repeat_seconds: seconds });
      for (const tooOften of [1, 299]) {
        const refused = await remind(tooOften);
        expect([refused.status, faults(refused)]).toEqual([400, ['/repeat_seconds custom']]);
      }
      for (const seconds of [300, 0]) expect((await remind(seconds)).body).toMatchObject({ repeat_seconds: seconds });
      // What was stored before there was such a bound is shown as it holds.
      await sql(`update alert_rules set repeat_seconds = 1 where tenant_id = $1`, [tenant.id]);
      const set = await ask('PATCH', '/v1/alert-rules/queue_age', { severity: 'critical' });
      expect(set).toMatchObject({ status: 200, body: { repeat_seconds: 300, severity: 'critical' } });
    });

    it('are not set to what they cannot be', async () => {
      expect(faults(await ask('PATCH', '/v1/alert-rules/queue_age', { threshold: 1 }))).toEqual([
        '/threshold out_of_range',
      ]);
      expect(faults(await ask('PATCH', '/v1/alert-rules/breaker_open', { threshold: 1, least_volume: 5 }))).toEqual([
        '/threshold not_of_this_rule',
        '/least_volume not_of_this_rule',
      ]);
      expect(
        faults(
          await ask('PATCH', '/v1/alert-rules/queue_age', {
            threshold: 60,
            channel_ids: [toPublicId('alertChannel', newUuid())],
          }),
        ),
      ).toEqual(['/channel_ids unknown_channel']);
      expect((await ask('GET', '/v1/alert-rules/queue_age')).body.threshold).toBe(900);
      expect((await ask('PATCH', '/v1/alert-rules/no_such_rule', { enabled: false })).status).toBe(404);
      expect((await ask('PATCH', '/v1/alert-rules/queue_age', {})).status).toBe(400);
      expect(await audit()).toEqual([]);
    });
  });

  describe('alerts', () => {
    it('are listed by state, rule and severity, newest first, page by page, without those that are not open yet', async () => {
      const [first, second] = [await plantAlert(), await plantAlert('resolved')];
      await plantAlert('pending');
      const ids = async (query: string): Promise<string[]> =>
        (await ask('GET', `/v1/alerts?${query}`)).body.data.map(({ id }: { id: string }) => id);
      expect(await ids('')).toEqual([second, first]);
      expect(await ids('status=open')).toEqual([first]);
      expect(await ids('rule=breaker_open')).toEqual([]);
      expect(await ids('severity=critical&status=resolved')).toEqual([second]);
      const page = await ask('GET', '/v1/alerts?limit=1');
      expect(await ids(`limit=1&cursor=${page.body.next_cursor}`)).toEqual([first]);
      expect((await ask('GET', '/v1/alerts?state=open')).status).toBe(400);
      expect((await ask('GET', `/v1/alerts/${first}`)).body).toMatchObject({
        rule_title: 'Dead letters',
        value_unit: 'count',
        causes: [{ what: 'duplicate 6240', count: 2, since: null }],
        notifications: [],
      });
    });

    it('are acknowledged once, with a note, and not when they are over', async () => {
      const id = await plantAlert();
      const acknowledged = await ask('POST', `/v1/alerts/${id}/acknowledge`, { note: 'on it' });
      expect(acknowledged.body).toMatchObject({
        status: 'acknowledged',
        note: 'on it',
        acknowledged_by: expect.stringMatching(/^key_/),
      });
      const again = await ask('POST', `/v1/alerts/${id}/acknowledge`);
      expect(again.body).toMatchObject({ acknowledged_at: acknowledged.body.acknowledged_at, note: 'on it' });
      expect(await ask('POST', `/v1/alerts/${await plantAlert('resolved')}/acknowledge`)).toMatchObject({
        status: 409,
        body: { code: 'alert_resolved' },
      });
      expect((await ask('POST', `/v1/alerts/${await plantAlert('pending')}/acknowledge`)).status).toBe(404);
      expect(await audit()).toEqual(['alert.acknowledged', 'alert.acknowledged']);
    });

    it('are muted for a while, and no longer', async () => {
      const id = await plantAlert();
      const until = new Date(Date.now() + 3_600_000).toISOString();
      expect((await ask('POST', `/v1/alerts/${id}/mute`, { until })).body).toMatchObject({ muted_until: until });
      expect((await ask('DELETE', `/v1/alerts/${id}/mute`)).body).toMatchObject({ muted_until: null });
      for (const wrong of [new Date(Date.now() - 1_000), new Date(Date.now() + 31 * 86_400_000)])
        expect(faults(await ask('POST', `/v1/alerts/${id}/mute`, { until: wrong.toISOString() }))).toEqual([
          '/until out_of_range',
        ]);
      expect(await audit()).toEqual(['alert.muted', 'alert.unmuted']);
    });
  });

  describeBooks(() => ({ ask, sql, tenantId: tenant.id }));
});
