import { newUuid } from '@hub/platform';
import { LinkStage, posted, ref, rowsWrittenBy, write } from '../testing/link-stage';
import { findLinkedIds } from './link-lookup';
import { createLink, deleteLink, findLink, listLinks, mergeLinks, removeLinkEnd } from './link.repository';
import { type LinkRow, type RecordRef } from './link.types';
import { recordWrites, type RecordWrite } from './record-writes';

const stage = LinkStage.open();
const all = (): Promise<LinkRow[]> => stage.run((tx) => listLinks(tx, { limit: 50, before: null }));
const shape = (links: readonly LinkRow[]): string[] =>
  links
    .map((one) =>
      one.ends
        .map((end) => end.record_id)
        .sort()
        .join(' '),
    )
    .sort();

describe('links', () => {
  it('are filled by writes, and found from every side', async () => {
    expect(await stage.record(write(ref(stage.quickbooks, '58'), ref(stage.salesforce, '001A')))).toEqual([
      { type: 'customer', recordId: '58' },
      { type: 'customer', recordId: '001A' },
    ]);
    await stage.record(write(ref(stage.netsuite, '7'), ref(stage.salesforce, '001A')));
    expect(await stage.link(ref(stage.salesforce, '001A'), 'quickbooks')).toBe('58');
    expect(await stage.link(ref(stage.quickbooks, '58'), 'netsuite')).toBe('7');
    expect(await stage.link(ref(stage.netsuite, '7'), 'netsuite')).toBe('7');
    expect(await stage.link(ref(stage.netsuite, '8'), 'quickbooks')).toBeNull();
    expect(await stage.link(ref(stage.salesforce, '001A'), 'erp')).toBeNull();
    expect(shape(await all())).toEqual(['001A 58 7']);
  });

  it('are found by connection, by source, and of several connections the one that is delivered to', async () => {
    const second = await stage.connection('quickbooks');
    await stage.record(
      write(ref(stage.quickbooks, '58'), posted('shop', 'c-1')),
      write(ref(second, '9'), posted('shop', 'c-1')),
    );
    expect(await stage.link(posted('shop', 'c-1'), 'quickbooks')).toBe('58');
    expect(await stage.link(posted('shop', 'c-1'), 'quickbooks', second)).toBe('9');
    expect(await stage.link(ref(second, '9'), 'shop')).toBe('c-1');
    const byConnection = await stage.run((tx) =>
      findLinkedIds(tx, [{ from: 'src:shop', type: 'customer', id: 'c-1', system: { connectionId: second } }], null),
    );
    expect(byConnection).toEqual(['9']);
    await stage.database.asSuperuser((client) =>
      client.query(`update connections set deleted_at = now() where id = $1`, [stage.quickbooks]),
    );
    expect(await stage.link(posted('shop', 'c-1'), 'quickbooks')).toBe('9');
  });

  it('believe the newest write, and keep what it pushes out', async () => {
    await stage.record(
      write(ref(stage.quickbooks, '58'), ref(stage.salesforce, '001A')),
      write(ref(stage.quickbooks, '59'), ref(stage.salesforce, '001B')),
    );
    await stage.record(write(ref(stage.quickbooks, '59'), ref(stage.salesforce, '001A')));
    expect(shape(await all())).toEqual(['001A 59', '001B', '58']);
    await stage.record(
      write(ref(stage.quickbooks, '58'), ref(stage.salesforce, '001A')),
      write(ref(stage.quickbooks, '59'), ref(stage.salesforce, '001B')),
    );
    // Both at once the other way round: the ends change places.
    await stage.record(
      write(ref(stage.quickbooks, '58'), ref(stage.salesforce, '001B')),
      write(ref(stage.quickbooks, '59'), ref(stage.salesforce, '001A')),
    );
    expect(shape(await all())).toEqual(['001A 59', '001B 58']);
    await stage.record(
      write(ref(stage.quickbooks, '58'), ref(stage.salesforce, '001A')),
      write(ref(stage.quickbooks, '59'), ref(stage.salesforce, '001B')),
    );
    expect(shape(await all())).toEqual(['001A 58', '001B 59']);
  });

  it('are made once when many workers write at once', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_item, index) =>
        stage.record(
          write(
            [ref(stage.quickbooks, '58'), ref(stage.netsuite, '7')][index % 2] as RecordRef,
            ref(stage.salesforce, '001A'),
          ),
        ),
      ),
    );
    expect(shape(await all())).toEqual(['001A 58 7']);
  });

  it('are written once, with all that is known of them', async () => {
    const written = (...writes: RecordWrite[]): Promise<unknown> =>
      stage.run((tx) => rowsWrittenBy(tx, () => recordWrites(tx, writes)));
    const first = write(ref(stage.quickbooks, '58'), ref(stage.salesforce, '001A'), {
      version: '3',
      payloadText: '{"a":1}',
    });
    expect(await written(first, write(ref(stage.quickbooks, '59'), null))).toEqual([
      'record_link_ends 3 0',
      'record_links 2 0',
    ]);
    const ends = await stage.rememberedEnds();
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
    expect((await stage.rememberedEnds())[1]).toMatchObject({
      version: '4',
      writes: [{ version: '3' }, { version: '4' }],
    });
  });

  it('keep types apart, and show nothing to another tenant', async () => {
    await stage.record(write(ref(stage.quickbooks, '1'), ref(stage.salesforce, 'x')), {
      ...write(ref(stage.quickbooks, '1'), ref(stage.salesforce, 'y')),
      type: 'invoice',
    });
    expect(shape(await all())).toEqual(['1 x', '1 y']);
    const other = (await stage.database.createTenant()).id;
    const [mine] = await all();
    expect(await stage.tenants.run(other, (tx) => listLinks(tx, { limit: 50, before: null }))).toEqual([]);
    expect(await stage.tenants.run(other, (tx) => findLink(tx, mine?.id ?? ''))).toBeNull();
    expect(await stage.tenants.run(other, (tx) => deleteLink(tx, mine?.id ?? ''))).toMatchObject({ ok: false });
  });
});

