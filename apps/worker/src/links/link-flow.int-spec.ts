import { type ConnectionOpener } from '@hub/connections';
import { createRegistry, type Connector, type DeliveryRecord, type RecordOutcome } from '@hub/connector-sdk';
import { AcceptBatch, createRoute, Drainer, eventFingerprint, eventTimeline, findEvent } from '@hub/delivery';
import { createMappingEngine, type MappingEngine } from '@hub/mapping-engine';
import { insertMapping, MappingVersions } from '@hub/mapping-store';
import { newUuid, ok, silentLogger, toPublicId, type DrainTarget } from '@hub/platform';
import { createLink, LinkedEchoGuard, listLinks, type RecordScope } from '@hub/sync';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { ConnectorPort } from '../delivery/connector-port';
import { EngineDeliveryMapper } from '../delivery/delivery-mapper';
import { DeliveriesInFlight } from './in-flight-writes';
import { LinkBook } from './link-book';

let database: TestDatabase;
let engine: MappingEngine;
let tenants: TenantDb;
let tenant: string;
let source: string;
let books: string;
let rung: DrainTarget[];
let delivered: DeliveryRecord[];
let vendor: (record: DeliveryRecord) => RecordOutcome | Promise<RecordOutcome>;

beforeAll(async () => {
  database = await createTestDatabase();
  engine = createMappingEngine({ poolSize: 1 });
  tenants = new TenantDb(database.app);
});
afterAll(async () => {
  await engine.close();
  await database.close();
});
beforeEach(async () => {
  tenant = (await database.createTenant()).id;
  source = await connection('crm');
  books = await connection('books');
  [rung, delivered] = [[], []];
  let ids = 0;
  vendor = () => ({ ok: true, externalId: `b${++ids}`, created: true, version: '0' });
});

async function connection(connectorId: string): Promise<string> {
  const id = newUuid();
  await database.asSuperuser(async (client) => {
    await client.query(
      `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, $3, $4, '{}')`,
      [tenant, id, connectorId, connectorId],
    );
    await client.query(`insert into connection_runtime (tenant_id, connection_id) values ($1, $2)`, [tenant, id]);
  });
  return id;
}

/** A vendor of books: it has customers and invoices, and the test says what it answers. */
const connector = {
  manifest: {
    id: 'books',
    operations: ['customer.upsert', 'invoice.upsert'].map((id) => ({ id, batchSize: 10 })),
    limits: { defaultConcurrency: 2, maxConcurrency: 2, timeoutMs: 1_000 },
  },
  deliver: (_context: unknown, _operation: string, records: readonly DeliveryRecord[]) => {
    delivered.push(...records);
    return Promise.all(records.map(async (record) => vendor(record)));
  },
} as unknown as Connector;

function drainer(): Drainer {
  const opener = {
    open: (_tenant: string, connectionId: string) =>
      Promise.resolve(ok({ connectionId, connectorId: 'books', config: {}, credentials: {}, revision: 1 })),
    forget: () => undefined,
  } as unknown as ConnectionOpener;
  return new Drainer({
    tenantDb: tenants,
    mapper: new EngineDeliveryMapper(engine, new MappingVersions({ tenants }), { tenants, logger: silentLogger }),
    connections: new ConnectorPort({
      opener,
      connectors: createRegistry([connector]),
      tenants,
      logger: silentLogger,
      oauthApps: { for: () => null } as never,
      limits: { report: () => undefined },
      http: {} as never,
    }),
    book: new LinkBook(silentLogger),
    bell: { ring: (target) => void rung.push(target), ringLater: () => Promise.resolve(true) },
    observer: { attempted: () => undefined, settled: () => undefined, fenced: () => undefined },
    workerId: 'test',
  });
}
const drain = (): Promise<void> => drainer().drain({ tenantId: tenant, connectionId: books });

async function route(
  eventType: string,
  operation: string,
  expression: string | null,
  filter: string | null = null,
): Promise<void> {
  await tenants.run(tenant, async (tx) => {
    const name = newUuid();
    const mapping =
      expression === null ? null : await insertMapping(tx, { name, description: '', expression, tables: {}, note: '' });
    if (mapping?.ok === false) throw new Error(mapping.error.detail);
    const made = await createRoute(tx, {
      name,
      eventType,
      filter,
      connectionId: books,
      operation,
      mappingId: mapping?.value.id ?? null,
      orderingKey: 'subject',
      orderingMode: 'strict',
      retryDelaysSeconds: null,
      enabled: true,
    });
    if (!made.ok) throw new Error(made.error.detail);
  });
}

