import { randomBytes } from 'node:crypto';
import { waitUntil } from '@hub/testing';
import { type HttpReceiver, type MailReceiver } from '../alert-receivers';
import { spellings } from '../secret-search';
import {
  accept,
  addRoute,
  connectSalesforce,
  connectSink,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../staged-hub';
import { type Canaries } from './canaries';

interface Stage {
  readonly hub: StagedHub;
  readonly tenant: StagedTenant;
  readonly canaries: Canaries;
  readonly receiver: HttpReceiver;
  readonly mail: MailReceiver;
}

/** Whom the hub tells, and what it needs for that. Comes after tests that give it something to tell. */
export function describeToldSecrets(stage: () => Stage): void {
  it('when alerts are sent by mail, Slack, PagerDuty and webhook, and when they cannot be', async () => {
    const { hub, tenant, canaries, receiver, mail } = stage();
    const { client } = tenant;
    const channels = [
      { kind: 'email', recipients: ['ops@example.com'] },
      { kind: 'slack', url: `${receiver.url}/services/${canaries.make('slack')}` },
      { kind: 'pagerduty', routing_key: canaries.make('pagerduty'), url: `${receiver.url}/v2/enqueue` },
      {
        kind: 'webhook',
        url: `${receiver.url}/${canaries.make('webhook-path')}`,
        secret: canaries.know(`whsec_${randomBytes(32).toString('base64')}`),
      },
    ];
    for (const channel of channels) {
      const { id } = await client.demand<{ id: string }>('POST', '/v1/alert-channels', {
        name: channel.kind,
        ...channel,
      });
      receiver.answers.push(500);
      if (channel.kind === 'email') mail.refused.add('ops@example.com');
      canaries.said.push((await client.post(`/v1/alert-channels/${id}/test`)).text);
      mail.refused.clear();
      receiver.answers.length = 0;
      expect((await client.post(`/v1/alert-channels/${id}/test`)).body).toMatchObject({ sent: true });
    }
    const refused = { name: 'no', kind: 'slack', url: `ftp://${canaries.make('bad-address')}`, secret: 'x' };
    canaries.said.push((await client.post('/v1/alert-channels', refused)).text);
    // Who is told is decided when an alert opens; those of the tests before may have, without a channel.
    await hub.sandbox.salesforce('POST', 'faults', {
      match: { path: '/services/oauth2/token' },
      action: { type: 'status', status: 400, body: '{"error":"invalid_grant"}' },
    });
    const { id: signedOut } = await connectSalesforce(hub, tenant);
    await addRoute(tenant, { event_type: 'signed_out.*', connection_id: signedOut, operation: 'Account.upsert' });
    await accept(client, { type: 'signed_out.up', data: { Hub_Id__c: unique('s'), Name: 'C' } });
    await waitUntil(
      'alerts to be told',
      async () => {
        const { data } = await client.demand<{ data: object[] }>('GET', '/v1/alerts');
        return (
          data.length > 0 && mail.mails.length > 1 && receiver.calls.some(({ text }) => text.includes('needs_reauth'))
        );
      },
      40_000,
    );
    await hub.sandbox.salesforce('DELETE', 'faults');
  }, 90_000);

  it('when events are told to an endpoint that repeats what it was sent', async () => {
    const { hub, tenant, canaries } = stage();
    const { client } = tenant;
    const sink = unique('endpoint');
    const made = await client.demand<{ id: string; secret: string }>('POST', '/v1/webhook-endpoints', {
      url: hub.sandbox.sinkUrl(sink),
      event_types: ['delivery.*'],
      headers: { Authorization: `Bearer ${canaries.make('of-the-receiver')}` },
    });
    canaries.know(made.secret);
    const echo = canaries.known.slice(-2).flatMap(spellings).join(' ');
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 500, body: echo, headers: { 'x-echo': echo } }]);
    const { id, sink: broken } = await connectSink(hub, tenant);
    await hub.sandbox.behave(broken, [{ kind: 'respond', status: 422 }]);
    await addRoute(tenant, { event_type: 'noticed.*', connection_id: id });
    await accept(client, { type: 'noticed.up' });
    await waitUntil('the endpoint to have been told', async () => (await hub.sandbox.sink(sink)).total > 0);
    const rotated = await client.demand<{ secret: string }>('POST', `/v1/webhook-endpoints/${made.id}/rotate-secret`, {
      overlap_hours: 1,
    });
    canaries.know(rotated.secret);
  }, 60_000);
}
