import { type TestDatabase } from '@hub/testing';
import { addConnection, createDeliveryHarness, makeEvent, type DeliveryHarness } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';
import { newUuid } from '@hub/platform';
import { AcceptBatch, AcceptOverloadedError } from './accept-batch';

describe('accept batch', () => {
  let database: TestDatabase;
  let harness: DeliveryHarness;
  let batch: AcceptBatch;
  stageDeliveries((...made) => ([harness, database, batch] = made));

  it('stores the event with the deliveries of the routes that match, and says which', async () => {
    const wanted = await harness.addRoute({ eventType: 'invoice.*' });
    await harness.addRoute({ eventType: 'customer.*' });
    const event = harness.event({
      type: 'invoice.created',
      subject: 'invoice/1',
      payload: '{"b":1e2, "a":12345678901234567890}',
    });
    const [outcome] = await batch.accept([event]);
    expect(outcome).toEqual({
      kind: 'accepted',
      trackingId: event.trackingId,
      routes: [{ routeId: wanted, connectionId: harness.connectionId }],
    });
    expect(await harness.deliveries()).toMatchObject([
      { tracking_id: event.trackingId, status: 'pending', ordering_key: 'invoice/1' },
    ]);
    const [stored] = await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query(`select payload, status, deliveries_open from events`),
    );
    expect(stored).toEqual({ payload: event.payload, status: 'open', deliveries_open: 1 });
  });

  it('says of each event of a batch which routes it goes to, in their order, and of some that they go nowhere', async () => {
    const invoices: string[] = [];
    for (let count = 0; count < 6; count++) invoices.push(await harness.addRoute({ eventType: 'invoice.*' }));
    const elsewhere = newUuid();
    await addConnection(harness.tenantDb, harness.tenantId, elsewhere);
    const customers = await harness.addRoute({ eventType: 'customer.*', connectionId: elsewhere });
    const types = ['invoice.created', 'payment.made', 'customer.created', 'invoice.paid', 'customer.changed'];
    await batch.accept([harness.event({ eventId: 'there before' })]);
    const outcomes = await batch.accept([
      harness.event({ eventId: 'there before' }),
      ...types.map((type) => harness.event({ type })),
    ]);
    const { connectionId } = harness;
    const toInvoices = invoices.map((routeId) => ({ routeId, connectionId }));
    const toCustomers = [{ routeId: customers, connectionId: elsewhere }];
    expect(outcomes.map((outcome) => (outcome.kind === 'accepted' ? outcome.routes : outcome.kind))).toEqual([
      'duplicate',
      ...[toInvoices, [], toCustomers, toInvoices, toCustomers],
    ]);
  });

  it('keeps an event that no route wants, as unrouted: one that is switched off wants nothing', async () => {
    const off = await harness.addRoute();
    await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query(`update routes set enabled = false where id = $1`, [off]),
    );
    await batch.accept([harness.event()]);
    const [stored] = await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query(`select status, deliveries_total from events`),
    );
    expect(stored).toEqual({ status: 'unrouted', deliveries_total: 0 });
  });

  it('accepts one of 1,000 concurrent copies, and makes one delivery', async () => {
    await harness.addRoute();
    const second = new AcceptBatch(database.accept, { maxInFlight: 4, maxBatch: 50 });
    const copies = await Promise.all(
      Array.from({ length: 1_000 }, async (_unused, index) => {
        const [outcome] = await (index % 2 === 0 ? batch : second).accept([harness.event({ eventId: 'the-one' })]);
        return outcome;
      }),
    );
    const kinds = copies.map((outcome) => outcome?.kind);
    expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'duplicate')).toHaveLength(999);
    expect(new Set(copies.map((outcome) => outcome && 'trackingId' in outcome && outcome.trackingId)).size).toBe(1);
    expect(await harness.deliveries()).toHaveLength(1);
  });

  it('tells a reused id from a duplicate, also within one call', async () => {
    const first = harness.event({ eventId: 'x' });
    const outcomes = await batch.accept([
      first,
      harness.event({ eventId: 'x' }),
      harness.event({ eventId: 'x', payload: '{"n":2}' }),
    ]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['accepted', 'duplicate', 'reused']);
    expect(outcomes[2]).toEqual({ kind: 'reused', trackingId: first.trackingId });
  });

  it('mixes tenants in one commit, each with its own routes and its own event ids', async () => {
    const other = await createDeliveryHarness(database);
    await harness.addRoute();
    const [mine, theirs] = await Promise.all([
      batch.accept([harness.event({ eventId: 'same' })]),
      batch.accept([other.event({ eventId: 'same' })]),
    ]);
    expect([mine[0]?.kind, theirs[0]?.kind]).toEqual(['accepted', 'accepted']);
    expect(await harness.deliveries()).toHaveLength(1);
    expect(await other.deliveries()).toHaveLength(0);
  });

  it('keeps the good ones when the database refuses one', async () => {
    const bad = harness.event({ payload: '{"n":1}', subject: 'nul \u0000 byte' });
    const outcomes = await batch.accept([harness.event(), bad, harness.event()]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['accepted', 'refused', 'accepted']);
  });

  it('keeps all or none when asked to', async () => {
    await batch.accept([harness.event({ eventId: 'taken' })]);
    const outcomes = await batch.acceptAtomically([
      harness.event({ eventId: 'new' }),
      harness.event({ eventId: 'taken', payload: '{"n":9}' }),
    ]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['accepted', 'reused']);
    const stored = await harness.tenantDb.run(harness.tenantId, (tx) => tx.query(`select event_id from events`));
    expect(stored).toEqual([{ event_id: 'taken' }]);
  });

  it('keeps none when the database refuses one of an atomic batch, and says which', async () => {
    await batch.accept([harness.event({ eventId: 'taken' })]);
    const outcomes = await batch.acceptAtomically([
      harness.event({ eventId: 'twin' }),
      harness.event({ eventId: 'bad', subject: 'nul \u0000 byte' }),
      harness.event({ eventId: 'twin', payload: '{"n":2}' }),
      harness.event({ eventId: 'taken' }),
      harness.event({ eventId: 'late', occurredAt: '+012026-01-01T00:00:00.000Z' }),
    ]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['accepted', 'refused', 'reused', 'duplicate', 'refused']);
    const stored = await harness.tenantDb.run(harness.tenantId, (tx) => tx.query(`select event_id from events`));
    expect(stored).toEqual([{ event_id: 'taken' }]);
  });

  it('keeps every member as it was given', async () => {
    const event = harness.event({
      eventId: 'é漢😀 "\\{},',
      source: 'NULL',
      subject: null,
      occurredAt: '0001-01-01T00:00:00.000Z',
      receivedAt: new Date('2026-11-20T10:00:00.123Z'),
      payload: '{"text":"\\u0000 \\" é漢😀"}',
      metadata: '{}',
      apiKeyId: null,
    });
    await batch.accept([event]);
    const [stored] = await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query(
        `select e.event_id, source, subject, occurred_at at time zone 'utc' = timestamp '0001-01-01' as is_first, received_at, payload, metadata,
                api_key_id, traceparent, encode(fingerprint, 'hex') as fingerprint
         from events e join event_keys k on k.tracking_id = e.id where id = $1`,
        [event.trackingId],
      ),
    );
    expect(stored).toEqual({
      event_id: event.eventId,
      source: 'NULL',
      subject: null,
      is_first: true,
      received_at: event.receivedAt,
      payload: event.payload,
      metadata: '{}',
      api_key_id: null,
      traceparent: event.traceparent,
      fingerprint: event.fingerprint,
    });
  });

  it('commits together what came in together', async () => {
    const commits = jest.spyOn(database.accept, 'exchange');
    try {
      await Promise.all(Array.from({ length: 50 }, () => batch.accept([harness.event()])));
      expect(commits).toHaveBeenCalledTimes(1);
    } finally {
      commits.mockRestore();
    }
  });

  it('tells who shares a commit with an event that was there before as soon as his own is stored', async () => {
    const earlier = harness.event({ eventId: 'earlier' });
    await batch.accept([earlier]);
    const lookUp = jest.spyOn(database.accept, 'transaction').mockRejectedValueOnce(new Error('no answer'));
    try {
      const [repeat, fresh] = await Promise.allSettled([
        batch.accept([harness.event({ eventId: 'earlier' }), harness.event({ eventId: 'with it' })]),
        batch.accept([harness.event({ eventId: 'fresh' })]),
      ]);
      expect(repeat).toMatchObject({ status: 'rejected', reason: { message: 'no answer' } });
      expect(fresh).toMatchObject({ status: 'fulfilled', value: [{ kind: 'accepted' }] });
    } finally {
      lookUp.mockRestore();
    }
    const again = await batch.accept(['earlier', 'with it', 'new'].map((eventId) => harness.event({ eventId })));
    expect(again.map((outcome) => outcome.kind)).toEqual(['duplicate', 'duplicate', 'accepted']);
    expect(again[0]).toMatchObject({ trackingId: earlier.trackingId });
  });

  it('heeds a verdict on a filter for the revision it was made for, and leaves the rest to the worker', async () => {
    const route = await harness.addRoute({ filter: 'amount > 10' });
    const [no, yes, stale] = [harness.event(), harness.event(), harness.event()];
    const verdict = { routeId: route, revision: 1 };
    const outcomes = await batch.accept(
      [no, yes, stale],
      [
        { ...verdict, trackingId: no.trackingId, passes: false },
        { ...verdict, trackingId: yes.trackingId, passes: true },
        { ...verdict, trackingId: stale.trackingId, passes: false, revision: 7 },
      ],
    );
    expect(outcomes.map((outcome) => (outcome.kind === 'accepted' ? outcome.routes.length : -1))).toEqual([0, 1, 1]);
    expect((await harness.deliveries()).map((row) => row.filter_pending)).toEqual([false, true]);
  });

  it('cannot write for a tenant it did not state', async () => {
    const stranger = await database.createTenant();
    const write = database.accept.transaction(
      (tx) =>
        tx.query(
          `insert into event_keys (tenant_id, event_id, tracking_id, fingerprint) values ($1, 'x', $2, '\\x00')`,
          [stranger.id, newUuid()],
        ),
      `select set_config('app.tenant_ids','${harness.tenantId}',true)`,
    );
    await expect(write).rejects.toMatchObject({ code: '42501' });
  });

  it('waits for nobody who holds the row of the tenant', async () => {
    const outcomes = await database.asSuperuser(async (client) => {
      await client.query('begin');
      await client.query('select from tenants where id = $1 for update', [harness.tenantId]);
      const accepted = await batch.accept([harness.event()]);
      await client.query('rollback');
      return accepted;
    });
    expect(outcomes).toMatchObject([{ kind: 'accepted' }]);
  });

  it('says that it is overloaded rather than growing without bound', async () => {
    const small = new AcceptBatch(database.accept, { maxWaiting: 2, maxInFlight: 1, maxBatch: 1 });
    const sends = Array.from({ length: 10 }, () => small.accept([harness.event()]));
    const results = await Promise.allSettled(sends);
    expect(
      results.filter((result) => result.status === 'rejected' && result.reason instanceof AcceptOverloadedError).length,
    ).toBeGreaterThan(0);
    expect(results.filter((result) => result.status === 'fulfilled').length).toBeGreaterThan(0);
  });

  it('gives deliveries of one batch their order of arrival', async () => {
    await harness.addRoute();
    const events = Array.from({ length: 50 }, (_unused, index) =>
      makeEvent(harness.tenantId, { payload: `{"n":${index}}` }),
    );
    await batch.accept(events);
    expect((await harness.deliveries()).map((row) => row.tracking_id)).toEqual(events.map((event) => event.trackingId));
    await addConnection(harness.tenantDb, harness.tenantId, newUuid());
  });
});
