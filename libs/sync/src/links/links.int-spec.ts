import { type PulledRecord } from '@hub/connector-sdk';
import { newUuid } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { type RecordScope } from '../pull/pull.ports';
import { LinkedEchoGuard } from './echo-guard';
import { findLinkedIds } from './link-lookup';
import { createLink, deleteLink, findLink, listLinks, mergeLinks, removeLinkEnd } from './link.repository';
import { systemKey, type LinkRow, type RecordRef } from './link.types';
import { recordWrites, type RecordWrite } from './record-writes';

let database: TestDatabase;
let tenants: TenantDb;
let tenant: string;
let salesforce: string;
let quickbooks: string;
let netsuite: string;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
});
afterAll(() => database.close());
beforeEach(async () => {
  tenant = (await database.createTenant()).id;
  [salesforce, quickbooks, netsuite] = (await Promise.all(
    ['salesforce', 'quickbooks', 'netsuite'].map(connection),
  )) as [string, string, string];
});

async function connection(connectorId: string): Promise<string> {
  const id = newUuid();
  await database.asSuperuser((client) =>
    client.query(`insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, $3, $4, '{}')`, [
      tenant,
      id,
      `${connectorId} ${id}`,
      connectorId,
    ]),
  );
  return id;
}
const ref = (connectionId: string, recordId: string): RecordRef => ({ system: { connectionId, source: '' }, recordId });
const posted = (source: string, recordId: string): RecordRef => ({ system: { connectionId: null, source }, recordId });
const write = (
  target: RecordRef,
  source: RecordRef | null,
  more: Partial<NonNullable<RecordWrite['write']>> = {},
): RecordWrite => ({
  type: 'customer',
  target,
  source,
  write: { payloadText: '{}', version: null, created: false, startedAt: new Date(), ...more },
});
const record = (...writes: RecordWrite[]): Promise<unknown> => tenants.run(tenant, (tx) => recordWrites(tx, writes));
const link = (from: RecordRef, system: string, preferred: string | null = null): Promise<string | null> =>
  tenants
    .run(tenant, (tx) =>
      findLinkedIds(
        tx,
        [{ from: systemKey(from.system), type: 'customer', id: from.recordId, system: { name: system } }],
        preferred,
      ),
    )
    .then(([found]) => found ?? null);
const all = (): Promise<LinkRow[]> => tenants.run(tenant, (tx) => listLinks(tx, { limit: 50, before: null }));
const shape = (links: readonly LinkRow[]): string[] =>
  links
    .map((one) =>
      one.ends
        .map((end) => end.record_id)
        .sort()
        .join(' '),
    )
    .sort();

/** `table inserted updated` for each table of links. */
async function rowsWrittenBy(tx: TenantTx, work: () => Promise<unknown>): Promise<readonly string[]> {
  // The server counts on from earlier transactions of the connection until it has told its statistics.
  const count = (): Promise<{ name: string; inserted: number; updated: number }[]> =>
    tx.query(
      `select relname as name, n_tup_ins::int as inserted, n_tup_upd::int as updated from pg_stat_xact_user_tables
       where relname in ('record_links', 'record_link_ends') order by relname`,
    );
  const before = await count();
  await work();
  return (await count()).map(({ name, inserted, updated }, index) => {
    const was = before[index];
    return `${name} ${inserted - (was?.inserted ?? 0)} ${updated - (was?.updated ?? 0)}`;
  });
}
const rememberedEnds = (): Promise<Record<string, unknown>[]> =>
  tenants.run(tenant, (tx) =>
    tx.query(
      `select record_id, version_written as version, written_at is not null as written, writes, deleted, object,
              version_seen as seen_version, seen_at is not null as seen_once, seen
       from record_link_ends order by record_id`,
    ),
  );