async function event(
  type: string,
  data: object,
  from: string | null = `sync/${toPublicId('connection', source)}`,
): Promise<string> {
  const payload = JSON.stringify(data);
  const input = {
    tenantId: tenant,
    trackingId: newUuid(),
    eventId: newUuid(),
    type,
    source: from,
    subject: null,
    occurredAt: null,
    receivedAt: new Date(),
    payload,
    metadata: null,
    fingerprint: eventFingerprint(type, data),
    apiKeyId: null,
    requestId: null,
    traceparent: null,
  };
  await new AcceptBatch(database.accept).accept([input], []);
  return input.trackingId;
}
const deliveries = (): Promise<
  {
    status: string;
    reason: string | null;
    attempts: number;
    due_in_ms: string;
    last_error: unknown;
    mapped_payload: string | null;
  }[]
> =>
  tenants.run(tenant, (tx) =>
    tx.query(
      `select status, reason, attempts, last_error, mapped_payload, extract(epoch from next_attempt_at - now()) * 1000 as due_in_ms
       from deliveries order by seq`,
    ),
  );
const links = (): Promise<string[]> =>
  tenants
    .run(tenant, (tx) => listLinks(tx, { limit: 50, before: null }))
    .then((all) =>
      all
        .map(
          (link) =>
            `${link.type}: ${link.ends
              .map((end) => end.record_id)
              .sort()
              .join(' ')}`,
        )
        .sort(),
    );

const CUSTOMER = '{"Id": $link("customer", id, "books"), "Name": canonical.display_name}';
const pulledCustomer = (id: string, name: string): object => ({
  id,
  canonical_type: 'customer',
  canonical: { id, display_name: name },
});

describe('a delivery', () => {
  it('is linked with the record that it was made from, and finds it the next time', async () => {
    await route('crm.*', 'customer.upsert', CUSTOMER);
    await event('crm.customer', pulledCustomer('A1', 'Acme'));
    await drain();
    expect(await links()).toEqual(['customer: A1 b1']);
    await event('crm.customer', pulledCustomer('A1', 'Acme Ltd'));
    await drain();
    expect(delivered.map((record) => JSON.parse(record.payloadText) as unknown)).toEqual([
      { Name: 'Acme' },
      { Id: 'b1', Name: 'Acme Ltd' },
    ]);
  });

  it('says with _link what it was made from, and the vendor does not get to see it', async () => {
    await route('shop.*', 'invoice.upsert', '{"No": no, "_link": {"type": "order", "id": no}}');
    await event('shop.order', { no: 7 }, 'shop');
    await drain();
    expect(delivered.map((record) => record.payloadText)).toEqual(['{"No":7}']);
    expect((await deliveries())[0]?.mapped_payload).toBe('{"No":7,"_link":{"type":"order","id":7}}');
    // The link is of the order; what was written is remembered as an invoice, where a pull will look for it.
    expect(await links()).toEqual(['invoice: b1', 'order: 7 b1']);
  });

  it('leaves an event alone that is sent as it came', async () => {
    await route('raw.*', 'customer.upsert', null);
    await event('raw.any', { _link: { type: 'customer', id: '1' }, n: 1 }, null);
    await drain();
    expect(delivered.map((record) => record.payloadText)).toEqual(['{"_link":{"type":"customer","id":"1"},"n":1}']);
    expect(await links()).toEqual(['customer: b1']);
  });

  it('fails with the position of nothing but a wrong _link', async () => {
    await route('shop.*', 'invoice.upsert', '{"_link": {"type": "order"}}');
    await event('shop.order', { no: 7 }, 'shop');
    await drain();
    expect(await deliveries()).toMatchObject([{ status: 'dead', last_error: { code: 'mapping_runtime' } }]);
  });

  it('is not linked when it did not succeed', async () => {
    vendor = () => ({ ok: false, error: { category: 'validation', code: 'no', message: 'no' } });
    await route('crm.*', 'customer.upsert', CUSTOMER);
    await event('crm.customer', pulledCustomer('A1', 'Acme'));
    await drain();
    expect(await links()).toEqual([]);
  });
});

