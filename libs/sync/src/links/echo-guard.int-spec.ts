import { type PulledRecord } from '@hub/connector-sdk';
import { type TenantDb } from '@hub/tenancy';
import { type RecordScope } from '../pull/pull.ports';
import { LinkStage, ref, rowsWrittenBy, write } from '../testing/link-stage';
import { LinkedEchoGuard } from './echo-guard';

const stage = LinkStage.open();

describe('the echo guard', () => {
  const idle = { underWay: () => Promise.resolve(new Set<string>()), settled: () => Promise.resolve() };
  const guard = (): LinkedEchoGuard => new LinkedEchoGuard({ tenants: stage.tenants, inFlight: idle });
  const scope = (): RecordScope => ({
    tenantId: stage.tenant,
    connectionId: stage.quickbooks,
    connectorId: 'quickbooks',
    object: 'Customer',
    canonicalType: 'customer',
    volatileFields: ['SyncToken'],
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
    await stage.record(
      write(ref(stage.quickbooks, '58'), ref(stage.salesforce, '001A'), {
        payloadText: '{"Id":"58","Name":"Acme Ltd"}',
      }),
    );
    expect(await see(pulled('58', { ...data, Name: 'Acme Ltd' }))).toEqual(['echo']);
    expect(await see(pulled('58', { ...data, Name: 'Acme' }), pulled('58', { ...data, Name: 'Acme' }))).toEqual([
      'new',
      'unchanged',
    ]);
    expect(await see(pulled('58', { ...data, Name: 'Acme Ltd' }))).toEqual(['new']);
    expect(await stage.link(ref(stage.salesforce, '001A'), 'quickbooks')).toBe('58');
  });

  it('writes a record that it sees for the first time once, with what it has seen', async () => {
    const counts: unknown[] = [];
    const counting: Pick<TenantDb, 'run'> = {
      run: (id, work) =>
        stage.tenants.run(id, async (tx) => {
          let result: Awaited<ReturnType<typeof work>> | undefined;
          counts.push(await rowsWrittenBy(tx, async () => (result = await work(tx))));
          return result as Awaited<ReturnType<typeof work>>;
        }),
    };
    const observe = (...records: PulledRecord[]): Promise<void> =>
      new LinkedEchoGuard({ tenants: counting as TenantDb, inFlight: idle }).observe(
        scope(),
        records.map((one) => ({ record: one, verdict: 'new' })),
      );
    const gone = pulled('59', { Id: '59' }, { change: 'deleted' });
    await observe(pulled('58', { Id: '58', Name: 'Acme' }, { version: '7' }), gone);
    expect(counts).toEqual([['record_link_ends 2 0', 'record_links 2 0']]);
    expect(await stage.rememberedEnds()).toMatchObject([
      { record_id: '58', object: scope().object, seen_version: '7', seen_once: true, deleted: false, written: false },
      { record_id: '59', object: scope().object, seen_version: null, seen_once: true, deleted: true, seen: null },
    ]);
    await observe(pulled('58', { Id: '58', Name: 'Acme Ltd' }, { version: '8' }));
    expect(counts[1]).toEqual(['record_link_ends 0 1', 'record_links 0 0']);
  });

  it('recognises a record that we have just made, by the version of our write', async () => {
    await stage.record(
      write(ref(stage.quickbooks, '60'), ref(stage.salesforce, '001A'), {
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
      tenants: stage.tenants,
      inFlight: {
        underWay: () => Promise.resolve(new Set(['d1'])),
        settled: async (_tenant, _connection, writes) => {
          waited.push([...writes]);
          await stage.record(
            write(ref(stage.quickbooks, '61'), null, { payloadText: '{"Name":"A"}', version: '0', created: true }),
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
      tenants: stage.tenants,
      inFlight: {
        ...idle,
        // It is settled at the very moment at which it is asked for.
        underWay: async () => {
          await stage.record(
            write(ref(stage.quickbooks, '62'), null, { payloadText: '{"Name":"A"}', version: '0', created: true }),
          );
          return new Set<string>();
        },
      },
    });
    expect(await late.classify(scope(), [pulled('62', { Id: '62', Name: 'A' }, { version: '0' })])).toEqual(['echo']);
  });

  it('remembers what is gone, points no link at it, and takes it back', async () => {
    await stage.record(write(ref(stage.quickbooks, '58'), ref(stage.salesforce, '001A')));
    expect(await see(pulled('58', {}, { change: 'deleted' }))).toEqual(['new']);
    expect(await see(pulled('58', {}, { change: 'deleted' }))).toEqual(['unchanged']);
    expect(await stage.link(ref(stage.salesforce, '001A'), 'quickbooks')).toBeNull();
    expect(await see(pulled('58', { Name: 'back' }))).toEqual(['new']);
    expect(await stage.link(ref(stage.salesforce, '001A'), 'quickbooks')).toBe('58');
  });

  it('knows which records a whole listing has not shown', async () => {
    await see(...['1', '2', '3', '4'].map((id) => pulled(id, { id })));
    await stage.database.asSuperuser((client) =>
      client.query(`update record_link_ends set seen_at = now() - interval '1 hour' where tenant_id = $1`, [
        stage.tenant,
      ]),
    );
    const began = new Date(Date.now() - 60_000);
    await see(pulled('2', { id: '2' }));
    await stage.record(write(ref(stage.quickbooks, '4'), null), write(ref(stage.quickbooks, '5'), null));
    const missing = (after: string | null, limit = 10): Promise<unknown> =>
      guard().notSeenSince(scope(), began, after, limit);
    expect(await missing(null)).toEqual([
      { id: '1', version: null },
      { id: '3', version: null },
    ]);
    expect(await missing('1')).toEqual([{ id: '3', version: null }]);
    expect(await missing(null, 1)).toEqual([{ id: '1', version: null }]);
    expect(await guard().notSeenSince({ ...scope(), object: 'Vendor' }, began, null, 10)).toEqual([]);
    expect(await guard().countUnseen(scope(), began)).toEqual({ known: 4, unseen: 2 });
    expect(await guard().countUnseen({ ...scope(), object: 'Vendor' }, began)).toEqual({ known: 0, unseen: 0 });
    await see(pulled('1', {}, { change: 'deleted' }));
    expect(await missing(null)).toEqual([{ id: '3', version: null }]);
    expect(await guard().countUnseen(scope(), began)).toEqual({ known: 3, unseen: 1 });
  });
});
