import { parse, stringify } from 'lossless-json';
import { contractRecord } from '@hub/connector-contract-suite';
import { type LimitReading } from '@hub/connector-sdk';
import { type SafeHttpResponse } from '@hub/platform';
import { CallsAtOnce } from './netsuite.calls-at-once';
import { complete, mergeAddresses, replacedSublists } from './netsuite.complete';
import { errorOfAnswer } from './netsuite.errors';
import { parseOperation, restItemType, type Verb } from './netsuite.operation';
import { prepareRecord } from './netsuite.record';
import { numberOf } from './netsuite.rows';
import { idLiteral, literal, wallLiteral } from './netsuite.suiteql';
import { instantAt, isAlwaysUtc, measured, wallAt, type UserClock } from './netsuite.time';

const CONFIG = { account_id: '1' };

describe('errors', () => {
  const answer = (status: number, code: string, more: Partial<SafeHttpResponse> = {}): SafeHttpResponse => ({
    status,
    headers: {},
    body: Buffer.from(
      JSON.stringify({
        'o:errorDetails': [
          { detail: 'In the language of the user.', 'o:errorPath': 'item.items[0].item', 'o:errorCode': code },
        ],
      }),
    ),
    durationMs: 300,
    ...more,
  });

  it.each([
    [400, 'INVALID_CONTENT', 'validation'],
    [400, 'USER_ERROR', 'validation'],
    [400, 'TRANS_IN_CLSD_PERIOD', 'validation'],
    [400, 'DUP_ENTITY', 'duplicate'],
    [400, 'DUP_ITEM', 'duplicate'],
    [400, 'UNIQUE_CUST_ID_REQD', 'duplicate'],
    [400, 'RCRD_HAS_BEEN_CHANGED', 'stale'],
    [400, 'INSUFFICIENT_PERMISSION', 'validation'],
    [403, 'INSUFFICIENT_PERMISSION', 'permission'],
    [404, 'NONEXISTENT_ID', 'not_found'],
    [404, 'NONEXISTENT_RECORD_TYPE', 'config'],
    [400, 'SSS_REQUEST_LIMIT_EXCEEDED', 'concurrency'],
    [400, 'WS_REQUEST_BLOCKED', 'concurrency'],
    [500, 'WS_CONCUR_SESSION_DISALLWD', 'concurrency'],
    [429, 'CONCURRENCY_LIMIT_EXCEEDED', 'concurrency'],
    [500, 'UNEXPECTED_ERROR', 'transient'],
    [503, 'SOMETHING_NEW', 'transient'],
  ])('%d %s is %s', (status, code, category) => {
    expect(errorOfAnswer(answer(status, code))).toMatchObject({
      category,
      code,
      fields: ['item.items[0].item'],
      httpStatus: status,
    });
  });

  it('tell a refused login from a limit by how long it took', () => {
    expect(errorOfAnswer(answer(401, 'INVALID_LOGIN')).category).toBe('auth_expired');
    expect(errorOfAnswer(answer(401, 'INVALID_LOGIN', { durationMs: 60_000 })).category).toBe('concurrency');
  });

  it('of a host that moved are a setting', () => {
    expect(errorOfAnswer({ status: 302, headers: {}, body: Buffer.alloc(0), durationMs: 1 }).category).toBe('config');
  });
});

describe('what a connection adds', () => {
  it('fills in what a new record lacks, and leaves what is there', () => {
    const config = {
      ...CONFIG,
      subsidiary_id: '1',
      entity_names: 'name' as const,
      custom_forms: { customer: '30' },
      income_account_id: '6',
      cogs_account_id: '8',
      asset_account_id: '4',
      deposit_account_id: '2',
      default_location_id: '3',
    };
    expect(complete('customer', { firstName: 'A', lastName: 'B' }, config, true)).toEqual({
      firstName: 'A',
      lastName: 'B',
      customForm: { id: '30' },
      subsidiary: { id: '1' },
      entityId: 'A B',
    });
    expect(complete('customer', { email: 'x' }, config, false)).toEqual({ email: 'x', customForm: { id: '30' } });
    expect(complete('inventoryItem', { incomeAccount: { id: '7' } }, config, true)).toEqual({
      incomeAccount: { id: '7' },
      subsidiary: { items: [{ id: '1' }] },
      cogsAccount: { id: '8' },
      assetAccount: { id: '4' },
    });
    expect(complete('serviceSaleItem', {}, config, true)).not.toHaveProperty('cogsAccount');
    expect(complete('customerPayment', {}, config, true)).toEqual({ account: { id: '2' } });
  });

  it('gives lines an item, unless they change one that is there', () => {
    const config = { ...CONFIG, default_item_id: '21', default_tax_code_id: '-7' };
    const items = [{ amount: 1 }, { line: 2, amount: 2 }, { item: { id: '5' }, taxCode: { id: '11' } }];
    expect(complete('invoice', { item: { items } }, config, false)).toEqual({
      item: {
        items: [
          { amount: 1, item: { id: '21' }, taxCode: { id: '-7' } },
          { line: 2, amount: 2 },
          { item: { id: '5' }, taxCode: { id: '11' } },
        ],
      },
    });
  });

  it('replaces lists of lines, merges those with keys, and leaves multiple choices alone', () => {
    expect(
      replacedSublists({
        item: { items: [{ amount: 1 }] },
        apply: { items: [{ doc: { id: '1' }, apply: true }] },
        expense: { items: [{ line: 1, amount: 2 }] },
        price: { items: [{ price: 1 }] },
        addressBook: { items: [{ defaultBilling: true }] },
        subsidiary: { items: [{ id: '1' }, { refName: 'x' }] },
        memo: 'x',
      }),
    ).toEqual(['item', 'apply']);
  });

  it('finds the line of an address by what it is the default for', () => {
    const present = {
      items: [
        { id: 11, defaultBilling: true, defaultShipping: true },
        { id: 12, defaultBilling: false, defaultShipping: false },
      ],
    };
    const merged = mergeAddresses(
      {
        items: [
          { defaultBilling: true, label: 'b' },
          { defaultShipping: true, label: 's' },
        ],
      },
      present,
    );
    expect(merged).toEqual({
      items: [
        { defaultBilling: true, label: 'b', id: 11 },
        { defaultShipping: true, label: 's' },
      ],
    });
    expect(mergeAddresses({ items: [{ id: 12, label: 'x' }] }, present)).toEqual({ items: [{ id: 12, label: 'x' }] });
  });
});

