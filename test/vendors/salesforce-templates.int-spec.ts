import { type ConnectorContext, type RecordOutcome } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { SalesforceStage } from './salesforce.fixture';
import { TemplateRunner } from './template-runner';

const CONNECTION = 'con_erp';

describe('the ready-made mappings, into Salesforce and out of it', () => {
  let stage: SalesforceStage;
  let templates: TemplateRunner;
  let context: ConnectorContext;

  beforeAll(async () => {
    stage = await SalesforceStage.start();
    templates = new TemplateRunner(stage.connector);
  });
  afterAll(async () => {
    await templates.close();
    await stage.stop();
  });
  beforeEach(async () => {
    templates.links.clear();
    await stage.reset();
    context = { ...(await stage.signIn()), connectionId: expect.getState().currentTestName ?? '' };
  });

  const write = async (name: string, canonical: JsonObject, given = context): Promise<RecordOutcome | undefined> => {
    const { id, operation = '', canonicalType } = templates.template(`salesforce.${name}`);
    const [outcome] = await stage.deliver(given, operation, [await templates.outbound(id, canonical, CONNECTION)]);
    if (outcome?.ok === true)
      templates.links.set(`${canonicalType} ${canonical['id'] as string}`, outcome.externalId ?? '');
    return outcome;
  };
  const pulled = async (object: string, id: string): Promise<JsonObject> =>
    templates.inbound(`salesforce.${object.toLowerCase()}.inbound`, await stage.readText(context, object, id));
  const idOf = (outcome: RecordOutcome | undefined): string => (outcome?.ok === true ? (outcome.externalId ?? '') : '');
  const product = (amount: string, currency = 'USD', more: JsonObject = {}): JsonObject => ({
    id: '7',
    sku: 'D-1',
    name: 'Drill "big"',
    status: 'active',
    unit_price: { amount, currency },
    ...more,
  });
  const prices = async (): Promise<unknown[]> =>
    (await stage.records('PricebookEntry')).map(({ UnitPrice, IsActive }) => [UnitPrice, IsActive]);

  describe('a product', () => {
    it('comes with its price in the standard price book, once however often, and changes it', async () => {
      const first = await write('product.outbound', product('19.99'));
      expect(first).toMatchObject({ ok: true, created: true });
      templates.links.clear();
      expect(await write('product.outbound', product('19.990'))).toMatchObject({ ok: true, created: false });
      expect(await prices()).toEqual([[19.99, true]]);
      expect(await write('product.outbound', product('24.5'))).toMatchObject({ ok: true });
      expect(await prices()).toEqual([[24.5, true]]);
      expect(await pulled('Product2', idOf(first))).toMatchObject({
        sku: 'D-1',
        status: 'active',
        unit_price: { amount: '24.5', currency: 'USD' },
      });
      expect(await stage.records('Product2')).toHaveLength(1);
    });

    it.each<[string, string, string, object]>([
      ['0.1 + 0.2', '0.30', 'USD', { amount: '0.3', currency: 'USD' }],
      ['12345678901234.56', '12345678901234.56', 'USD', { amount: '12345678901234.56', currency: 'USD' }],
      ['yen', '1234', 'JPY', { amount: '1234', currency: 'JPY' }],
      ['many yen', '987654321098765', 'JPY', { amount: '987654321098765', currency: 'JPY' }],
    ])('costs exactly %s', async (_what, amount, currency, price) => {
      await stage.set({ multi_currency: true });
      await stage.seed([{ attributes: { type: 'Product2' }, Name: 'other', IsActive: true }]);
      const outcome = await write('product.outbound', product(amount, currency));
      expect(outcome).toMatchObject({ ok: true });
      await stage.control('POST', 'touch', {
        object: 'Product2',
        id: idOf(outcome),
        fields: { CurrencyIsoCode: currency },
      });
      expect(await pulled('Product2', idOf(outcome))).toMatchObject({ unit_price: price });
    });

    it.each<[string, string, string, string]>([
      ['a third of a cent', '0.003', 'USD', 'NUMBER_OUTSIDE_VALID_RANGE StandardPrice.UnitPrice'],
      ['too much', '12345678901234567', 'USD', 'NUMBER_OUTSIDE_VALID_RANGE StandardPrice.UnitPrice'],
      ['a currency that the org has not', '5', 'EUR', 'other_currency StandardPrice.CurrencyIsoCode'],
    ])('of %s is refused with the member named', async (_what, amount, currency, refusal) => {
      const outcome = await write('product.outbound', product(amount, currency));
      const error = outcome?.ok === false ? outcome.error : null;
      expect(`${error?.code} ${error?.fields?.join(' ')}`).toBe(refusal);
      expect(error?.category).toBe('validation');
      expect(await prices()).toEqual([]);
    });

    it('without the currency of its price is refused where the org has several', async () => {
      await stage.set({ multi_currency: true });
      const [outcome] = await stage.deliver(context, 'product.upsert', [
        { Hub_Id__c: 'p', Name: 'P', StandardPrice: { UnitPrice: '5' } },
      ]);
      expect(outcome).toMatchObject({ error: { category: 'validation', fields: ['StandardPrice.CurrencyIsoCode'] } });
    });

    it('whose price the org refuses is failed, and is there once when that is mended', async () => {
      const rule = { object: 'PricebookEntry', when: 'UnitPrice > 10', message: 'Too dear', field: 'UnitPrice' };
      await stage.set({ validation_rules: [rule] });
      const canonical = product('11');
      expect(await write('product.outbound', canonical)).toMatchObject({
        ok: false,
        error: {
          category: 'validation',
          code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
          fields: ['StandardPrice.UnitPrice'],
        },
      });
      await stage.set({ validation_rules: [] });
      expect(await write('product.outbound', canonical)).toMatchObject({ ok: true, created: false });
      expect([await prices(), (await stage.records('Product2')).length]).toEqual([[[11, true]], 1]);
    });

    it('is pulled without a price by whoever may see none', async () => {
      const id = idOf(await write('product.outbound', product('5')));
      await stage.control('POST', 'faults', {
        match: { path: 'query' },
        after: 1,
        action: { type: 'status', status: 400, body: '[{"errorCode":"INVALID_TYPE","message":"not supported"}]' },
      });
      expect(await pulled('Product2', id)).not.toHaveProperty('unit_price');
    });

    it('among many finds its own price, and the later of two prices counts', async () => {
      const payloads = Array.from({ length: 230 }, (_, i) => ({
        Hub_Id__c: `p${i % 229}`,
        Name: `P${i}`,
        StandardPrice: { UnitPrice: String(i) },
      }));
      const outcomes = await stage.deliver(context, 'product.upsert', payloads);
      expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
      const entries = await stage.records('PricebookEntry');
      const amounts = entries.map(({ UnitPrice }) => Number(UnitPrice)).sort((a, b) => a - b);
      expect(amounts).toEqual(Array.from({ length: 229 }, (_, i) => i + 1));
    });
  });

  describe('a customer', () => {
    const customer = (more: JsonObject): JsonObject => ({ id: '60', display_name: 'Ace', ...more });
    const accounts = (): Promise<readonly Record<string, unknown>[]> => stage.records('Account');

    it('is set inactive, and in use again', async () => {
      const id = idOf(await write('customer.outbound', customer({ status: 'active' })));
      expect(await accounts()).toMatchObject([{ Active__c: null }]);
      for (const [status, flag] of [
        ['inactive', 'No'],
        ['active', 'Yes'],
      ] as const) {
        await write('customer.outbound', customer({ status }));
        expect(await accounts()).toMatchObject([{ Active__c: flag }]);
        expect(await pulled('Account', id)).toMatchObject({ status });
      }
    });

    it('is written without a word of it where the org has no field for it, or with the one that it has', async () => {
      await stage.control('POST', 'fields', { object: 'Account', field: 'Active__c', remove: true });
      expect(await write('customer.outbound', customer({ status: 'inactive' }))).toMatchObject({ ok: true });
      await stage.control('POST', 'fields', { object: 'Account', field: 'Blocked__c', type: 'boolean' });
      const own = {
        ...context,
        connectionId: 'con_own',
        config: { inactive_fields: { Account: { field: 'Blocked__c', value: true } } },
      };
      for (const [status, blocked] of [
        ['inactive', true],
        ['active', false],
      ] as const) {
        expect(await write('customer.outbound', customer({ status }), own)).toMatchObject({ ok: true });
        expect(await accounts()).toMatchObject([{ Blocked__c: blocked }]);
      }
    });

    it('is made in its currency where the org has several, and keeps it', async () => {
      const yen = customer({ currency: 'JPY' });
      expect(await write('customer-with-currency.outbound', yen)).toMatchObject({
        ok: false,
        error: { category: 'validation', code: 'INVALID_FIELD' },
      });
      await stage.set({ multi_currency: true });
      const id = idOf(await write('customer-with-currency.outbound', yen));
      await write('customer-with-currency.outbound', customer({ currency: 'EUR' }));
      expect(await pulled('Account', id)).toMatchObject({ currency: 'JPY' });
    });
  });

  it('instants in nights in which clocks are changed, and leap days, arrive as they are and come back', async () => {
    await stage.control('POST', 'fields', { object: 'Account', field: 'Signed_At__c', type: 'datetime' });
    await stage.control('POST', 'fields', { object: 'Account', field: 'Signed_On__c', type: 'date' });
    // The same hour twice, before and after the clocks are set back; the last second before an hour that is left out; leap days.
    const moments: readonly (readonly [instant: string, day: string, utc: string])[] = [
      ['2026-11-01T01:30:00-04:00', '2026-11-01', '2026-11-01T05:30:00.000Z'],
      ['2026-11-01T01:30:00-05:00', '2026-11-01', '2026-11-01T06:30:00.000Z'],
      ['2026-10-25T02:30:00+02:00', '2026-10-25', '2026-10-25T00:30:00.000Z'],
      ['2026-03-29T01:59:59Z', '2026-03-29', '2026-03-29T01:59:59.000Z'],
      ['2028-02-29T23:30:00-11:00', '2028-02-29', '2028-03-01T10:30:00.000Z'],
    ];
    const payloads = moments.map(([instant, day], i) => ({
      Hub_Id__c: `t${i}`,
      Name: instant,
      Signed_At__c: instant,
      Signed_On__c: day,
    }));
    const outcomes = await stage.deliver(context, 'customer.upsert', payloads);
    const back = [];
    for (const outcome of outcomes) {
      const inputText = await stage.readText(context, 'Account', idOf(outcome));
      back.push(
        await templates.evaluate({
          expression: '{"at": $toInstant(Signed_At__c), "on": $toDate(Signed_On__c)}',
          inputText,
          bindings: { tables: {} },
        }),
      );
    }
    expect(back).toEqual(moments.map(([, on, at]) => ({ at, on })));
    for (const [field, value] of [
      ['Signed_On__c', '2027-02-29'],
      ['Signed_At__c', '2027-02-29T10:00:00Z'],
    ] as const) {
      const [refused] = await stage.deliver(context, 'customer.upsert', [
        { Hub_Id__c: 'x', Name: 'x', [field]: value },
      ]);
      expect(refused).toMatchObject({ ok: false, error: { category: 'validation', fields: [field] } });
    }
  });
});
