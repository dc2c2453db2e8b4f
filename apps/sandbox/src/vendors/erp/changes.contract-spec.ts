import { ErpFixture, texts, type SoapAnswer } from './fixtures/erp-fixture';

interface Page {
  readonly keys: string[];
  readonly stamps: string[];
  readonly deleted: string[];
  readonly cursor: string | undefined;
  readonly hasMore: boolean;
}

describe('changes of the ERP sandbox', () => {
  let fixture: ErpFixture;

  beforeAll(async () => {
    fixture = await ErpFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    await fixture.settings({ call_delay_ms: 0 });
  });

  const ask = (args: { since?: string; cursor?: string; max?: number; entity?: string }): Promise<SoapAnswer> =>
    fixture.call(
      'GetChangesSince',
      [
        `<EntityType>${args.entity ?? 'Customer'}</EntityType>`,
        args.since === undefined ? '' : `<Since>${args.since}</Since>`,
        args.cursor === undefined ? '' : `<Cursor>${args.cursor}</Cursor>`,
        args.max === undefined ? '' : `<MaxRows>${args.max}</MaxRows>`,
      ].join(''),
    );
  const changes = async (args: Parameters<typeof ask>[0]): Promise<Page> => {
    const { body, fault } = await ask(args);
    if (fault) throw new Error(JSON.stringify(fault));
    return {
      keys: texts(body, 'CustNo'),
      stamps: texts(body, 'ModifiedOn'),
      deleted: texts(body, 'Key'),
      cursor: texts(body, 'NextCursor')[0],
      hasMore: texts(body, 'HasMore')[0] === 'true',
    };
  };
  /** Reads until the server says that it is done. */
  const drain = async (
    args: Parameters<typeof ask>[0],
  ): Promise<{ keys: string[]; cursor?: string; calls: number }> => {
    const keys: string[] = [];
    let { cursor } = args;
    for (let calls = 1; calls <= 100; calls++) {
      const page = await changes(cursor === undefined ? args : { ...args, cursor, since: undefined });
      keys.push(...page.keys);
      ({ cursor } = page);
      if (!page.hasMore) return { keys, cursor, calls };
    }
    throw new Error('it never ends');
  };
  const touch = (key: string, more: object = {}): Promise<unknown> => fixture.admin('POST', '/touch', { key, ...more });
  /** At a time that is behind all that the company began with, which is made a month before today. */
  const freeze = (at: string): Promise<unknown> => fixture.admin('POST', '/clock', { freeze: at });

  it('carries 500 rows of one stamp and one version over every page border', async () => {
    const { cursor } = await drain({});
    const modified_on = '2026-05-05T05:05:05Z';
    await fixture.admin('POST', '/seed', { generate: 500, one_transaction: true, modified_on });
    const { keys, calls } = await drain({ cursor, max: 100 });
    expect([keys.length, new Set(keys).size, calls]).toEqual([500, 500, 5]);
    const since = await drain({ since: modified_on, max: 70 });
    expect(new Set(since.keys).size).toBeGreaterThanOrEqual(500);
    expect(new Set(since.keys).size).toBe(since.keys.length);
  });

  it('drops the ties of the last second for who asks by Since alone with >', async () => {
    await fixture.settings({ cursors: false, since_inclusive: false });
    await fixture.admin('POST', '/seed', { generate: 20, one_transaction: true, modified_on: '2035-05-05T05:05:05Z' });
    const first = await changes({ since: '2035-01-01T00:00:00Z', max: 15 });
    expect([first.keys.length, first.hasMore, first.cursor]).toEqual([15, true, undefined]);
    const second = await changes({ since: first.stamps.at(-1), max: 15 });
    expect(second.keys).toEqual([]);
    await fixture.settings({ since_inclusive: true });
    const overlapping = await changes({ since: first.stamps.at(-1), max: 100 });
    expect(overlapping.keys).toHaveLength(20);
    expect((await ask({ cursor: 'abc' })).fault?.detail).toMatchObject({ Code: 'ERP-1003', Field: 'Cursor' });
  });

  it('loses a change of the second two o’clock of the DST night to a wall-clock watermark, and none to a cursor', async () => {
    await freeze('2035-10-28T00:30:00Z');
    const { cursor } = await drain({});
    await touch('000001');
    const page = await changes({ cursor });
    expect(page.stamps).toEqual(['2035-10-28T02:30:00']);
    await freeze('2035-10-28T01:10:00Z');
    await touch('000002');
    expect((await changes({ since: page.stamps[0] })).keys).toEqual(['000001']);
    const next = await changes({ cursor: page.cursor });
    expect([next.keys, next.stamps]).toEqual([['000002'], ['2035-10-28T02:10:00']]);
    await fixture.settings({ time_format: 'offset' });
    expect((await changes({ since: '2035-10-28T02:30:00+02:00' })).stamps).toEqual([
      '2035-10-28T02:30:00+02:00',
      '2035-10-28T02:10:00+01:00',
    ]);
    await fixture.settings({ time_format: 'utc' });
    expect((await changes({ since: '2035-10-28T00:30:00Z' })).stamps).toEqual([
      '2035-10-28T00:30:00Z',
      '2035-10-28T01:10:00Z',
    ]);
  });

  it('shows rows when they are committed, stamped when they were written', async () => {
    await freeze('2035-01-01T10:00:00Z');
    const { cursor } = await drain({});
    await touch('000001', { hold: true, fields: { Phone: '1' } });
    await freeze('2035-01-01T10:05:00Z');
    await touch('000002');
    const page = await changes({ cursor });
    expect(page.keys).toEqual(['000002']);
    await fixture.admin('POST', '/transactions/commit', {});
    const late = await changes({ cursor: page.cursor });
    expect([late.keys, late.stamps]).toEqual([['000001'], ['2035-01-01T11:00:00']]);
    expect((await changes({ since: '2035-01-01T10:01:00Z' })).keys).toEqual(['000002']);
  });

  it('lets a late commit appear behind the cursor when versions go by statement', async () => {
    await fixture.settings({ version_order: 'statement' });
    const { cursor } = await drain({});
    await touch('000001', { commit_after_ms: 60_000 });
    await touch('000002');
    const page = await changes({ cursor });
    await fixture.admin('POST', '/clock', { advance_ms: 60_001 });
    expect((await changes({ cursor: page.cursor })).keys).toEqual([]);
    expect((await changes({ cursor })).keys).toEqual(['000001', '000002']);
  });

  it('locks a row for others while its transaction is open', async () => {
    await touch('000001', { hold: true });
    const write = (): Promise<SoapAnswer> =>
      fixture.call(
        'UpsertCustomer',
        '<MessageId>m</MessageId><Customer><CustNo>000001</CustNo><Name>B</Name></Customer>',
      );
    expect((await write()).fault).toMatchObject({
      code: 'soap:Server',
      detail: { Code: 'ERP-9001', Retryable: 'true' },
    });
    await fixture.admin('POST', '/transactions/commit', {});
    expect((await write()).status).toBe(200);
  });

  it('has odd ways to say that there is more', async () => {
    await fixture.settings({ has_more: 'empty_page' });
    const legal = await drain({ max: 50 });
    expect([legal.keys.length, new Set(legal.keys).size, legal.calls]).toEqual([75, 75, 4]);
    await fixture.settings({ has_more: 'extra_page' });
    const extra = await drain({ max: 25 });
    expect([extra.keys.length, extra.calls]).toEqual([75, 4]);
    await fixture.settings({ has_more: 'never' });
    const liar = await changes({ max: 50 });
    expect([liar.hasMore, (await changes({ cursor: liar.cursor })).keys.length]).toEqual([false, 25]);
    await fixture.settings({ has_more: 'stuck' });
    const first = await changes({ cursor: liar.cursor });
    const second = await changes({ cursor: first.cursor });
    expect([first.hasMore, second.cursor, second.keys]).toEqual([true, first.cursor, first.keys]);
  });

  it('keeps Since over all pages, and leaves it behind once drained', async () => {
    const { keys, cursor } = await drain({ since: '2035-01-01T00:00:00Z' });
    expect(keys).toEqual([]);
    await touch('000001');
    expect((await changes({ cursor })).keys).toEqual(['000001']);
    await fixture.admin('POST', '/seed', { generate: 5, modified_on: '2036-01-01T00:00:00Z' });
    await fixture.admin('POST', '/seed', { generate: 5, modified_on: '2034-01-01T00:00:00Z' });
    expect((await drain({ since: '2035-01-01T00:00:00Z', max: 2 })).keys).toHaveLength(5);
  });

  it('lists deletions, or forgets them', async () => {
    const { cursor } = await drain({});
    await touch('000005', { delete: true });
    expect((await changes({ cursor })).deleted).toEqual(['000005']);
    await fixture.settings({ deletes: 'silent' });
    expect((await changes({ cursor })).deleted).toEqual([]);
    expect((await drain({})).keys).toHaveLength(74);
  });

  it('touches every row each night, and changes none of them', async () => {
    await freeze('2035-03-01T00:00:00Z');
    await fixture.settings({
      company: 'acme',
      nightly_window: { from: '02:00', to: '04:00' },
      nightly_touch_all: true,
    });
    const { cursor } = await drain({});
    await freeze('2035-03-01T06:00:00Z');
    const flood = await changes({ cursor, max: 500 });
    expect(flood.keys).toHaveLength(75);
    expect(new Set(flood.stamps)).toEqual(new Set(['2035-03-01T04:00:00']));
    const again = await fixture.admin<{ touched: number }>('POST', '/nightly', {});
    expect(again.body.touched).toBeGreaterThan(100);
    expect((await changes({ cursor: flood.cursor, max: 500 })).keys).toHaveLength(75);
  });

  it('refuses what it does not know', async () => {
    const { cursor } = await changes({});
    const details = [
      await ask({ entity: 'customer' }),
      await ask({ max: 0 }),
      await ask({ cursor: 'nonsense' }),
      await ask({ entity: 'Invoice', cursor }),
      await fixture.call('GetChangesSince', `<EntityType>Customer</EntityType><Cursor>${cursor ?? ''}</Cursor>`, {
        path: '/erp/200',
        security: fixture.token(fixture.account(1)),
      }),
    ].map(({ fault }) => [fault?.detail.Code, fault?.detail.Field]);
    expect(details).toEqual([
      ['ERP-1003', 'EntityType'],
      ['ERP-1003', 'MaxRows'],
      ['ERP-1003', 'Cursor'],
      ['ERP-1003', 'Cursor'],
      ['ERP-1003', 'Cursor'],
    ]);
  });
});