describe('links', () => {
  it('are filled by writes, and found from every side', async () => {
    expect(await record(write(ref(quickbooks, '58'), ref(salesforce, '001A')))).toEqual([
      { type: 'customer', recordId: '58' },
      { type: 'customer', recordId: '001A' },
    ]);
    await record(write(ref(netsuite, '7'), ref(salesforce, '001A')));
    expect(await link(ref(salesforce, '001A'), 'quickbooks')).toBe('58');
    expect(await link(ref(quickbooks, '58'), 'netsuite')).toBe('7');
    expect(await link(ref(netsuite, '7'), 'netsuite')).toBe('7');
    expect(await link(ref(netsuite, '8'), 'quickbooks')).toBeNull();
    expect(await link(ref(salesforce, '001A'), 'erp')).toBeNull();
    expect(shape(await all())).toEqual(['001A 58 7']);
  });

  it('are found by connection, by source, and of several connections the one that is delivered to', async () => {
    const second = await connection('quickbooks');
    await record(write(ref(quickbooks, '58'), posted('shop', 'c-1')), write(ref(second, '9'), posted('shop', 'c-1')));
    expect(await link(posted('shop', 'c-1'), 'quickbooks')).toBe('58');
    expect(await link(posted('shop', 'c-1'), 'quickbooks', second)).toBe('9');
    expect(await link(ref(second, '9'), 'shop')).toBe('c-1');
    const byConnection = await tenants.run(tenant, (tx) =>
      findLinkedIds(tx, [{ from: 'src:shop', type: 'customer', id: 'c-1', system: { connectionId: second } }], null),
    );
    expect(byConnection).toEqual(['9']);
    await database.asSuperuser((client) =>
      client.query(`update connections set deleted_at = now() where id = $1`, [quickbooks]),
    );
    expect(await link(posted('shop', 'c-1'), 'quickbooks')).toBe('9');
  });

  it('believe the newest write, and keep what it pushes out', async () => {
    await record(
      write(ref(quickbooks, '58'), ref(salesforce, '001A')),
      write(ref(quickbooks, '59'), ref(salesforce, '001B')),
    );
    await record(write(ref(quickbooks, '59'), ref(salesforce, '001A')));
    expect(shape(await all())).toEqual(['001A 59', '001B', '58']);
    await record(
      write(ref(quickbooks, '58'), ref(salesforce, '001A')),
      write(ref(quickbooks, '59'), ref(salesforce, '001B')),
    );
    // Both at once the other way round: the ends change places.
    await record(
      write(ref(quickbooks, '58'), ref(salesforce, '001B')),
      write(ref(quickbooks, '59'), ref(salesforce, '001A')),
    );
    expect(shape(await all())).toEqual(['001A 59', '001B 58']);
    await record(
      write(ref(quickbooks, '58'), ref(salesforce, '001A')),
      write(ref(quickbooks, '59'), ref(salesforce, '001B')),
    );
    expect(shape(await all())).toEqual(['001A 58', '001B 59']);
  });

  it('are made once when many workers write at once', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_item, index) =>
        record(write([ref(quickbooks, '58'), ref(netsuite, '7')][index % 2] as RecordRef, ref(salesforce, '001A'))),
      ),
    );
    expect(shape(await all())).toEqual(['001A 58 7']);
  });

  it('are written once, with all that is known of them', async () => {
    const written = (...writes: RecordWrite[]): Promise<unknown> =>
      tenants.run(tenant, (tx) => rowsWrittenBy(tx, () => recordWrites(tx, writes)));
    const first = write(ref(quickbooks, '58'), ref(salesforce, '001A'), { version: '3', payloadText: '{"a":1}' });
    expect(await written(first, write(ref(quickbooks, '59'), null))).toEqual([
      'record_link_ends 3 0',
      'record_links 2 0',
    ]);
    const ends = await rememberedEnds();
    expect(ends).toMatchObject([
      { record_id: '001A', version: null, written: false, writes: [], deleted: false },
      {
        record_id: '58',
        version: '3',
        written: true,
        writes: [{ version: '3', fields: { '/a': [expect.any(String), expect.any(String)] } }],
      },
      { record_id: '59', version: null, written: true, writes: [{ fields: {} }] },
    ]);
    expect(await written({ ...first, write: { ...first.write!, version: '4' } })).toEqual([
      'record_link_ends 0 1',
      'record_links 0 0',
    ]);
    expect((await rememberedEnds())[1]).toMatchObject({ version: '4', writes: [{ version: '3' }, { version: '4' }] });
  });

  it('keep types apart, and show nothing to another tenant', async () => {
    await record(write(ref(quickbooks, '1'), ref(salesforce, 'x')), {
      ...write(ref(quickbooks, '1'), ref(salesforce, 'y')),
      type: 'invoice',
    });
    expect(shape(await all())).toEqual(['1 x', '1 y']);
    const other = (await database.createTenant()).id;
    const [mine] = await all();
    expect(await tenants.run(other, (tx) => listLinks(tx, { limit: 50, before: null }))).toEqual([]);
    expect(await tenants.run(other, (tx) => findLink(tx, mine?.id ?? ''))).toBeNull();
    expect(await tenants.run(other, (tx) => deleteLink(tx, mine?.id ?? ''))).toMatchObject({ ok: false });
  });
});

