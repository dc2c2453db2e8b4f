import { randomBytes } from 'node:crypto';
import {
  startHttpReceiver,
  startMailReceiver,
  type HttpReceiver,
  type MailReceiver,
} from '../../../test/support/alert-receivers';
import { startIdentityProvider, type TestProvider } from '../../../test/support/identity-provider';
import { expectNone, spellings } from '../../../test/support/secret-search';
import {
  accept,
  addRoute,
  connectSalesforce,
  connectSink,
  deliveryWhen,
  eventWhen,
  settled,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../../../test/support/staged-hub';
import { Canaries } from '../../../test/support/secrets/canaries';
import { describePeopleSecrets } from '../../../test/support/secrets/people-secrets.suite';
import { describeSearch } from '../../../test/support/secrets/search.suite';
import { describeToldSecrets } from '../../../test/support/secrets/told-secrets.suite';
import { describeVendorSecrets } from '../../../test/support/secrets/vendor-secrets.suite';

/** Every kind of secret that the hub holds goes through it, in traffic that works and that fails, and is then looked for. */
describe('secrets stay where they belong', () => {
  const canaries = new Canaries();
  const secrets = {
    bearer: canaries.make('bearer'),
    password: canaries.make('password/with?odd&chars'),
    apiKey: canaries.make('query'),
    hmac: canaries.make('hmac'),
    webhook: canaries.know(`whsec_${randomBytes(32).toString('base64')}`),
    wrong: canaries.make('refused'),
  };
  let hub: StagedHub;
  let tenant: StagedTenant;
  let receiver: HttpReceiver;
  let mail: MailReceiver;
  let provider: TestProvider;
  let account: { clientSecret: string; refreshToken: string };
  const listen = async (method: string, path: string, body?: unknown): Promise<void> => {
    canaries.said.push((await tenant.client.send(method, path, { body })).text);
  };

  beforeAll(async () => {
    receiver = await startHttpReceiver();
    mail = await startMailReceiver(canaries.make('smtp'));
    provider = await startIdentityProvider();
    hub = await stageHub({
      queue: 'redis',
      env: {
        HUB_LOG_LEVEL: 'debug',
        HUB_PUBLIC_URL: 'http://127.0.0.1:9',
        HUB_SMTP_URL: mail.url,
        HUB_MAIL_FROM: 'Hub <hub@example.com>',
        HUB_ALERT_EVERY_SECONDS: '1',
      },
    });
    tenant = await hub.newTenant();
    const found = (await hub.sandbox.accounts())[0];
    if (found === undefined) throw new Error('the sandbox has no account');
    account = found;
    for (const secret of [account.clientSecret, account.refreshToken, tenant.client.key, hub.operator.key])
      canaries.know(secret ?? '');
    for (const url of [...Object.values(hub.database.urls), hub.redis?.url ?? '']) canaries.know(new URL(url).password);
  }, 120_000);
  afterAll(async () => {
    await hub?.stop();
    await provider?.close();
    await mail?.close();
    await receiver?.close();
  });

  it('through deliveries that work, that fail, and whose receiver echoes what it was sent', async () => {
    const connections = await Promise.all([
      connectSink(hub, tenant, { auth: { kind: 'bearer' } }, { token: secrets.bearer }),
      connectSink(hub, tenant, { auth: { kind: 'basic' } }, { username: 'someone', password: secrets.password }),
      connectSink(hub, tenant, { auth: { kind: 'api_key', in: 'query', name: 'k' } }, { api_key: secrets.apiKey }),
      connectSink(
        hub,
        tenant,
        { auth: { kind: 'hmac' }, sign_webhooks: true },
        { hmac_secret: secrets.hmac, webhook_secret: secrets.webhook },
      ),
    ]);
    // Only what a connection knows can be hidden from what its receiver says.
    const own = [[secrets.bearer], [secrets.password], [secrets.apiKey], [secrets.hmac, secrets.webhook]];
    const sent: string[] = [];
    for (const [index, { id, sink }] of connections.entries()) {
      await addRoute(tenant, { event_type: `echo.n${index}`, connection_id: id });
      await addRoute(tenant, { event_type: `fine.n${index}`, connection_id: id });
      sent.push(await accept(tenant.client, { type: `fine.n${index}` }));
      await eventWhen(tenant.client, sent.at(-1) as string, settled);
      const echo = (own[index] ?? []).flatMap(spellings).join(' ');
      await hub.sandbox.behave(sink, [
        { kind: 'respond', status: 422, body: JSON.stringify({ error: echo }), headers: { 'x-echo': echo } },
      ]);
      sent.push(await accept(tenant.client, { type: `echo.n${index}` }));
      await listen('POST', `/v1/connections/${id}/test`);
    }
    for (const [index, { id }] of connections.entries()) {
      const trackingId = sent[index * 2 + 1] as string;
      const dead = await deliveryWhen(tenant.client, trackingId, ({ status }) => status === 'dead');
      const texts = await Promise.all(
        [
          `/v1/deliveries/${dead.id}`,
          `/v1/events/${trackingId}`,
          `/v1/events/${trackingId}/timeline`,
          `/v1/connections/${id}/health`,
          `/v1/connections/${id}`,
        ].map(async (path) => (await tenant.client.get(path)).text),
      );
      expectNone(texts.join('\n'), own[index] ?? []);
    }
  }, 60_000);

  it('when credentials are refused, read back or changed', async () => {
    const { id } = await connectSink(hub, tenant, { auth: { kind: 'bearer' } }, { token: secrets.bearer });
    await listen('POST', '/v1/connections', {
      name: unique('c'),
      connector: 'http',
      config: { url: 'nonsense' },
      credentials: { token: secrets.wrong },
    });
    await listen('POST', '/v1/connections', {
      name: unique('c'),
      connector: 'http',
      config: { url: 'http://127.0.0.1/' },
      credentials: { nobody: secrets.wrong },
    });
    await listen('PUT', `/v1/connections/${id}/credentials`, { token: 7, password: secrets.wrong });
    await listen('PUT', `/v1/connections/${id}/credentials`, { token: secrets.bearer });
    await listen('PATCH', `/v1/connections/${id}`, {
      config: { url: 'http://127.0.0.1:1/', headers: { authorization: secrets.wrong } },
    });
    await listen('GET', `/v1/connections/${id}`);
    await listen('GET', '/v1/connections?limit=200');
    await listen('GET', '/v1/deliveries?status=dead&limit=200');
    await listen('GET', '/v1/api-keys?limit=200');
    await listen('GET', '/v1/me');
    expectNone(canaries.said.join('\n'), [...Object.values(secrets), tenant.client.key ?? '']);
  });

  it('when Salesforce refreshes a token or refuses to', async () => {
    const { id, org } = await connectSalesforce(hub, tenant);
    await addRoute(tenant, { event_type: 'customer.*', connection_id: id, operation: 'Account.upsert' });
    const first = await accept(tenant.client, {
      type: 'customer.created',
      data: { Hub_Id__c: unique('s'), Name: 'A' },
    });
    expect((await eventWhen(tenant.client, first, settled)).status).toBe('succeeded');
    const body = JSON.stringify({
      error: 'invalid_grant',
      error_description: `bad ${account.refreshToken} ${account.clientSecret}`,
    });
    await hub.sandbox.salesforce('POST', 'faults', {
      match: { path: '/services/oauth2/token' },
      action: { type: 'status', status: 400, body },
    });
    await hub.sandbox.salesforce('POST', 'tokens/expire', { org });
    const second = await accept(tenant.client, {
      type: 'customer.created',
      data: { Hub_Id__c: unique('s'), Name: 'B' },
    });
    const held = await deliveryWhen(tenant.client, second, ({ status }) => status === 'held');
    await listen('GET', `/v1/deliveries/${held.id}`);
    await listen('GET', `/v1/connections/${id}`);
    await listen('GET', `/v1/connections/${id}/health`);
    await listen('POST', `/v1/connections/${id}/test`);
    await listen('GET', `/v1/events/${second}/timeline`);
    expectNone(canaries.said.join('\n'), [account.refreshToken, account.clientSecret]);
    await hub.sandbox.salesforce('DELETE', 'faults');
  });

  describeVendorSecrets(() => ({ hub, tenant, canaries }));
  describePeopleSecrets(() => ({ hub, tenant, canaries, provider }));
  describeToldSecrets(() => ({ hub, tenant, canaries, receiver, mail }));
  describeSearch(() => ({ hub, tenant, canaries }));
});