describe('a payload', () => {
  const prepared = (payloadText: string, verb: Verb = 'upsert') => prepareRecord(contractRecord({ payloadText }), verb);
  const members = (payloadText: string): string | undefined => {
    const record = prepared(payloadText);
    return record.ok ? stringify(record.value.members) : record.error.code;
  };

  it('keeps every digit and the order of its members', () => {
    expect(members('{"rate":"12345678901234567.89","amount":"1.10","quantity":2.0,"memo":"1.10"}')).toBe(
      '{"rate":12345678901234567.89,"amount":1.10,"quantity":2.0,"memo":"1.10"}',
    );
    // A price level is no number, nor is what only looks like one.
    expect(members('{"item":{"items":[{"price":{"id":"-1"},"rate":"1e3","amount":"007"}]}}')).toBe(
      '{"item":{"items":[{"price":{"id":"-1"},"rate":"1e3","amount":"007"}]}}',
    );
  });

  it('without an id gets a key that is the same at every attempt', () => {
    const first = contractRecord({ payloadText: '{}' });
    const keyOf = (record: typeof first) => {
      const result = prepareRecord(record, 'create');
      return result.ok ? result.value.externalId : null;
    };
    expect(keyOf(first)).toMatch(/^hub-[0-9a-f]{40}$/);
    expect(keyOf({ ...first, mayHaveBeenSent: true })).toBe(keyOf(first));
    expect(keyOf(contractRecord({ payloadText: '{}' }))).not.toBe(keyOf(first));
  });

  it('takes an id in either spelling, and refuses what is none', () => {
    expect(prepared('{"Id":"107"}')).toMatchObject({ ok: true, value: { id: '107', externalId: null } });
    for (const wrong of ['{"id":"107/../108"}', '{"id":107}', '{"id":"0"}', '{"externalId":"a/b"}', '[]', '{', '1']) {
      expect(prepared(wrong)).toMatchObject({ ok: false, error: { category: 'validation' } });
    }
    expect(prepared('{"id":"1"}', 'create').ok).toBe(false);
    expect(prepared('{}', 'update').ok).toBe(false);
    expect(prepared('{"externalId":"a"}', 'deactivate').ok).toBe(true);
  });
});

describe('operations', () => {
  it('are of an alias or of any record type', () => {
    expect(parseOperation('payment.upsert')).toEqual({ type: 'customerPayment', verb: 'upsert' });
    expect(parseOperation('customrecord_plan.deactivate')).toEqual({ type: 'customrecord_plan', verb: 'deactivate' });
    for (const wrong of ['customer', 'customer.delete', 'a/b.upsert', '__proto__.upsert.x', '1a.update']) {
      expect(parseOperation(wrong)).toBeNull();
    }
    expect(parseOperation('constructor.upsert')).toEqual({ type: 'constructor', verb: 'upsert' });
  });

  it('know an item’s record type by its kind and side', () => {
    expect(restItemType('Service', 'Sale')).toBe('serviceSaleItem');
    expect(restItemType('NonInvtPart', 'resale')).toBe('nonInventoryResaleItem');
    expect(restItemType('InvtPart', null)).toBe('inventoryItem');
    expect(restItemType('Service', null)).toBeNull();
    expect(restItemType('Unknown', 'Sale')).toBeNull();
  });
});

