import {
  accept,
  addMapping,
  addRoute,
  connectSalesforce,
  deliveryWhen,
  eventWhen,
  settled,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../../../test/support/staged-hub';

const MAPPING = '{ "Hub_Id__c": id, "Name": name, "NumberOfEmployees": employees }';

describe('delivery to Salesforce', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;
  let org: string;
  let connection: string;

  beforeAll(async () => {
    hub = await stageHub();
    tenant = await hub.newTenant();
    ({ id: connection, org } = await connectSalesforce(hub, tenant));
    await addRoute(tenant, {
      event_type: 'customer.*',
      connection_id: connection,
      operation: 'Account.upsert',
      mapping_id: await addMapping(tenant, MAPPING),
      retry: { delays_seconds: [1, 1] },
    });
  }, 120_000);
  afterAll(() => hub?.stop());
  afterEach(async () => {
    await hub.sandbox.salesforce('DELETE', 'faults');
    await hub.sandbox.salesforce('DELETE', 'requests');
  });

  const customer = (id: string, fields: Record<string, unknown> = {}): Record<string, unknown> => ({
    type: 'customer.created',
    data: { id, name: `Customer ${id}`, ...fields },
  });
  const recordsOf = async (prefix: string): Promise<readonly Record<string, unknown>[]> =>
    (await hub.sandbox.records('Account', org)).filter((record) => String(record['Hub_Id__c']).startsWith(prefix));
  const writes = () => hub.sandbox.calls({ method: 'PATCH', path: '/composite/sobjects' });

  it('takes 200 records in a few calls, each with its own id', async () => {
    const prefix = unique('many');
    // Held back, so that they wait together.
    await tenant.client.demand('POST', `/v1/connections/${connection}/pause`);
    const events = Array.from({ length: 200 }, (_, n) => ({
      event_id: `${prefix}-${n}`,
      ...customer(`${prefix}-${n}`),
    }));
    const { results } = await tenant.client.demand<{ results: { tracking_id: string }[] }>('POST', '/v1/events/batch', {
      events,
    });
    await tenant.client.demand('POST', `/v1/connections/${connection}/resume`);
    const settledEvents = await Promise.all(
      results.map(({ tracking_id: id }) => eventWhen(tenant.client, id, settled)),
    );
    expect(new Set(settledEvents.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    const records = await recordsOf(prefix);
    expect(records).toHaveLength(200);
    const ids = new Map(records.map((record) => [record['Hub_Id__c'], record['Id']]));
    for (const event of settledEvents) expect(event.deliveries[0]?.external_id).toBe(ids.get(event.event_id));
    const calls = await writes();
    expect(calls.length).toBeLessThanOrEqual(3);
  }, 60_000);

  it('fails the one bad record of a batch with the vendor’s reason, and no other', async () => {
    const prefix = unique('mixed');
    await tenant.client.demand('POST', `/v1/connections/${connection}/pause`);
    const good = await Promise.all([1, 2, 3].map((n) => accept(tenant.client, customer(`${prefix}-${n}`))));
    const bad = await accept(tenant.client, customer(`${prefix}-bad`, { employees: 'a dozen' }));
    await tenant.client.demand('POST', `/v1/connections/${connection}/resume`);
    const dead = await deliveryWhen(tenant.client, bad, ({ status }) => status === 'dead');
    expect(dead).toMatchObject({ reason: 'permanent_failure', attempts: 1, last_error: { category: 'validation' } });
    for (const id of good) expect((await eventWhen(tenant.client, id, settled)).status).toBe('succeeded');
    expect(await recordsOf(prefix)).toHaveLength(3);
  });

  it('signs in again once when the session has run out, and nobody notices', async () => {
    const prefix = unique('expired');
    const first = await accept(tenant.client, customer(`${prefix}-first`));
    await eventWhen(tenant.client, first, settled);
    await hub.sandbox.salesforce('DELETE', 'requests');
    await hub.sandbox.salesforce('POST', 'tokens/expire', { org });
    // Enough for two calls at once, which both find the session gone.
    await tenant.client.demand('POST', `/v1/connections/${connection}/pause`);
    const events = Array.from({ length: 400 }, (_, n) => ({
      event_id: `${prefix}-${n}`,
      ...customer(`${prefix}-${n}`),
    }));
    const { results } = await tenant.client.demand<{ results: { tracking_id: string }[] }>('POST', '/v1/events/batch', {
      events,
    });
    await tenant.client.demand('POST', `/v1/connections/${connection}/resume`);
    for (const { tracking_id: id } of results) {
      expect(await eventWhen(tenant.client, id, settled)).toMatchObject({
        status: 'succeeded',
        deliveries: [{ attempts: 1 }],
      });
    }
    const refreshes = await hub.sandbox.calls({ method: 'POST', path: '/services/oauth2/token' });
    expect(refreshes.map(({ status }) => status)).toEqual([200]);
  });

  it('makes one record of an event whose answer was lost after the work was done', async () => {
    const id = unique('lost');
    await hub.sandbox.salesforce('POST', 'faults', {
      match: { path: '/composite/sobjects' },
      times: 1,
      action: { type: 'drop_after_commit' },
    });
    const trackingId = await accept(tenant.client, customer(id));
    const event = await eventWhen(tenant.client, trackingId, settled);
    expect(event.status).toBe('succeeded');
    expect(await recordsOf(id)).toHaveLength(1);
    expect((await writes()).filter(({ fault }) => fault === 'drop_after_commit')).toHaveLength(1);
  });

  it('changes the same record when it changes again, in order', async () => {
    const id = unique('again');
    const sent: string[] = [];
    for (let n = 0; n < 10; n++) {
      sent.push(await accept(tenant.client, { ...customer(id, { name: `Name ${n}` }), subject: `customer/${id}` }));
    }
    for (const trackingId of sent)
      expect((await eventWhen(tenant.client, trackingId, settled)).status).toBe('succeeded');
    expect(await recordsOf(id)).toMatchObject([{ Name: 'Name 9' }]);
  });

  it('parks everything when the grant is taken away, and goes on with new credentials', async () => {
    const own = await hub.newTenant();
    const prefix = unique('revoked');
    const { id: parked, org: second } = await connectSalesforce(hub, own, 1);
    await addRoute(own, {
      event_type: 'customer.*',
      connection_id: parked,
      operation: 'Account.upsert',
      mapping_id: await addMapping(own, MAPPING),
    });
    const first = await accept(own.client, customer(`${prefix}-0`));
    await eventWhen(own.client, first, settled);
    // One token at a time, so that the sandbox's granted account itself stays usable.
    const fault = {
      match: { path: '/services/oauth2/token' },
      action: {
        type: 'status',
        status: 400,
        body: '{"error":"invalid_grant","error_description":"expired access/refresh token"}',
      },
    };
    await hub.sandbox.salesforce('POST', 'faults', fault);
    await hub.sandbox.salesforce('POST', 'tokens/expire', { org: second });
    const waiting = await accept(own.client, customer(`${prefix}-1`));
    const held = await deliveryWhen(own.client, waiting, ({ status }) => status === 'held');
    expect(held).toMatchObject({ reason: 'connection_needs_reauth', attempts: 0 });
    expect(await own.client.demand('GET', `/v1/connections/${parked}`)).toMatchObject({ status: 'needs_reauth' });
    await hub.sandbox.salesforce('DELETE', 'faults');
    const account = (await hub.sandbox.accounts())[1];
    await own.client.demand('PUT', `/v1/connections/${parked}/credentials`, {
      client_id: account?.clientId,
      client_secret: account?.clientSecret,
      refresh_token: account?.refreshToken,
    });
    expect((await eventWhen(own.client, waiting, settled)).status).toBe('succeeded');
  });
});
