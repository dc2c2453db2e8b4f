import { type JsonObject } from '@hub/platform';
import { dataOf, ErpFixture, idsOf } from './erp.fixture';

const MINUTE = 60_000;

describe('polling the ERP', () => {
  let erp: ErpFixture;

  beforeAll(async () => {
    erp = await ErpFixture.start();
  });
  afterAll(() => erp.stop());
  beforeEach(() => erp.reset());

  /** Changed rows of the kind that a poll brings, after the overlap has passed. */
  const started = async (config = {}) => {
    const context = erp.context(config);
    const start = await erp.pull(context);
    expect(start.error).toBeNull();
    await erp.advance(20 * MINUTE);
    return { context, start };
  };

  it('begins now, finds what has changed since, and what was deleted', async () => {
    const { context, start } = await started();
    expect(start.records).toEqual([]);
    await erp.control('POST', 'touch', { key: '000008', fields: { Phone: '+49 1' } });
    await erp.control('POST', 'touch', { key: '000009', delete: true });
    const first = await erp.pull(context, { cursor: start.cursor });
    expect(first.records.map(({ id, change }) => [id, change])).toEqual([
      ['000009', 'deleted'],
      ['000008', 'updated'],
    ]);
    expect(dataOf(first.records[1])).toMatchObject({
      CustNo: '000008',
      CreditLimit: '12345678901234.5670',
      Blocked: 'N',
    });
    expect(first.records[1]?.version).toMatch(/^90071992547\d{5}$/);
    await erp.advance(20 * MINUTE);
    const second = await erp.pull(context, { cursor: first.cursor });
    await erp.advance(20 * MINUTE);
    expect(idsOf(await erp.pull(context, { cursor: second.cursor }))).toEqual([]);
  });

  it('loses none of 500 rows that share one stamp and one version, across pages and a restart in the middle', async () => {
    const { context, start } = await started({ page_size: 70 });
    const keys = await erp.seed({ generate: 500, one_transaction: true });
    const whole = await erp.pull(context, { cursor: start.cursor });
    expect([...idsOf(whole)].sort()).toEqual([...keys].sort());
    expect(whole.pages).toBe(8);
    const page = await erp.page(context, { cursor: start.cursor });
    if (!page.ok) throw new Error(page.error.message);
    const again = await erp.pull(context, { cursor: page.value.cursor });
    expect(new Set([...idsOf(page.value), ...idsOf(again)])).toEqual(new Set(keys));
  });

  it('loses none of them where there is only Since, inclusive or not', async () => {
    for (const since_inclusive of [true, false]) {
      await erp.reset({ cursors: false, since_inclusive, page_size_max: 1_000 });
      const { context, start } = await started({ page_size: 70 });
      const keys = await erp.seed({ generate: 500, one_transaction: true });
      await erp.advance(5_000);
      const later = await erp.seed({ generate: 200 });
      const found = await erp.pull(context, { cursor: start.cursor });
      expect(found.error).toBeNull();
      expect(new Set(idsOf(found))).toEqual(new Set([...keys, ...later]));
    }
  });

  it('stops with a name for it where more rows share a second than the system gives', async () => {
    await erp.reset({ cursors: false, page_size_max: 200 });
    const { context, start } = await started();
    await erp.seed({ generate: 500, one_transaction: true });
    expect((await erp.pull(context, { cursor: start.cursor })).error).toMatchObject({
      category: 'config',
      code: 'ties_exceed_page',
    });
  });

  it.each(['empty_page', 'extra_page', 'never'])('is not misled by HasMore: %s', async (has_more) => {
    for (const cursors of [true, false]) {
      await erp.reset({ has_more, cursors });
      const { context, start } = await started({ page_size: 25 });
      const keys = await erp.seed({ generate: 100 });
      const found = await erp.pull(context, { cursor: start.cursor });
      expect([cursors, found.error, new Set(idsOf(found))]).toEqual([cursors, null, new Set(keys)]);
    }
  });

  it('ends a listing that never ends, with a name for it, after few calls', async () => {
    await erp.reset({ has_more: 'stuck' });
    const before = await erp.calls();
    const found = await erp.pull(erp.context());
    expect(found.error).toMatchObject({ category: 'config', code: 'listing_stuck' });
    expect((await erp.calls()) - before).toBeLessThan(5);
  });

  it.each(['commit', 'statement'])(
    'finds rows of a transaction that was open during a poll, by %s order',
    async (order) => {
      await erp.reset({ version_order: order });
      const { context, start } = await started();
      await erp.seed({ records: [{ Name: 'late' }], hold: true });
      await erp.advance(2 * MINUTE);
      await erp.seed({ records: [{ Name: 'in between' }] });
      const meanwhile = await erp.pull(context, { cursor: start.cursor });
      expect(meanwhile.records.map((record) => dataOf(record)['Name'])).toEqual(['in between']);
      await erp.advance(2 * MINUTE);
      await erp.control('POST', 'transactions/commit', {});
      const again = await erp.pull(context, { cursor: meanwhile.cursor });
      expect(again.records.map((record) => dataOf(record)['Name'])).toContain('late');
    },
  );

  it('finds a late row by Since alone, too', async () => {
    await erp.reset({ cursors: false });
    const { context, start } = await started();
    await erp.seed({ records: [{ Name: 'late' }], hold: true });
    await erp.advance(5 * MINUTE);
    const meanwhile = await erp.pull(context, { cursor: start.cursor });
    await erp.control('POST', 'transactions/commit', {});
    const again = await erp.pull(context, { cursor: meanwhile.cursor });
    expect(again.records.map((record) => dataOf(record)['Name'])).toEqual(['late']);
  });

  it('loses nothing in the night that has an hour twice', async () => {
    for (const cursors of [true, false]) {
      await erp.reset({ cursors });
      // 02:50 summer time; the clocks go back to 02:00 at 01:00 UTC.
      await erp.control('POST', 'clock', { freeze: '2027-10-31T00:50:00Z' });
      const context = erp.context();
      let { cursor } = await erp.pull(context);
      const found = new Set<string>();
      const made: string[] = [];
      for (let minutes = 0; minutes < 150; minutes += 15) {
        made.push(...(await erp.seed({ records: [{ Name: `after ${minutes}` }] })));
        await erp.advance(15 * MINUTE);
        const poll = await erp.pull(context, { cursor });
        expect(poll.error).toBeNull();
        idsOf(poll).forEach((id) => found.add(id));
        cursor = poll.cursor;
      }
      expect([cursors, made.filter((id) => !found.has(id))]).toEqual([cursors, []]);
    }
  });

  it('finds what was changed in the second of the two hours when it was last there in the first', async () => {
    for (const cursors of [true, false]) {
      await erp.reset({ cursors });
      // 02:50 summer time, then a row at 02:05 winter time, and no poll before 03:10.
      await erp.control('POST', 'clock', { freeze: '2027-10-31T00:50:00Z' });
      const { cursor } = await erp.pull(erp.context());
      await erp.advance(15 * MINUTE);
      const keys = await erp.seed({ records: [{ Name: 'in the second hour' }] });
      await erp.advance(65 * MINUTE);
      const poll = await erp.pull(erp.context(), { cursor });
      expect([cursors, idsOf(poll)]).toEqual([cursors, expect.arrayContaining(keys)]);
    }
  });

  it.each(['utc', 'offset', 'local'])(
    'goes back to an instant in a system that prints %s time',
    async (time_format) => {
      for (const cursors of [true, false]) {
        await erp.reset({ time_format, cursors });
        const now = (await erp.control<{ now: string }>('GET', 'clock')).now;
        const [early, late] = await Promise.all(
          [90, 30].map((minutes) =>
            erp.seed({
              records: [{ Name: `${minutes} minutes ago` }],
              modified_on: new Date(Date.parse(now) - minutes * MINUTE).toISOString(),
            }),
          ),
        );
        const since = new Date(Date.parse(now) - 60 * MINUTE).toISOString();
        const found = await erp.pull(erp.context(), { since });
        expect(idsOf(found)).toContain(late?.[0]);
        expect(idsOf(found)).not.toContain(early?.[0]);
        const record = found.records.find(({ id }) => id === late?.[0]);
        expect(Math.abs(Date.parse(record?.modifiedAt ?? '') - (Date.parse(now) - 30 * MINUTE))).toBeLessThan(1_000);
      }
    },
  );

  it('makes no more calls than configured, rests, and goes on where it was', async () => {
    const { context, start } = await started({ page_size: 10, pull_max_calls: 3, pull_rest_seconds: 60 });
    const keys = await erp.seed({ generate: 60 });
    const before = await erp.calls();
    const first = await erp.pull(context, { cursor: start.cursor });
    expect(first.error).toMatchObject({ category: 'concurrency', code: 'calls_used_up' });
    expect(first.error?.retryAfterMs).toBeGreaterThan(0);
    expect(first.records).toHaveLength(30);
    expect((await erp.calls()) - before).toBe(3);
    // Asked again at once, as by a second worker: still no call.
    expect((await erp.pull(context, { cursor: first.cursor })).error?.code).toBe('calls_used_up');
    expect((await erp.calls()) - before).toBe(3);
    // As if its rest were over.
    const run = { ...(first.cursor['run'] as JsonObject), restsUntil: new Date(0).toISOString() };
    const second = await erp.pull(context, { cursor: { ...first.cursor, run } });
    expect(second.records).toHaveLength(30);
    expect(new Set([...idsOf(first), ...idsOf(second)])).toEqual(new Set(keys));
    expect((await erp.calls()) - before).toBe(6);
  });

  it('lists everything, and knows what is gone without a trace', async () => {
    await erp.reset({ deletes: 'silent' });
    const context = erp.context({ page_size: 20 });
    await erp.control('POST', 'touch', { key: '000005', delete: true });
    const full = await erp.pull(context, { mode: 'full' });
    expect(full.error).toBeNull();
    expect(idsOf(full)).toHaveLength(74);
    expect(idsOf(full)).not.toContain('000005');
    const read = await erp.connector.readRecords(context, 'Customer', ['000005', '000006']);
    expect(read.ok && read.value.map(({ id }) => id)).toEqual(['000006']);
    const many = Array.from({ length: 20 }, (_, i) => String(i + 1).padStart(6, '0'));
    const calls = await erp.calls();
    const listed = await erp.connector.readRecords(context, 'Customer', many);
    expect(listed.ok && listed.value.map(({ id }) => id).sort()).toEqual(many.filter((id) => id !== '000005'));
    expect((await erp.calls()) - calls).toBe(5);
    const payments = await erp.connector.readRecords(context, 'Payment', ['ZE000001', 'ZE999999']);
    expect(payments.ok && payments.value.map(({ id }) => id)).toEqual(['ZE000001']);
  });

  it('reads through all habits of printing', async () => {
    await erp.reset({
      number_format: 'german',
      boolean_format: 'J/N',
      empty_date: '00000000',
      padded_keys: 12,
      code_page: 'iso-8859-1',
      charset_in_header: false,
      soap_prefix: 'SOAP-ENV',
      body_prefix: '',
      ok_status: 500,
    });
    const context = erp.context({ number_format: 'german', code_page: 'iso-8859-1' });
    const customers = await erp.pull(context, { mode: 'full' });
    expect(customers.error).toBeNull();
    const rich = customers.records.find(({ id }) => id === '000008');
    expect(dataOf(rich)).toMatchObject({ CustNo: '000008', CreditLimit: '12345678901234.567', Blocked: 'N' });
    expect(dataOf(customers.records.find(({ id }) => id === '000012'))['Blocked']).toBe('Y');
    expect(dataOf(customers.records[0])['Name']).toBe('Müller Werkzeugbau GmbH');
    const invoices = await erp.pull(context, { object: 'Invoice', mode: 'full' });
    expect(invoices.error).toBeNull();
    expect(idsOf(invoices)).toContain('00000006');
    for (const record of invoices.records) {
      const { DueDate = null, Total } = dataOf(record);
      if (DueDate !== null) expect(DueDate).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(Total).toMatch(/^\d+\.\d+$/);
    }
  });

  it('gives invoices that are numbered by year an id with the year', async () => {
    await erp.reset({ invoice_numbering: 'per_year', closed_until: null });
    const line = { LineNo: 1, Qty: '1', UnitPrice: '5', LineAmount: '5' };
    const invoice = (InvDate: string) => ({
      CustNo: '000020',
      InvDate,
      Currency: 'EUR',
      Total: '5',
      Lines: { Line: [line] },
    });
    await erp.seed({ entity: 'Invoice', records: [invoice('2030-05-01'), invoice('2031-05-01')] });
    const context = erp.context({ invoice_numbers: 'per_year' });
    const found = await erp.pull(context, { object: 'Invoice', mode: 'full' });
    expect(idsOf(found)).toEqual(expect.arrayContaining(['2030/00000001', '2031/00000001']));
    expect(new Set(idsOf(found)).size).toBe(found.records.length);
    const made = await erp.deliver('invoice.create', { ...invoice('2031-06-01'), ExtRef: 'by-year' }, { context });
    expect(made).toMatchObject({ ok: true, externalId: '2031/00000002' });
    const cancelled = await erp.deliver(
      'invoice.deactivate',
      { InvoiceNo: '2031/00000002', ExtRef: 'by-year' },
      { context },
    );
    expect(cancelled).toMatchObject({ ok: true, externalId: '2031/00000002' });
    expect(await erp.deliver('invoice.deactivate', { InvoiceNo: '2029/00000001' }, { context })).toMatchObject({
      ok: false,
      error: { category: 'not_found', code: 'other_fiscal_year' },
    });
  });

  it('keeps away at night, by its own window and by what the system says', async () => {
    const local = (shiftMinutes: number) =>
      new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' }).format(
        Date.now() + shiftMinutes * MINUTE,
      );
    const window = { from: local(-5), to: local(10) };
    const closed = erp.context({ nightly_window: window });
    const before = await erp.calls();
    const refused = await erp.pull(closed);
    expect(refused.error).toMatchObject({ category: 'rate_limited', code: 'nightly_window' });
    expect(refused.error?.retryAfterMs).toBeLessThanOrEqual(10 * MINUTE);
    expect(refused.error?.retryAfterMs).toBeGreaterThan(8 * MINUTE);
    expect(await erp.deliver('customer.upsert', { Name: 'Ace' }, { context: closed })).toMatchObject({
      ok: false,
      error: { category: 'rate_limited' },
    });
    expect(await erp.calls()).toBe(before);
    await erp.settings({ nightly_window: window });
    expect((await erp.pull(erp.context())).error).toMatchObject({
      category: 'rate_limited',
      code: 'ERP-9002',
      retryAfterMs: 15 * MINUTE,
    });
  });

  it('waits when all sessions are taken, and begins anew when its cursor is not known any more', async () => {
    const { context, start } = await started();
    await erp.settings({ session_limit: 1, call_delay_ms: 300 });
    const pages = await Promise.all([erp.page(context, { cursor: start.cursor }), erp.page(context, { mode: 'full' })]);
    const errors = pages.flatMap((page) => (page.ok ? [] : [page.error]));
    expect(errors).toMatchObject([{ category: 'concurrency', code: 'ERP-9429' }]);
    await erp.settings({ session_limit: 2, call_delay_ms: 0 });
    const keys = await erp.seed({ records: [{ Name: 'new' }] });
    const marks = (start.cursor['marks'] as { time: string }[]).map((mark) => ({
      ...mark,
      cursor: 'of-another-system',
    }));
    const found = await erp.pull(context, { cursor: { marks } });
    expect([found.error, idsOf(found)]).toEqual([null, keys]);
  });

  it('tells a batch that touches every row from changes by what is volatile', async () => {
    const { context, start } = await started({ page_size: 500 });
    const before = await erp.pull(context, { mode: 'full' });
    await erp.control('POST', 'nightly', {});
    const after = await erp.pull(context, { cursor: start.cursor });
    expect(after.records).toHaveLength(75);
    const stripped = (records: typeof after.records) =>
      new Map(
        records.map((record) => {
          const { RowVersion: _version, ModifiedOn: _stamp, ...rest } = dataOf(record);
          return [record.id, rest];
        }),
      );
    expect(stripped(after.records)).toEqual(stripped(before.records));
  });
});