describe('texts of SuiteQL', () => {
  it('cannot be left by a value', () => {
    expect(literal("O'Brien")).toBe("'O''Brien'");
    expect(idLiteral('-5')).toBe('-5');
    expect(() => idLiteral('1 OR 1=1')).toThrow();
    expect(() => wallLiteral("2026-11-20 10:00:00' OR '1'='1")).toThrow();
  });

  it('become numbers digit by digit', () => {
    for (const [text, number] of [
      ['12345678901234.56', '12345678901234.56'],
      ['.5', '0.5'],
      ['-.05', '-0.05'],
      ['-20', '-20'],
      ['1.0E-4', '1.0E-4'],
    ] as const) {
      expect(stringify(parse(stringify({ n: numberOf(text) }) ?? ''))).toBe(`{"n":${number}}`);
    }
    expect(numberOf('12,50')).toBe('12,50');
  });
});

describe('the clock of the hub’s user', () => {
  const berlin: UserClock = { zone: 'Europe/Berlin', offsetMinutes: 0 };

  it('is taken from the zone', () => {
    expect(wallAt(berlin, Date.parse('2026-07-01T10:00:00Z'))).toBe('2026-07-01 12:00:00');
    expect(wallAt(berlin, Date.parse('2026-12-01T10:00:00Z'))).toBe('2026-12-01 11:00:00');
    const instant = (wall: string): string => new Date(instantAt(berlin, wall) ?? 0).toISOString();
    expect(instant('2026-07-01 12:00:00')).toBe('2026-07-01T10:00:00.000Z');
    // Comes twice: the first. Does not come at all: an hour later.
    expect(instant('2026-10-25 02:30:00')).toBe('2026-10-25T00:30:00.000Z');
    expect(instant('2026-03-29 02:30:00')).toBe('2026-03-29T01:30:00.000Z');
    expect(instantAt(berlin, 'yesterday')).toBeNull();
  });

  it('is measured to the quarter of an hour', () => {
    const unknown: UserClock = { zone: null, offsetMinutes: 0 };
    const at = Date.parse('2026-11-20T10:00:00Z');
    expect(measured(unknown, '2026-11-20 02:00:01', at).offsetMinutes).toBe(-480);
    expect(measured(unknown, '2026-11-20 15:44:58', at).offsetMinutes).toBe(345);
    expect(measured(unknown, '2026-11-20 15:44:58', null)).toBe(unknown);
    expect(measured(berlin, '2026-11-20 15:44:58', at)).toBe(berlin);
    expect(isAlwaysUtc(measured(unknown, '2026-11-20 10:00:04', at))).toBe(true);
    expect(isAlwaysUtc(berlin)).toBe(false);
  });
});

describe('calls at once', () => {
  it('are told once the limit is known, and hold everybody back after a refusal', () => {
    const readings: LimitReading[] = [];
    const report = (reading: LimitReading): void => void readings.push(reading);
    const atOnce = new CallsAtOnce();
    atOnce.begin('a', report)(null);
    expect(readings).toEqual([]);
    atOnce.learn('a', 5);
    const ends = [1, 2, 3].map(() => atOnce.begin('a', report));
    atOnce.begin('b', report)(null);
    expect(readings).toEqual([1, 2, 3].map((used) => ({ limit: 'concurrent_calls', used, max: 5 })));
    ends[0]?.({ category: 'concurrency', code: 'CONCURRENCY_LIMIT_EXCEEDED', message: 'too many' });
    const { resetsAt = '', ...refused } = readings.at(-1) ?? { limit: '', used: 0, max: 0 };
    expect(refused).toEqual({ limit: 'concurrent_calls', used: 5, max: 5 });
    expect(Date.parse(resetsAt)).toBeGreaterThan(Date.now());
    ends[1]?.({ category: 'validation', code: 'USER_ERROR', message: 'no' });
    expect(readings.at(-1)).toEqual({ limit: 'concurrent_calls', used: 1, max: 5 });
  });
});

describe('amounts', () => {
  const fieldsOf = (currency: object | undefined, amount: string): readonly string[] | string | undefined => {
    const payloadText = JSON.stringify({
      externalId: 'a',
      ...currency,
      item: { items: [{ amount, rate: '1.23456' }] },
    });
    const prepared = prepareRecord(contractRecord({ payloadText }), 'upsert');
    return prepared.ok ? 'taken' : prepared.error.fields;
  };

  it.each([
    [{ currency: { symbol: 'JPY' } }, '1.5', ['item.items[0].amount']],
    [{ currency: { symbol: 'JPY' } }, '15', 'taken'],
    [{ currency: { symbol: 'JPY' } }, '15.00', 'taken'],
    [{ currency: { symbol: 'KWD' } }, '1.234', 'taken'],
    [{ currency: { symbol: 'KWD' } }, '1.2345', ['item.items[0].amount']],
    [{ currency: { symbol: 'EUR' } }, '1.234', ['item.items[0].amount']],
    [{ currency: { id: '5' } }, '1.230', 'taken'],
    [undefined, '-0.001', ['item.items[0].amount']],
  ])('of %j: %s', (currency, amount, expected) => {
    expect(fieldsOf(currency, amount)).toEqual(expected);
  });
});