describe('links by hand', () => {
  const make = (...records: RecordRef[]): ReturnType<typeof createLink> =>
    stage.run((tx) => createLink(tx, 'customer', records));
  const made = async (...records: RecordRef[]): Promise<LinkRow> => {
    const result = await make(...records);
    if (!result.ok) throw new Error(result.error.detail);
    return result.value;
  };

  it('take in records that are known alone, and refuse what is linked, twice of a system, or of nobody', async () => {
    await stage.record(write(ref(stage.quickbooks, '58'), null));
    const first = await made(ref(stage.salesforce, '001A'), ref(stage.quickbooks, '58'));
    expect(shape([first])).toEqual(['001A 58']);
    expect(shape(await all())).toEqual(['001A 58']);
    expect(await make(ref(stage.salesforce, '001A'), ref(stage.netsuite, '7'))).toMatchObject({
      ok: false,
      error: { code: 'record_linked', faults: [{ pointer: '/ends/0' }] },
    });
    expect(await make(ref(stage.salesforce, 'a'), ref(stage.salesforce, 'b'))).toMatchObject({
      ok: false,
      error: { code: 'invalid_link' },
    });
    expect(await make(ref(newUuid(), 'a'), ref(stage.salesforce, 'b'))).toMatchObject({
      ok: false,
      error: { faults: [{ pointer: '/ends/0/connection_id', code: 'unknown_connection' }] },
    });
    expect(
      await stage.tenants.run((await stage.database.createTenant()).id, (tx) =>
        createLink(tx, 'customer', [ref(stage.salesforce, 'q'), posted('x', '1')]),
      ),
    ).toMatchObject({ ok: false });
  });

  it('merge, unless that makes two records of one system one', async () => {
    const one = await made(ref(stage.salesforce, '001A'), ref(stage.quickbooks, '58'));
    const two = await made(ref(stage.netsuite, '7'), posted('shop', 'c-1'));
    const three = await made(ref(stage.netsuite, '8'), posted('web', 'w'));
    const merge = (id: string, from: string): ReturnType<typeof mergeLinks> =>
      stage.run((tx) => mergeLinks(tx, id, from));
    expect(await merge(one.id, two.id)).toMatchObject({ ok: true, value: { id: one.id } });
    expect(shape(await all())).toEqual(['001A 58 7 c-1', '8 w']);
    expect(await merge(one.id, three.id)).toMatchObject({ ok: false, error: { code: 'links_contradict' } });
    expect(await merge(one.id, one.id)).toMatchObject({ ok: false, error: { code: 'invalid_merge' } });
    expect(await merge(one.id, two.id)).toMatchObject({ ok: false, error: { faults: [{ code: 'unknown_link' }] } });
    expect(await merge(newUuid(), one.id)).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  });

  it('let go of an end, and of a link', async () => {
    const one = await made(ref(stage.salesforce, '001A'), ref(stage.quickbooks, '58'));
    const end = one.ends.find((candidate) => candidate.record_id === '58');
    await stage.run((tx) => removeLinkEnd(tx, one.id, end?.id ?? ''));
    expect(shape(await all())).toEqual(['001A', '58']);
    expect(await stage.link(ref(stage.salesforce, '001A'), 'quickbooks')).toBeNull();
    const again = await stage.run((tx) => removeLinkEnd(tx, one.id, end?.id ?? ''));
    expect(again).toMatchObject({ ok: false, error: { kind: 'not_found' } });
    await stage.run((tx) => removeLinkEnd(tx, one.id, one.ends.find((left) => left.id !== end?.id)?.id ?? ''));
    expect(shape(await all())).toEqual(['58']);
    const [last] = await all();
    await stage.run((tx) => deleteLink(tx, last?.id ?? ''));
    expect(await all()).toEqual([]);
  });

  it('are found by what they hold, a page at a time', async () => {
    await stage.record(
      ...Array.from({ length: 5 }, (_item, index) =>
        write(ref(stage.quickbooks, `${index}`), ref(stage.salesforce, `s${index}`)),
      ),
    );
    await stage.record({ ...write(ref(stage.quickbooks, '1'), posted('shop', 'p')), type: 'product' });
    const list = (
      filter: Parameters<typeof listLinks>[2],
      limit = 50,
      before: string | null = null,
    ): Promise<LinkRow[]> => stage.run((tx) => listLinks(tx, { limit, before }, filter));
    expect((await list({ recordId: '1' })).map((one) => one.type).sort()).toEqual(['customer', 'product']);
    expect(await list({ recordId: '1', type: 'customer' })).toMatchObject([{ ends: [{}, {}] }]);
    expect((await list({ connectionId: stage.salesforce })).length).toBe(5);
    expect((await list({ source: 'shop' })).length).toBe(1);
    expect((await list({ source: 'shop', recordId: '1' })).length).toBe(0);
    expect((await list({ deleted: true })).length).toBe(0);
    const first = await list({}, 4);
    const rest = await list({}, 4, first[3]?.id ?? null);
    expect(new Set([...first, ...rest].map((one) => one.id)).size).toBe(6);
  });
});
