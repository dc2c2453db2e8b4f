import { type Client } from 'soap';
import { ErpFixture } from './fixtures/erp-fixture';

interface Page {
  readonly Customer?: readonly Record<string, unknown>[];
  readonly Invoice?: readonly Record<string, unknown>[];
  readonly Deleted?: readonly { readonly Key: string }[];
  readonly NextCursor?: string;
  readonly HasMore: boolean;
  readonly ServerTime: string;
}
interface Written {
  readonly Result: { readonly Key: string; readonly Action: string; readonly RowVersion: string };
}

describe('the real soap client against the ERP sandbox', () => {
  let fixture: ErpFixture;
  let client: Client;

  beforeAll(async () => {
    fixture = await ErpFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    client = await fixture.client();
  });

  const call = async <T>(operation: string, args: unknown): Promise<T> => {
    const method = client[`${operation}Async`] as (args: unknown, options: object) => Promise<[T]>;
    const [result] = await method(args, { timeout: 10_000 });
    return result;
  };
  const refusal = async (operation: string, args: unknown): Promise<Record<string, string>> => {
    const error: unknown = await call(operation, args).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const root = error as { root: { Envelope: { Body: { Fault: { detail: { ErpFault: Record<string, string> } } } } } };
    return root.root.Envelope.Body.Fault.detail.ErpFault;
  };
  let message = 0;
  const MessageId = (): string => `m-${++message}`;

  it('describes seven operations and keeps the address of the internal network', async () => {
    const described = client.describe() as Record<string, Record<string, Record<string, unknown>>>;
    expect(Object.keys(described.ErpService?.ErpPort ?? {}).sort()).toEqual([
      'GetChangesSince',
      'GetCustomer',
      'GetInvoice',
      'Ping',
      'PostPayment',
      'UpsertCustomer',
      'UpsertInvoice',
    ]);
    const wsdl = await (await fetch(`${fixture.erp.url}/erp/100?WSDL`)).text();
    expect(wsdl).toContain('location="http://erp.internal.example:8080/erp"');
  });

  it.each(['PasswordDigest', 'PasswordText'])('signs in with %s', async (type) => {
    client = await fixture.client(0, type);
    expect(await call('Ping', {})).toMatchObject({ Version: '4.7.0012' });
    expect((await call<{ ServerTime: string }>('Ping', {})).ServerTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  });

  it('creates by ExtRef once, updates, and says when nothing changed', async () => {
    const Customer = { ExtRef: 'hub-1', Name: 'Žluťoučký kůň & "Sons" <1> 🙂', Email: 'a@example.com', TermsDays: 14 };
    const first = MessageId();
    const created = await call<Written>('UpsertCustomer', { MessageId: first, Customer });
    expect(created.Result).toMatchObject({ Action: 'Created', Key: '000076' });
    const replay = await call<Written>('UpsertCustomer', { MessageId: first, Customer });
    expect(replay.Result).toEqual({ ...created.Result, Action: 'Duplicate' });
    const same = await call<Written>('UpsertCustomer', { MessageId: MessageId(), Customer });
    expect(same.Result).toEqual({ ...created.Result, Action: 'Unchanged' });
    const changed = await call<Written>('UpsertCustomer', {
      MessageId: MessageId(),
      Customer: { ...Customer, Email: null },
    });
    expect(changed.Result).toMatchObject({ Action: 'Updated', Key: '000076' });
    expect(BigInt(changed.Result.RowVersion)).toBeGreaterThan(BigInt(created.Result.RowVersion));
    const { Customer: read } = await call<{ Customer: object }>('GetCustomer', { ExtRef: 'hub-1' });
    expect(read).toMatchObject({ CustNo: '000076', Name: Customer.Name, Email: null, TermsDays: '14', Blocked: 'N' });
  });

  it('refuses keys in the order that JavaScript gave them, naming the element', async () => {
    // soap 1.13.0 puts the fields of named types in order, but not those of the request element itself.
    const fault = await refusal('UpsertCustomer', {
      Customer: { Email: 'a@e.com', Name: 'Ace' },
      MessageId: MessageId(),
    });
    expect(fault).toMatchObject({ Code: 'ERP-1000', Field: 'Customer', Retryable: 'false' });
    expect(fault.Message).toContain("starting with element 'Customer'");
  });

  it('keeps every digit of money and row versions', async () => {
    const { Customer } = await call<{ Customer: Record<string, string> }>('GetCustomer', { CustNo: '000008' });
    expect(Customer.CreditLimit).toBe('12345678901234.5670');
    expect(BigInt(Customer.RowVersion ?? 0) > BigInt(Number.MAX_SAFE_INTEGER) - 10n).toBe(true);
    await fixture.admin('POST', '/touch', { key: '000008' });
    await fixture.admin('POST', '/touch', { key: '000009' });
    const version = async (CustNo: string): Promise<string> =>
      (await call<{ Customer: { RowVersion: string } }>('GetCustomer', { CustNo })).Customer.RowVersion;
    const [eight, nine] = [await version('000008'), await version('000009')];
    expect(BigInt(nine) - BigInt(eight)).toBe(1n);
    expect(BigInt(nine)).toBeGreaterThan(2n ** 53n);
  });

  it('pages through rows of one stamp and one version: none lost, none twice', async () => {
    // By the clock on the wall, rows of the hour that comes twice in autumn would be of one stamp, too.
    await fixture.settings({ time_format: 'utc' });
    const seen: string[] = [];
    const stamps = new Map<string, number>();
    let Cursor: string | undefined;
    for (let calls = 0; calls < 20; calls++) {
      const page = await call<Page>('GetChangesSince', { EntityType: 'Customer', Cursor, MaxRows: 7 });
      for (const { CustNo, ModifiedOn } of page.Customer ?? []) {
        seen.push(String(CustNo));
        stamps.set(String(ModifiedOn), (stamps.get(String(ModifiedOn)) ?? 0) + 1);
      }
      Cursor = page.NextCursor;
      if (!page.HasMore) break;
    }
    expect(seen).toHaveLength(75);
    expect(new Set(seen).size).toBe(75);
    expect(Math.max(...stamps.values())).toBe(60);
    await fixture.admin('POST', '/touch', { key: '000003', fields: { Phone: '1' } });
    await fixture.admin('POST', '/touch', { key: '000004', delete: true });
    const next = await call<Page>('GetChangesSince', { EntityType: 'Customer', Cursor });
    expect(next.Customer?.map(({ CustNo }) => CustNo)).toEqual(['000003']);
    expect(next.Deleted).toMatchObject([{ EntityType: 'Customer', Key: '000004' }]);
  });

  it('books an invoice and its payment, exactly', async () => {
    const Invoice = {
      ExtRef: 'opp-1',
      CustNo: '000020',
      InvDate: '2028-02-29',
      Currency: 'EUR',
      Total: '0.30',
      Lines: { Line: [0.1, 0.2].map((amount, index) => line(index + 1, String(amount))) },
    };
    const booked = await call<Written>('UpsertInvoice', { MessageId: MessageId(), Invoice });
    expect(booked.Result).toMatchObject({ Action: 'Created', Key: '00000041' });
    const Payment = {
      ExtRef: 'pay-1',
      CustNo: '000020',
      PayDate: '2028-03-01',
      Currency: 'EUR',
      Amount: '0.30',
      Allocations: { Allocation: [{ InvoiceNo: '00000041', Amount: '0.10' }] },
    };
    const paid = await call<Written>('PostPayment', { MessageId: MessageId(), Payment });
    expect(paid.Result).toMatchObject({ Action: 'Created', Key: 'ZE000015' });
    expect((await call<Written>('PostPayment', { MessageId: MessageId(), Payment })).Result).toMatchObject({
      Action: 'Duplicate',
      Key: 'ZE000015',
    });
    expect(
      await refusal('PostPayment', { MessageId: MessageId(), Payment: { ...Payment, Amount: '0.20' } }),
    ).toMatchObject({
      Code: 'ERP-1062',
      Field: 'ExtRef',
    });
    const { Invoice: read } = await call<{ Invoice: Record<string, unknown> }>('GetInvoice', { ExtRef: 'opp-1' });
    expect(read).toMatchObject({ Total: '0.3000', OpenAmount: '0.2000', Status: 'PART', InvDate: '2028-02-29' });
    const fault = await refusal('UpsertInvoice', {
      MessageId: MessageId(),
      Invoice: { ...Invoice, Total: '0.10', Lines: { Line: [line(1, '0.1')] } },
    });
    expect(fault).toMatchObject({ Code: 'ERP-1044', Field: 'Total' });
  });

  it.each([
    ['an unknown customer', { CustNo: '999999' }, 'ERP-1404', 'CustNo'],
    ['significant zeros', { CustNo: '20' }, 'ERP-1404', 'CustNo'],
    ['a blocked customer', { CustNo: '000012' }, 'ERP-1021', 'CustNo'],
    ['a closed period', { InvDate: '2001-01-31' }, 'ERP-1043', 'InvDate'],
    ['a due date in the past', { DueDate: '2028-02-01' }, 'ERP-1003', 'DueDate'],
    ['a sum that does not add up', { Total: '10.01' }, 'ERP-1010', 'Total'],
    [
      'cents of a yen',
      { Currency: 'JPY', Total: '1.5', Lines: { Line: [line(1, '1.5')] } },
      'ERP-1003',
      'Lines/Line/LineAmount',
    ],
    ['an unknown currency', { Currency: 'XXX' }, 'ERP-1003', 'Currency'],
    ['no lines', { Lines: {} }, 'ERP-1001', 'Lines/Line'],
    ['a line number twice', { Lines: { Line: [line(1, '5'), line(1, '5')] } }, 'ERP-1011', 'Lines/Line/LineNo'],
    [
      'an unknown tax code',
      { Lines: { Line: [{ ...line(1, '10'), TaxCode: 'TAX' }] } },
      'ERP-1003',
      'Lines/Line/TaxCode',
    ],
    ['five decimals', { Total: '10.00001' }, 'ERP-1000', 'Invoice/Total'],
    ['a day that does not exist', { InvDate: '2027-02-29' }, 'ERP-1000', 'Invoice/InvDate'],
  ])('refuses %s, naming the field', async (_name, changes: Record<string, unknown>, Code, Field) => {
    const Invoice = {
      CustNo: '000020',
      InvDate: '2028-02-29',
      Currency: 'EUR',
      Total: '10',
      Lines: { Line: [line(1, '10')] },
      ...changes,
    };
    expect(await refusal('UpsertInvoice', { MessageId: MessageId(), Invoice })).toMatchObject({ Code, Field });
  });

  it('refuses a stale row version and a tax number in use', async () => {
    const Customer = { CustNo: '000001', Name: 'New name' };
    const stale = await refusal('UpsertCustomer', { MessageId: MessageId(), ExpectedRowVersion: '1', Customer });
    expect(stale).toMatchObject({ Code: 'ERP-1409', Retryable: 'false' });
    const taken = await refusal('UpsertCustomer', {
      MessageId: MessageId(),
      Customer: { Name: 'Other', TaxNo: 'DE100100000' },
    });
    expect(taken).toMatchObject({
      Code: 'ERP-1062',
      Field: 'TaxNo',
      Message: 'TaxNo is already used; ExistingKey=000001',
    });
  });

  function line(LineNo: number, amount: string): Record<string, unknown> {
    return { LineNo, Qty: '1', UnitPrice: amount, LineAmount: amount };
  }
});
