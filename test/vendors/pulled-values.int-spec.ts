import Big from 'big.js';
import { checkCanonical, type Connector, type PulledRecord } from '@hub/connector-sdk';
import { createMappingEngine, type MappingEngine } from '@hub/mapping-engine';
import { type JsonObject } from '@hub/platform';
import { ErpFixture } from './erp.fixture';
import { NetSuiteStage } from './netsuite.fixture';

const NAMES: Readonly<Record<string, string>> = {
  quotes: `O'Brien "Söhne" & <Co>`,
  colon: 'Ace: Hardware',
  emoji: 'Ada 🛠 Works',
  backslash: `C:\\new\\'table`,
};
const LONG = 'y'.repeat(101);

interface Sale {
  readonly lines: readonly string[];
  readonly total: string;
  readonly date: string;
  readonly currency: 'EUR' | 'JPY';
}
const SALES: Readonly<Record<string, Sale>> = {
  '0.1 + 0.2': { lines: ['0.1', '0.2'], total: '0.3', date: '2025-10-26', currency: 'EUR' },
  '12345678901234.56': {
    lines: ['12345678901234.56'],
    total: '12345678901234.56',
    date: '2025-11-02',
    currency: 'EUR',
  },
  'a leap day': { lines: ['1'], total: '1', date: '2024-02-29', currency: 'EUR' },
  'the night that loses an hour': { lines: ['2'], total: '2', date: '2025-03-30', currency: 'EUR' },
  yen: { lines: ['1200', '34'], total: '1234', date: '2025-12-31', currency: 'JPY' },
};
/** 02:30 in Berlin comes twice, and so does 01:30 in New York; the other two are on either side of an hour that is not. */
const INSTANTS = [
  '2025-10-26T00:30:00.000Z',
  '2025-10-26T01:30:00.000Z',
  '2025-11-02T05:30:00.000Z',
  '2025-11-02T06:30:00.000Z',
  '2025-03-30T00:59:00.000Z',
  '2025-03-30T01:00:00.000Z',
  '2024-02-29T23:59:00.000Z',
];

const plain = (value: unknown): string => new Big(String(value)).toFixed();