describe('links by hand', () => {
  const make = (...records: RecordRef[]): ReturnType<typeof createLink> =>
    tenants.run(tenant, (tx) => createLink(tx, 'customer', records));
  const made = async (...records: RecordRef[]): Promise<LinkRow> => {
    const result = await make(...records);
    if (!result.ok) throw new Error(result.error.detail);
    return result.value;
  };

  it('take in records that are known alone, and refuse what is linked, twice of a system, or of nobody', async () => {
    await record(write(ref(quickbooks, '58'), null));
    const first = await made(ref(salesforce, '001A'), ref(quickbooks, '58'));
    expect(shape([first])).toEqual(['001A 58']);
    expect(shape(await all())).toEqual(['001A 58']);
    expect(await make(ref(salesforce, '001A'), ref(netsuite, '7'))).toMatchObject({
      ok: false,
      error: { code: 'record_linked', faults: [{ pointer: '/ends/0' }] },
    });
    expect(await make(ref(salesforce, 'a'), ref(salesforce, 'b'))).toMatchObject({
      ok: false,
      error: { code: 'invalid_link' },
    });
    expect(await make(ref(newUuid(), 'a'), ref(salesforce, 'b'))).toMatchObject({
      ok: false,
      error: { faults: [{ pointer: '/ends/0/connection_id', code: 'unknown_connection' }] },
    });
    expect(
      await tenants.run((await database.createTenant()).id, (tx) =>
        createLink(tx, 'customer', [ref(salesforce, 'q'), posted('x', '1')]),
      ),
    ).toMatchObject({ ok: false });
  });

  it('merge, unless that makes two records of one system one', async () => {
    const one = await made(ref(salesforce, '001A'), ref(quickbooks, '58'));
    const two = await made(ref(netsuite, '7'), posted('shop', 'c-1'));
    const three = await made(ref(netsuite, '8'), posted('web', 'w'));
    const merge = (id: string, from: string): ReturnType<typeof mergeLinks> =>
      tenants.run(tenant, (tx) => mergeLinks(tx, id, from));
    expect(await merge(one.id, two.id)).toMatchObject({ ok: true, value: { id: one.id } });
    expect(shape(await all())).toEqual(['001A 58 7 c-1', '8 w']);
    expect(await merge(one.id, three.id)).toMatchObject({ ok: false, error: { code: 'links_contradict' } });
    expect(await merge(one.id, one.id)).toMatchObject({ ok: false, error: { code: 'invalid_merge' } });
    expect(await merge(one.id, two.id)).toMatchObject({ ok: false, error: { faults: [{ code: 'unknown_link' }] } });
    expect(await merge(newUuid(), one.id)).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  });

  it('let go of an end, and of a link', async () => {
    const one = await made(ref(salesforce, '001A'), ref(quickbooks, '58'));
    const end = one.ends.find((candidate) => candidate.record_id === '58');
    await tenants.run(tenant, (tx) => removeLinkEnd(tx, one.id, end?.id ?? ''));
    expect(shape(await all())).toEqual(['001A', '58']);
    expect(await link(ref(salesforce, '001A'), 'quickbooks')).toBeNull();
    const again = await tenants.run(tenant, (tx) => removeLinkEnd(tx, one.id, end?.id ?? ''));
    expect(again).toMatchObject({ ok: false, error: { kind: 'not_found' } });
    await tenants.run(tenant, (tx) =>
      removeLinkEnd(tx, one.id, one.ends.find((left) => left.id !== end?.id)?.id ?? ''),
    );
    expect(shape(await all())).toEqual(['58']);
    const [last] = await all();
    await tenants.run(tenant, (tx) => deleteLink(tx, last?.id ?? ''));
    expect(await all()).toEqual([]);
  });

  it('are found by what they hold, a page at a time', async () => {
    await record(
      ...Array.from({ length: 5 }, (_item, index) => write(ref(quickbooks, `${index}`), ref(salesforce, `s${index}`))),
    );
    await record({ ...write(ref(quickbooks, '1'), posted('shop', 'p')), type: 'product' });
    const list = (
      filter: Parameters<typeof listLinks>[2],
      limit = 50,
      before: string | null = null,
    ): Promise<LinkRow[]> => tenants.run(tenant, (tx) => listLinks(tx, { limit, before }, filter));
    expect((await list({ recordId: '1' })).map((one) => one.type).sort()).toEqual(['customer', 'product']);
    expect(await list({ recordId: '1', type: 'customer' })).toMatchObject([{ ends: [{}, {}] }]);
    expect((await list({ connectionId: salesforce })).length).toBe(5);
    expect((await list({ source: 'shop' })).length).toBe(1);
    expect((await list({ source: 'shop', recordId: '1' })).length).toBe(0);
    expect((await list({ deleted: true })).length).toBe(0);
    const first = await list({}, 4);
    const rest = await list({}, 4, first[3]?.id ?? null);
    expect(new Set([...first, ...rest].map((one) => one.id)).size).toBe(6);
  });
});