describe('a delivery that points at a record which is not there yet', () => {
  const INVOICE = '{"Customer": $linkRequired("customer", customer, "books")}';

  it('waits without using an attempt, says so, and goes on when the record is written', async () => {
    await route('crm.customer', 'customer.upsert', CUSTOMER);
    await route('crm.invoice', 'invoice.upsert', INVOICE);
    const tracking = await event('crm.invoice', { customer: 'A1' });
    await drain();
    expect(await deliveries()).toMatchObject([
      {
        status: 'pending',
        reason: 'waiting_for_link',
        attempts: 0,
        last_error: { code: 'mapping_link_missing', link: { type: 'customer', id: 'A1', system: 'books' } },
      },
    ]);
    expect(Number((await deliveries())[0]?.due_in_ms)).toBeLessThanOrEqual(250);
    const timeline = await tenants.run(tenant, async (tx) => {
      const found = await findEvent(tx, tracking, false);
      return found === null ? [] : eventTimeline(tx, found);
    });
    expect(timeline.map((entry) => entry.message).join('\n')).toContain('Waiting for a link: The customer "A1"');

    await tenants.run(tenant, (tx) => tx.query(`update deliveries set next_attempt_at = now() + interval '1 hour'`));
    await event('crm.customer', pulledCustomer('A1', 'Acme'));
    await drain();
    expect(rung).toContainEqual({ tenantId: tenant, connectionId: books });
    await drain();
    expect((await deliveries()).map((row) => [row.status, row.attempts])).toEqual([
      ['succeeded', 1],
      ['succeeded', 1],
    ]);
    expect(delivered.map((record) => record.payloadText)).toEqual(['{"Name":"Acme"}', '{"Customer":"b1"}']);
  });

  it('waits longer each time, and not for ever', async () => {
    await route('crm.invoice', 'invoice.upsert', INVOICE);
    await event('crm.invoice', { customer: 'A1' });
    const waits: number[] = [];
    for (const sinceMs of [0, 500, 8_000, 60_000, 3_600_000]) {
      await tenants.run(tenant, (tx) =>
        tx.query(
          `update deliveries set next_attempt_at = now(), deferred_since = now() - $1 * interval '1 millisecond'`,
          [sinceMs],
        ),
      );
      await drain();
      waits.push(Number((await deliveries())[0]?.due_in_ms));
    }
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(waits[4]).toBeGreaterThan(120_000);
    await tenants.run(tenant, (tx) =>
      tx.query(`update deliveries set next_attempt_at = now(), deferred_since = now() - interval '25 hours'`),
    );
    await drain();
    expect(await deliveries()).toMatchObject([{ status: 'dead', reason: 'deferred_too_long' }]);
  });

  it('may do so in a filter, too', async () => {
    await route('crm.deal', 'invoice.upsert', '{"No": id}', '$not($exists($link("deal", id, "books")))');
    await event('crm.deal', { id: 'D1' });
    await event('crm.deal', { id: 'D2' });
    await tenants.run(tenant, (tx) =>
      createLink(tx, 'deal', [
        { system: { connectionId: source, source: '' }, recordId: 'D2' },
        { system: { connectionId: books, source: '' }, recordId: 'b9' },
      ]),
    );
    await drain();
    expect((await deliveries()).map((row) => [row.status, row.reason])).toEqual([
      ['succeeded', null],
      ['cancelled', 'filtered'],
    ]);
  });
});