describe('hard values arrive exactly', () => {
  let engine: MappingEngine;

  beforeAll(() => {
    engine = createMappingEngine({ poolSize: 1, timeLimitMs: 2_000 });
  });
  afterAll(() => engine.close());

  /** In the hub's model, by the ready-made mapping, as the hub does it: no digit passes through a double. */
  async function canonical(
    connector: Connector,
    template: string,
    { dataText }: PulledRecord,
    config = {},
  ): Promise<JsonObject> {
    const found = connector.mappingTemplates?.find(({ id }) => id === template);
    if (found === undefined) throw new Error(`no template ${template}`);
    const outcome = await engine.evaluate({
      expression: found.expression,
      inputText: `{"record": ${dataText}, "connection": {"config": ${JSON.stringify(config)}}}`,
      bindings: { tables: {} },
    });
    if (!outcome.ok) throw new Error(outcome.error.message);
    const made = JSON.parse(outcome.value.outputText) as JsonObject;
    expect(checkCanonical(found.canonicalType, made)).toEqual([]);
    return made;
  }

  /** What of a sale a person would look at. */
  const asSale = (invoice: JsonObject): Sale => {
    const {
      lines,
      total,
      issue_date: date,
    } = invoice as unknown as {
      lines: { amount: string }[];
      total: { amount: string; currency: Sale['currency'] };
      issue_date: string;
    };
    const amounts = lines.map(({ amount }) => plain(amount));
    return { lines: amounts, total: plain(total.amount), date, currency: total.currency };
  };

  describe('from NetSuite', () => {
    let stage: NetSuiteStage;

    beforeAll(async () => {
      stage = await NetSuiteStage.start();
    });
    afterAll(() => stage.stop());
    beforeEach(async () => {
      await stage.reset();
      await stage.control('POST', 'settings', { closed_through: '2023-12-31' });
    });

    const customer = (companyName: string, more: JsonObject = {}): JsonObject => ({
      type: 'customer',
      companyName,
      subsidiary: { id: '1' },
      ...more,
    });
    const read = async (object: string, ids: readonly string[], config: JsonObject = {}): Promise<PulledRecord[]> => {
      // As of the stand-in's clock.
      const { now } = await stage.control<{ now: string }>('GET', 'clock');
      const credentials = { ...stage.tba(), clock_offset_ms: Date.parse(now) - Date.now() };
      const found = await stage.connector.readRecords(stage.context(credentials, config), object, ids);
      if (!found.ok) throw new Error(found.error.message);
      return ids.map((id) => found.value.find((record) => record.id === id) as PulledRecord);
    };

    it('names and long texts', async () => {
      const names = Object.values(NAMES);
      const ids = await stage.seed(names.map((name) => customer(name, { custentity_region: LONG })));
      const records = await read('customer', ids, { pull_fields: { customer: ['custentity_region'] } });
      const made = await Promise.all(
        records.map((record) => canonical(stage.connector, 'netsuite.customer.inbound', record)),
      );
      expect(made.map(({ display_name: name }) => name)).toEqual(names);
      for (const { dataText } of records) expect((JSON.parse(dataText) as JsonObject)['custentity_region']).toBe(LONG);
    });

    it('amounts, days and currencies', async () => {
      const [item = ''] = await stage.seed([
        {
          type: 'serviceSaleItem',
          itemId: 'ANY',
          incomeAccount: { id: '7' },
          subsidiary: { items: [{ id: '1' }] },
        },
      ]);
      // Ids of the stand-in's own lists.
      const currencies = { EUR: { id: '4' }, JPY: { id: '5' } };
      const [euro = '', yen = ''] = await stage.seed([
        customer('Euro', { currency: currencies.EUR }),
        customer('Yen', { currency: currencies.JPY }),
      ]);
      const sales = Object.values(SALES);
      const ids = await stage.seed(
        sales.map(({ lines, date, currency }) => ({
          type: 'invoice',
          entity: { id: currency === 'EUR' ? euro : yen },
          currency: currencies[currency],
          tranDate: date,
          item: {
            items: lines.map((amount) => ({
              item: { id: item },
              quantity: 1,
              price: { id: '-1' },
              rate: Number(amount),
              amount: Number(amount),
            })),
          },
        })),
      );
      const records = await read('invoice', ids);
      const made = await Promise.all(
        records.map((record) => canonical(stage.connector, 'netsuite.invoice.inbound', record)),
      );
      expect(made.map(asSale)).toEqual(sales);
    });

    it('moments of nights in which the clocks are changed, for a user in UTC', async () => {
      for (const instant of INSTANTS) {
        await stage.control('POST', 'clock', { freeze: instant });
        const [id = ''] = await stage.seed([customer(instant)]);
        const [record] = await read('customer', [id]);
        expect(record?.modifiedAt).toBe(instant);
      }
    });
  });

  describe('from the ERP', () => {
    let erp: ErpFixture;

    beforeAll(async () => {
      erp = await ErpFixture.start();
    });
    afterAll(() => erp.stop());
    beforeEach(() => erp.reset({ closed_until: '2023-12-31' }));

    const read = async (object: string, ids: readonly string[]): Promise<PulledRecord[]> => {
      const found = await erp.connector.readRecords(erp.context(), object, ids);
      if (!found.ok) throw new Error(found.error.message);
      return ids.map((id) => found.value.find((record) => record.id === id) as PulledRecord);
    };

    it('names and long texts', async () => {
      await erp.settings({ name_length: 255 });
      const names = [...Object.values(NAMES), LONG];
      const keys = await erp.seed({ records: names.map((Name) => ({ Name, Email: null })) });
      const made = await Promise.all(
        (await read('Customer', keys)).map((record) => canonical(erp.connector, 'erp.customer.inbound', record)),
      );
      expect(made.map(({ display_name: name }) => name)).toEqual(names);
    });

    it.each(['plain', 'german', 'spaced'])('amounts, days and currencies, printed %s', async (number_format) => {
      const sales = Object.values(SALES);
      const keys = await erp.seed({
        entity: 'Invoice',
        records: sales.map(({ lines, total, date, currency }) => ({
          CustNo: '000020',
          InvDate: date,
          Currency: currency,
          Total: total,
          Lines: {
            Line: lines.map((amount, index) => ({
              LineNo: index + 1,
              Qty: '1',
              UnitPrice: amount,
              LineAmount: amount,
            })),
          },
        })),
      });
      await erp.settings({ number_format });
      const found = await erp.connector.readRecords(erp.context({ number_format }), 'Invoice', keys);
      if (!found.ok) throw new Error(found.error.message);
      const made = await Promise.all(
        keys.map((key) =>
          canonical(erp.connector, 'erp.invoice.inbound', found.value.find(({ id }) => id === key) as PulledRecord),
        ),
      );
      expect(made.map(asSale)).toEqual(sales);
    });

    it.each(['utc', 'offset'])(
      'moments of nights in which the clocks are changed, printed with their zone (%s)',
      async (time_format) => {
        await erp.settings({ time_format });
        const keys: string[] = [];
        for (const modified_on of INSTANTS) keys.push(...(await erp.seed({ records: [{ Name: 'N' }], modified_on })));
        expect((await read('Customer', keys)).map(({ modifiedAt }) => modifiedAt)).toEqual(INSTANTS);
      },
    );

    it('a wall clock without a zone, for the earlier of the two moments that it may mean', async () => {
      const keys: string[] = [];
      for (const modified_on of INSTANTS) keys.push(...(await erp.seed({ records: [{ Name: 'N' }], modified_on })));
      const [first, ...others] = INSTANTS;
      expect((await read('Customer', keys)).map(({ modifiedAt }) => modifiedAt)).toEqual([
        first,
        first,
        ...others.slice(1),
      ]);
    });
  });
});