describe('the echo guard', () => {
  const idle = { underWay: () => Promise.resolve(new Set<string>()), settled: () => Promise.resolve() };
  const guard = (): LinkedEchoGuard => new LinkedEchoGuard({ tenants, inFlight: idle });
  const scope = (readAt?: Date): RecordScope => ({
    tenantId: tenant,
    connectionId: quickbooks,
    connectorId: 'quickbooks',
    object: 'Customer',
    canonicalType: 'customer',
    volatileFields: ['SyncToken'],
    readAt,
  });
  const pulled = (id: string, data: object, more: Partial<PulledRecord> = {}): PulledRecord => ({
    object: 'Customer',
    id,
    change: 'updated',
    version: null,
    modifiedAt: null,
    modifiedByUs: null,
    dataText: JSON.stringify(data),
    ...more,
  });
  const see = async (...records: PulledRecord[]): Promise<readonly string[]> => {
    const verdicts = await guard().classify(scope(), records);
    expect(await guard().classify(scope(), records)).toEqual(verdicts);
    await guard().observe(
      scope(),
      records.map((one, index) => ({ record: one, verdict: verdicts[index] ?? 'new' })),
    );
    return verdicts;
  };

  it('lets news through once, holds our own write back, and lets the next change through', async () => {
    const data = { Id: '58', Name: 'Acme', SyncToken: '1' };
    expect(await see(pulled('58', data), pulled('59', data))).toEqual(['new', 'new']);
    expect(await see(pulled('58', { ...data, SyncToken: '2' }))).toEqual(['unchanged']);
    await record(
      write(ref(quickbooks, '58'), ref(salesforce, '001A'), { payloadText: '{"Id":"58","Name":"Acme Ltd"}' }),
    );
    expect(await see(pulled('58', { ...data, Name: 'Acme Ltd' }))).toEqual(['echo']);
    expect(await see(pulled('58', { ...data, Name: 'Acme' }), pulled('58', { ...data, Name: 'Acme' }))).toEqual([
      'new',
      'unchanged',
    ]);
    expect(await see(pulled('58', { ...data, Name: 'Acme Ltd' }))).toEqual(['new']);
    expect(await link(ref(salesforce, '001A'), 'quickbooks')).toBe('58');
  });

  it('writes a record that it sees for the first time once, with what it has seen', async () => {
    const counts: unknown[] = [];
    const counting: Pick<TenantDb, 'run'> = {
      run: (id, work) =>
        tenants.run(id, async (tx) => {
          let result: Awaited<ReturnType<typeof work>> | undefined;
          counts.push(await rowsWrittenBy(tx, async () => (result = await work(tx))));
          return result as Awaited<ReturnType<typeof work>>;
        }),
    };
    const observe = (...records: PulledRecord[]): Promise<void> =>
      new LinkedEchoGuard({
        tenants: counting as TenantDb,
        inFlight: { underWay: () => Promise.resolve(new Set()), settled: () => Promise.resolve() },
      }).observe(
        scope(),
        records.map((one) => ({ record: one, verdict: 'new' })),
      );
    const gone = pulled('59', { Id: '59' }, { change: 'deleted' });
    await observe(pulled('58', { Id: '58', Name: 'Acme' }, { version: '7' }), gone);
    expect(counts).toEqual([['record_link_ends 2 0', 'record_links 2 0']]);
    expect(await rememberedEnds()).toMatchObject([
      { record_id: '58', object: scope().object, seen_version: '7', seen_once: true, deleted: false, written: false },
      { record_id: '59', object: scope().object, seen_version: null, seen_once: true, deleted: true, seen: null },
    ]);
    await observe(pulled('58', { Id: '58', Name: 'Acme Ltd' }, { version: '8' }));
    expect(counts[1]).toEqual(['record_link_ends 0 1', 'record_links 0 0']);
  });

  it('recognises a record that we have just made, by the version of our write', async () => {
    await record(
      write(ref(quickbooks, '60'), ref(salesforce, '001A'), {
        payloadText: '{"Name":"A"}',
        version: '0',
        created: true,
      }),
    );
    expect(await see(pulled('60', { Id: '60', Name: 'A', Active: true }, { version: '0' }))).toEqual(['echo']);
  });

  it('waits for what is being written, and judges again', async () => {
    const waited: string[][] = [];
    const waiting = new LinkedEchoGuard({
      tenants,
      inFlight: {
        underWay: () => Promise.resolve(new Set(['d1'])),
        settled: async (_tenant, _connection, writes) => {
          waited.push([...writes]);
          await record(
            write(ref(quickbooks, '61'), null, { payloadText: '{"Name":"A"}', version: '0', created: true }),
          );
        },
      },
    });
    const ours = pulled('61', { Id: '61', Name: 'A', Active: true }, { version: '0' });
    expect(await waiting.classify(scope(), [{ ...ours, modifiedByUs: false }])).toEqual(['new']);
    expect(waited).toEqual([]);
    expect(await waiting.classify(scope(), [ours])).toEqual(['echo']);
    expect(waited).toEqual([['d1']]);
  });

  it('asks what is being written before it looks up what was written', async () => {
    const late = new LinkedEchoGuard({
      tenants,
      inFlight: {
        ...idle,
        // It is settled at the very moment at which it is asked for.
        underWay: async () => {
          await record(
            write(ref(quickbooks, '62'), null, { payloadText: '{"Name":"A"}', version: '0', created: true }),
          );
          return new Set<string>();
        },
      },
    });
    expect(await late.classify(scope(), [pulled('62', { Id: '62', Name: 'A' }, { version: '0' })])).toEqual(['echo']);
  });

  it('remembers what is gone, points no link at it, and takes it back', async () => {
    await record(write(ref(quickbooks, '58'), ref(salesforce, '001A')));
    expect(await see(pulled('58', {}, { change: 'deleted' }))).toEqual(['new']);
    expect(await see(pulled('58', {}, { change: 'deleted' }))).toEqual(['unchanged']);
    expect(await link(ref(salesforce, '001A'), 'quickbooks')).toBeNull();
    expect(await see(pulled('58', { Name: 'back' }))).toEqual(['new']);
    expect(await link(ref(salesforce, '001A'), 'quickbooks')).toBe('58');
  });

  it('knows which records a whole listing has not shown', async () => {
    await see(...['1', '2', '3', '4'].map((id) => pulled(id, { id })));
    await database.asSuperuser((client) =>
      client.query(`update record_link_ends set seen_at = now() - interval '1 hour' where tenant_id = $1`, [tenant]),
    );
    const began = new Date(Date.now() - 60_000);
    await see(pulled('2', { id: '2' }));
    await record(write(ref(quickbooks, '4'), null), write(ref(quickbooks, '5'), null));
    const missing = (after: string | null, limit = 10): Promise<unknown> =>
      guard().notSeenSince(scope(), began, after, limit);
    expect(await missing(null)).toEqual([
      { id: '1', version: null },
      { id: '3', version: null },
    ]);
    expect(await missing('1')).toEqual([{ id: '3', version: null }]);
    expect(await missing(null, 1)).toEqual([{ id: '1', version: null }]);
    expect(await guard().notSeenSince({ ...scope(), object: 'Vendor' }, began, null, 10)).toEqual([]);
    await see(pulled('1', {}, { change: 'deleted' }));
    expect(await missing(null)).toEqual([{ id: '3', version: null }]);
  });
});
