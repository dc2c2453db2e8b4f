import { waitUntil } from '@hub/testing';
import {
  startHttpReceiver,
  startMailReceiver,
  type HttpReceiver,
  type MailReceiver,
} from '../../../test/support/alert-receivers';
import {
  accept,
  addMapping,
  addRoute,
  connectSalesforce,
  eventWhen,
  settled,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../../../test/support/staged-hub';

interface AlertView {
  readonly id: string;
  readonly rule: string;
  readonly status: string;
  readonly connection: { readonly id: string } | null;
  readonly notifications: readonly { readonly kind: string; readonly status: string }[];
}

interface Books {
  readonly balanced: boolean;
  readonly totals: { readonly deliveries: { readonly succeeded: number } };
}

const customer = (id: string): Record<string, unknown> => ({ type: 'customer.changed', data: { id, name: id } });

describe('a revoked grant', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;
  let receiver: HttpReceiver;
  let mail: MailReceiver;
  beforeAll(async () => {
    receiver = await startHttpReceiver();
    mail = await startMailReceiver();
    hub = await stageHub({
      queue: 'redis',
      env: {
        HUB_ALERT_EVERY_SECONDS: '1',
        HUB_PUBLIC_URL: 'https://hub.example.com/',
        HUB_SMTP_URL: mail.url,
        HUB_MAIL_FROM: 'Integration Hub <alerts@example.com>',
      },
    });
    tenant = await hub.newTenant();
  }, 120_000);
  afterAll(async () => {
    await hub?.stop();
    await mail?.close();
    await receiver?.close();
  });

  it('is told by mail and to PagerDuty once, and so is that somebody has signed in again', async () => {
    const { client } = tenant;
    await client.demand('POST', '/v1/alert-channels', { name: 'Mail', kind: 'email', recipients: ['ops@example.com'] });
    await client.demand('POST', '/v1/alert-channels', {
      name: 'Pager',
      kind: 'pagerduty',
      routing_key: 'KEY',
      url: receiver.url,
    });
    const { id, org } = await connectSalesforce(hub, tenant);
    const mapping_id = await addMapping(tenant, '{ "Hub_Id__c": id, "Name": name }');
    await addRoute(tenant, { event_type: 'customer.*', connection_id: id, operation: 'Account.upsert', mapping_id });
    const first = await accept(client, customer(unique('c')));
    expect((await eventWhen(client, first, settled)).status).toBe('succeeded');

    const refusal = {
      status: 400,
      body: '{"error":"invalid_grant","error_description":"expired access/refresh token"}',
    };
    await hub.sandbox.salesforce('POST', 'faults', {
      match: { path: '/services/oauth2/token' },
      action: { type: 'status', ...refusal },
    });
    await hub.sandbox.salesforce('POST', 'tokens/expire', { org });
    const waiting = await accept(client, customer(unique('c')));
    await waitUntil(
      'the alert to be told',
      () => Promise.resolve(receiver.calls.length > 0 && mail.mails.length > 0),
      30_000,
    );
    const [alert] = (await client.demand<{ data: AlertView[] }>('GET', '/v1/alerts')).data;
    expect(alert).toMatchObject({ rule: 'connection_needs_reauth', status: 'open', connection: { id } });
    const link = `https://hub.example.com/alerts/${alert?.id}`;
    expect(receiver.calls[0]?.body).toMatchObject({
      event_action: 'trigger',
      dedup_key: `integration-hub/${alert?.id}`,
      client_url: link,
    });
    expect(mail.mails[0]?.text).toContain(link);

    await hub.sandbox.salesforce('DELETE', 'faults');
    const [account] = await hub.sandbox.accounts();
    await client.demand('PUT', `/v1/connections/${id}/credentials`, {
      client_id: account?.clientId,
      client_secret: account?.clientSecret,
      refresh_token: account?.refreshToken,
    });
    expect((await eventWhen(client, waiting, settled)).status).toBe('succeeded');
    await waitUntil(
      'the recovery to be told',
      () => Promise.resolve(receiver.calls.length > 1 && mail.mails.length > 1),
      30_000,
    );
    expect(receiver.calls.map(({ body }) => body['event_action'])).toEqual(['trigger', 'resolve']);
    expect(mail.mails.map(({ text }) => /Subject: (.*)/.exec(text)?.[1])).toEqual([
      expect.stringMatching(/^\[critical\] .* is signed out$/),
      expect.stringMatching(/^\[critical\] Recovered: .* is signed out$/),
    ]);
    // What has arrived is written down as sent after the receiver's answer.
    const ended = await waitUntil('what was told to be written down', async () => {
      const found = await client.demand<AlertView>('GET', `/v1/alerts/${alert?.id}`);
      return found.notifications.some(({ status }) => status === 'waiting') ? null : found;
    });
    expect(ended.status).toBe('resolved');
    expect(ended.notifications.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
      'resolved sent',
      'resolved sent',
      'triggered sent',
      'triggered sent',
    ]);
    // A machine that is busy answers what was counted last.
    const books = await waitUntil(
      'the books to have been counted',
      async () => {
        const read = await client.demand<Books>('GET', '/v1/balance');
        return read.totals.deliveries.succeeded === 2 ? read : null;
      },
      70_000,
    );
    expect(books).toMatchObject({
      balanced: true,
      totals: { events: { accepted: 2, routed: 2 }, deliveries: { made: 2, succeeded: 2, open: 0 } },
    });
  }, 120_000);

  it('a delivery that is taken away by hand is missed, told and counted', async () => {
    const { client } = tenant;
    const told = receiver.calls.length;
    await client.demand('PATCH', '/v1/alert-rules/books_unbalanced', { for_seconds: 0 });
    await hub.database.asSuperuser((superuser) =>
      superuser.query(
        `delete from deliveries where tenant_id = $1 and id = (select id from deliveries where tenant_id = $1 limit 1)`,
        [tenant.uuid],
      ),
    );
    await waitUntil('the alert', () => Promise.resolve(receiver.calls.length > told), 40_000);
    expect(await client.demand('GET', '/v1/balance')).toMatchObject({ balanced: false });
    expect(receiver.calls.at(-1)?.body).toMatchObject({ payload: { group: 'books_unbalanced', severity: 'critical' } });
  }, 60_000);
});