describe('deliveries that write the same record', () => {
  const SALE =
    '{"Id": $link("customer", customer, "books"), "Name": name, "_link": {"type": "customer", "id": customer}}';
  const sale = (name: string): object => ({ customer: 'A1', name });
  const due = (): Promise<unknown> =>
    tenants.run(tenant, (tx) => tx.query(`update deliveries set next_attempt_at = now() where status = 'retrying'`));
  let names: Map<string, string>;

  /** A vendor that has no key of ours, only names that are given once. */
  const save = (record: DeliveryRecord): RecordOutcome => {
    const { Id, Name } = JSON.parse(record.payloadText) as { Id?: string; Name: string };
    if (Id !== undefined) return { ok: true, externalId: Id, created: false, version: null };
    const existing = names.get(Name);
    if (existing !== undefined && record.attempt > 1)
      return { ok: true, externalId: existing, created: true, version: null };
    if (existing !== undefined) return { ok: false, error: { category: 'duplicate', code: '6240', message: 'taken' } };
    names.set(Name, `b${names.size + 1}`);
    return { ok: true, externalId: names.get(Name) ?? null, created: true, version: null };
  };
  beforeEach(async () => {
    names = new Map();
    vendor = save;
    await route('crm.customer', 'customer.upsert', CUSTOMER);
    await route('crm.sale', 'customer.upsert', SALE);
  });

  it('take turns: one creates it, the others change it', async () => {
    await event('crm.customer', pulledCustomer('A1', 'Acme'));
    await event('crm.sale', sale('Acme'));
    await event('crm.customer', pulledCustomer('A2', 'Bolt'));
    await event('crm.sale', sale('Acme Ltd'));
    await drain();
    expect((await deliveries()).map(({ status, attempts }) => [status, attempts])).toEqual(
      Array(4).fill(['succeeded', 1]),
    );
    expect(delivered.map(({ payloadText }) => payloadText)).toEqual([
      '{"Name":"Acme"}',
      '{"Name":"Bolt"}',
      '{"Id":"b1","Name":"Acme"}',
      '{"Id":"b1","Name":"Acme Ltd"}',
    ]);
  });

  it('are mapped again when the record turns out to be there, because another wrote it while they waited', async () => {
    vendor = () => ({ ok: false, error: { category: 'transient', code: '503', message: 'busy' } });
    await event('crm.customer', pulledCustomer('A1', 'Acme'));
    await drain();
    vendor = (record) => save({ ...record, attempt: 1 });
    await event('crm.sale', sale('Acme'));
    await drain();
    await due();
    await drain();
    expect(await deliveries()).toMatchObject([{ status: 'retrying', mapped_payload: null }, { status: 'succeeded' }]);
    await due();
    await drain();
    expect((await deliveries())[0]).toMatchObject({ status: 'succeeded', attempts: 3 });
    expect(delivered.at(-1)?.payloadText).toBe('{"Id":"b1","Name":"Acme"}');
  });

  it('wait when the record may have been made by a write whose outcome nobody knows', async () => {
    vendor = (record) => {
      save(record);
      return { ok: false, error: { category: 'unknown_outcome', code: 'timeout', message: 'no answer' } };
    };
    await event('crm.customer', pulledCustomer('A1', 'Acme'));
    await drain();
    vendor = save;
    await event('crm.sale', sale('Acme'));
    await drain();
    expect((await deliveries()).map(({ status }) => status)).toEqual(['retrying', 'retrying']);
    await due();
    await drain();
    expect((await deliveries()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect(names.size).toBe(1);
  });

  it('are a matter for a person when the record is somebody else’s', async () => {
    names.set('Acme', 'b0');
    await event('crm.customer', pulledCustomer('A1', 'Acme'));
    await drain();
    expect(await deliveries()).toMatchObject([{ status: 'dead', reason: 'permanent_failure', attempts: 1 }]);
  });
});

describe('our own write, pulled back', () => {
  const scope = (): RecordScope => ({
    tenantId: tenant,
    connectionId: books,
    connectorId: 'books',
    object: 'Customer',
    canonicalType: 'customer',
    volatileFields: [],
    readAt: new Date(),
  });
  const guard = (): LinkedEchoGuard => new LinkedEchoGuard({ tenants, inFlight: new DeliveriesInFlight(tenants) });
  const pulled = (data: object, version: string) => ({
    object: 'Customer',
    id: 'b1',
    change: 'updated' as const,
    version,
    modifiedAt: null,
    modifiedByUs: null,
    dataText: JSON.stringify(data),
  });

  it('is recognised even when it is seen before its delivery is settled', async () => {
    await route('crm.*', 'customer.upsert', CUSTOMER);
    await event('crm.customer', pulledCustomer('A1', 'Acme'));
    let answer: (outcome: RecordOutcome) => void = () => undefined;
    const called = new Promise<void>((resolve) => {
      vendor = () => {
        resolve();
        return new Promise((answered) => (answer = answered));
      };
    });
    const draining = drain();
    await called;
    const judged = guard().classify(scope(), [pulled({ Id: 'b1', Name: 'Acme', Active: true }, '0')]);
    answer({ ok: true, externalId: 'b1', created: true, version: '0' });
    expect(await judged).toEqual(['echo']);
    await draining;
  });
});
