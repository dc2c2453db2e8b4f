import { contractRecord, startFaultyServer, type FaultyServer, type VendorAnswer } from '@hub/connector-contract-suite';
import { type ConnectorContext, type LimitReading, type PullRequest, type RecordOutcome } from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject } from '@hub/platform';
import { answer, envelope, FakeErp, fault, result, valueOf } from './fake-erp.helper-spec';
import { createErpConnector } from './erp.connector';
import { ERP_WSDL } from './erp.wsdl';

let server: FaultyServer;
let http: ClosableSafeHttp;
let erp: FakeErp;
let readings: LimitReading[];
const connector = createErpConnector();

beforeEach(async () => {
  readings = [];
  erp = new FakeErp();
  server = await startFaultyServer(erp.handle);
  http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
});
afterEach(async () => {
  await server.close();
  await http.close();
});

function context(config: JsonObject = {}, credentials?: JsonObject): ConnectorContext {
  return {
    connectionId: 'con_1',
    config: { endpoint: `${server.origin}/erp`, auth: 'basic', time_zone: 'Europe/Berlin', pull_gap_ms: 0, ...config },
    credentials: credentials ?? { username: 'hub', password: 'canary-password' },
    oauthApp: null,
    reportLimit: (reading) => void readings.push(reading),
    http,
    signal: new AbortController().signal,
  };
}

const deliver = async (operation: string, payload: unknown, given = context()): Promise<RecordOutcome> => {
  const [outcome] = await connector.deliver(given, operation, [
    contractRecord({ payloadText: JSON.stringify(payload) }),
  ]);
  return outcome!;
};
const pull = (request: Partial<PullRequest> = {}, given = context()) =>
  connector.pull!(given, { object: 'Customer', mode: 'full', cursor: null, since: null, ...request });
/** The next answer, whatever is asked. */
const say = (said: VendorAnswer, times = 1): void => server.fail({ kind: 'answer', answer: said }, times);
const page = (
  rows: string,
  more = '<HasMore>false</HasMore><ServerTime>2026-11-20T10:00:00</ServerTime>',
): VendorAnswer => answer('GetChangesSince', `${rows}${more}`);

describe('faults', () => {
  it.each([
    ['ERP-1000', 'validation'],
    ['ERP-1001', 'validation'],
    ['ERP-1002', 'validation'],
    ['ERP-1043', 'validation'],
    ['ERP-1044', 'validation'],
    ['ERP-1062', 'duplicate'],
    ['ERP-1063', 'duplicate'],
    ['ERP-1404', 'not_found'],
    ['ERP-1409', 'stale'],
    ['ERP-1413', 'too_large'],
    ['ERP-1999', 'validation'],
    ['ERP-9001', 'transient'],
    ['ERP-9002', 'rate_limited'],
    ['ERP-9429', 'concurrency'],
  ])('%s is %s, by its code and with its field, with 500 and with 200', async (code, category) => {
    for (const status of [500, 200]) {
      say(fault('Client', 'no words of mine', code, 'Name', status));
      expect(await deliver('customer.upsert', { Name: 'A' })).toMatchObject({
        ok: false,
        error: { category, code, httpStatus: status, fields: ['Name'] },
        exchange: { response: { status } },
      });
    }
  });

  it.each([
    ['wsse:FailedAuthentication', 'auth_revoked', 'FailedAuthentication', undefined],
    ['wsse:InvalidSecurity', 'auth_revoked', 'InvalidSecurity', undefined],
    ['wsu:MessageExpired', 'config', 'MessageExpired', true],
    ['MustUnderstand', 'config', 'MustUnderstand', true],
    ['VersionMismatch', 'config', 'VersionMismatch', true],
    // It may be the content of this record that was not understood.
    ['Client', 'config', 'Client', undefined],
    ['Server', 'transient', 'Server', undefined],
  ])('%s without a code is %s', async (kind, category, code, wholeConnection) => {
    say(fault(kind, 'words'));
    const outcome = await deliver('customer.upsert', { Name: 'A' });
    expect(outcome).toMatchObject({ error: { category, code } });
    expect(outcome?.ok === false ? outcome.error.wholeConnection : null).toBe(wholeConnection);
  });

  it('of SOAP 1.2 are understood, and "false" is not true', async () => {
    const detail = (retryable: string) =>
      `<s:Detail><x:ErpFault xmlns:x="urn:acme:erp:v1"><x:Code>ERP-7777</x:Code><x:Message>new</x:Message><x:Retryable>${retryable}</x:Retryable></x:ErpFault></s:Detail>`;
    const parts =
      '<s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en">new</s:Text></s:Reason>';
    say(envelope(`<s:Fault>${parts}${detail('true')}</s:Fault>`, 500));
    expect(await deliver('customer.upsert', { Name: 'A' })).toMatchObject({
      error: { category: 'transient', code: 'ERP-7777' },
    });
    say(envelope(`<s:Fault>${parts}${detail('false')}</s:Fault>`, 500));
    expect(await deliver('customer.upsert', { Name: 'A' })).toMatchObject({ error: { category: 'validation' } });
  });

  it.each([
    ['Error ERP-1043: Posting period 2001-01 is closed (InvDate)', 'validation', 'ERP-1043', ['InvDate']],
    ['ERROR', 'validation', 'ERROR', []],
    ['Postponed', 'validation', 'unexpected_action', []],
  ])('in a result with a good status count: %s', async (action, category, code, fields) => {
    say(result('1', action, '1'));
    expect(await deliver('customer.upsert', { Name: 'A' })).toMatchObject({
      ok: false,
      error: { category, code, ...(fields.length === 0 ? {} : { fields }) },
    });
  });
});

describe('answers that are none', () => {
  it.each([
    ['nothing', { status: 200, body: '' }],
    ['an envelope without body', envelope('')],
    ['an empty envelope', { status: 200, body: '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>' }],
    ['the answer to something else', answer('Ping', '<Version>1</Version>')],
    ['an answer without its result', answer('UpsertCustomer', '')],
    ['a result without action', answer('UpsertCustomer', '<Result><Key>1</Key></Result>')],
    ['a part of one', { status: 200, body: String(result('1', 'Created', '1').body).slice(0, -30) }],
    ['a bomb', { status: 200, body: '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>' }],
    ['a fault without a word', envelope('<s:Fault/>', 200)],
  ])('%s is no success', async (_name, said: VendorAnswer) => {
    say(said);
    const outcome = await deliver('customer.upsert', { Name: 'A' });
    expect(outcome).toMatchObject({ ok: false, error: { category: 'transient', code: 'unreadable_answer' } });
  });

  it('of 401, 403 and 404 say what is wrong with the connection', async () => {
    for (const [status, category] of [
      [401, 'auth_revoked'],
      [403, 'auth_revoked'],
      [404, 'config'],
      [302, 'config'],
    ] as const) {
      say({ status, headers: { 'content-type': 'text/html' }, body: '<html>no</html>' });
      expect(await deliver('customer.upsert', { Name: 'A' })).toMatchObject({
        error: { category, httpStatus: status },
      });
    }
  });

  it('in a broken encoding bring no wrong names', async () => {
    const name = Buffer.from('<Customer><CustNo>1</CustNo><Name>Müller</Name></Customer>', 'latin1');
    const body = Buffer.concat(
      String(page('@').body)
        .split('@')
        .flatMap((part, i) => (i === 0 ? [Buffer.from(part), name] : [Buffer.from(part)])),
    );
    const said = { status: 200, headers: { 'content-type': 'text/xml;charset=utf-8' }, body };
    say(said);
    expect(await pull()).toMatchObject({ ok: false, error: { code: 'unreadable_encoding' } });
    say(said);
    const read = await pull({}, context({ code_page: 'windows-1252' }));
    expect(read.ok && read.value.records[0]?.dataText).toContain('"Name":"Müller"');
  });
});

describe('records', () => {
  it('keep nil, empty and missing apart, and what a newer release adds', async () => {
    say(
      page(
        '<Customer><CustNo>000123   </CustNo><Name>  A &amp; B </Name><ContactName xsi:nil="true"/><Email/><Phone> </Phone>' +
          '<CreditLimit/><TermsDays>30</TermsDays><Address/><Segment code="x">Gold</Segment>' +
          '<RowVersion>9007199254740993</RowVersion><ModifiedOn>2026-07-01T10:00:00</ModifiedOn></Customer>',
      ),
    );
    const read = await pull();
    const record = read.ok ? read.value.records[0] : undefined;
    expect(record).toMatchObject({
      id: '000123',
      change: 'updated',
      version: '9007199254740993',
      modifiedAt: '2026-07-01T08:00:00.000Z',
      modifiedByUs: null,
    });
    expect(JSON.parse(record?.dataText ?? '')).toEqual({
      CustNo: '000123',
      Name: '  A & B ',
      ContactName: null,
      Email: '',
      Phone: ' ',
      CreditLimit: null,
      TermsDays: 30,
      Address: null,
      RowVersion: '9007199254740993',
      ModifiedOn: '2026-07-01T10:00:00',
      Segment: 'Gold',
    });
  });

  it('that exist are not deleted by an older notice in the same answer', async () => {
    const gone = (key: string) =>
      `<Deleted><EntityType>Customer</EntityType><Key>${key}</Key><DeletedOn>2026-07-01T10:00:00</DeletedOn></Deleted>`;
    const clock = '<ServerTime>2026-07-01T10:00:00</ServerTime>';
    say(answer('Ping', clock));
    const start = await pull({ mode: 'changes' });
    say(
      page(
        `<Customer><CustNo>1</CustNo><Name>again</Name></Customer>${gone('1')}${gone('2')}<Deleted><EntityType>Invoice</EntityType><Key>3</Key><DeletedOn>2026-07-01T10:00:00</DeletedOn></Deleted>`,
      ),
    );
    const read = await pull({ mode: 'changes', cursor: start.ok ? start.value.cursor : null });
    expect(read.ok && read.value.records.map(({ id, change }) => [id, change])).toEqual([
      ['2', 'deleted'],
      ['1', 'updated'],
    ]);
  });

  it('without a number make the page unreadable rather than vanish', async () => {
    say(page('<Customer><Name>A</Name></Customer>'));
    expect(await pull()).toMatchObject({ ok: false, error: { code: 'unreadable_answer' } });
  });
});

describe('a run', () => {
  it('begins once more by time when its cursor is refused, but not for ever', async () => {
    const marks = [{ time: '2026-07-01T12:00:00', cursor: 'old' }];
    const refusal = fault('Client', 'Cursor is not valid', 'ERP-1003', 'Cursor');
    say(refusal);
    const first = await pull({ mode: 'changes', cursor: { marks } });
    expect(first).toMatchObject({
      ok: true,
      value: { records: [], done: false, cursor: { run: { since: '2026-07-01T11:49:59' } } },
    });
    say(page('', '<NextCursor>n</NextCursor><HasMore>true</HasMore><ServerTime>2026-07-01T12:05:00</ServerTime>'));
    const second = await pull({ mode: 'changes', cursor: first.ok ? first.value.cursor : null });
    expect(valueOf(server.requests.at(-1)?.body ?? '', 'Since')).toBe('2026-07-01T11:49:59');
    say(refusal);
    const third = await pull({ mode: 'changes', cursor: second.ok ? second.value.cursor : null });
    expect(third).toMatchObject({ ok: false, error: { code: 'ERP-1003' } });
    // The next run, later: it is not stuck with that cursor.
    const cursor: JsonObject = second.ok ? second.value.cursor : {};
    const run = { ...(cursor['run'] as JsonObject), restartedAt: new Date(Date.now() - 3_600_000).toISOString() };
    say(refusal);
    const later = await pull({ mode: 'changes', cursor: { ...cursor, run } });
    expect(later).toMatchObject({ ok: true, value: { cursor: { run: { since: '2026-07-01T11:49:59' } } } });
  });

  it('is not begun by a clock that cannot be read', async () => {
    say(answer('Ping', '<ServerTime>01.07.2026 12:00</ServerTime>'));
    expect(await pull({ mode: 'changes' })).toMatchObject({ ok: false, error: { code: 'unreadable_clock' } });
    say(page('', '<HasMore>false</HasMore><ServerTime>noon</ServerTime>'));
    expect(await pull()).toMatchObject({ ok: false, error: { code: 'unreadable_clock' } });
  });

  it('makes one call for each page and tells how many are used up', async () => {
    await pull({}, context({ pull_max_calls: 7 }));
    expect(server.requests).toHaveLength(1);
    expect(readings).toEqual([{ limit: 'calls_per_run', used: 1, max: 7 }]);
    expect(await pull({ object: 'Order' })).toMatchObject({ ok: false, error: { code: 'not_pulled' } });
    expect(await connector.readRecords!(context(), 'Order', ['1'])).toMatchObject({ ok: false });
    expect(server.requests).toHaveLength(1);
  });
});

describe('reading by id', () => {
  it('takes an answer without a record, and a fault, for none', async () => {
    say(answer('GetCustomer', ''));
    expect(await connector.readRecords!(context(), 'Customer', ['1'])).toEqual({ ok: true, value: [] });
    say(fault('Client', 'none', 'ERP-1404', 'CustNo'));
    expect(await connector.readRecords!(context(), 'Customer', ['1'])).toEqual({ ok: true, value: [] });
  });

  it('believes no empty listing, and ends a listing that is too long', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => String(i));
    expect(await connector.readRecords!(context(), 'Customer', ids)).toMatchObject({
      ok: false,
      error: { code: 'empty_listing' },
    });
    expect(await connector.readRecords!(context(), 'Payment', ['1'])).toMatchObject({
      ok: false,
      error: { code: 'empty_listing' },
    });
    let cursor = 0;
    const endless = await startFaultyServer(() =>
      page(
        '<Payment><PaymentNo>1</PaymentNo></Payment>',
        `<NextCursor>${++cursor}</NextCursor><HasMore>true</HasMore><ServerTime>2026-07-01T12:05:00</ServerTime>`,
      ),
    );
    const given = context({ endpoint: `${endless.origin}/erp`, pull_max_calls: 5 });
    expect(await connector.readRecords!(given, 'Payment', ['2'])).toMatchObject({
      ok: false,
      error: { code: 'listing_too_long' },
    });
    expect(endless.requests).toHaveLength(5);
    await endless.close();
  });
});

describe('what is stored of a call', () => {
  it.each(['ws_security_digest', 'ws_security_text'])('holds no password, digest or nonce: %s', async (auth) => {
    for (const password of ['pw', 'canary&password']) {
      server.fail({ kind: 'echo', status: 500 }, 1);
      const outcome = await deliver('customer.upsert', { Name: 'A' }, context({ auth }, { username: 'hub', password }));
      const sent = server.requests.at(-1)?.body ?? '';
      const token = /<wsse:Password [^>]*>([^<]+)</.exec(sent)?.[1] ?? '';
      const nonce = /<wsse:Nonce [^>]*>([^<]+)</.exec(sent)?.[1] ?? '';
      expect(token).not.toBe('');
      const { exchange } = outcome;
      expect(exchange?.request.body).toContain('>[redacted]</wsse:Password>');
      expect(exchange?.request.body).toContain('<Name>A</Name>');
      if (token.length > 5) expect(JSON.stringify(outcome)).not.toContain(token);
      if (nonce !== '') expect(JSON.stringify(outcome)).not.toContain(nonce);
    }
  });

  it('says what soap was to say, and to whom', async () => {
    await deliver('customer.upsert', { Phone: '1', Name: 'A' });
    const request = server.requests[0];
    expect(request?.headers).toMatchObject({
      soapaction: '"urn:acme:erp:v1/UpsertCustomer"',
      'content-type': 'text/xml; charset=utf-8',
    });
    expect(request?.body).toMatch(
      /<MessageId>[0-9a-f]{64}<\/MessageId><Customer><ExtRef>[^<]+<\/ExtRef><Name>A<\/Name><Phone>1</,
    );
  });
});

describe('message ids', () => {
  it('are the same for a repeat, and others for other content', async () => {
    const record = contractRecord({ payloadText: '{"Name":"A","TermsDays":1}' });
    const same = { ...record, payloadText: '{"TermsDays":1.0,"Name":"A"}', mayHaveBeenSent: true };
    const other = { ...record, payloadText: '{"Name":"B"}' };
    await connector.deliver(context(), 'customer.upsert', [record, same, other]);
    const [first, second, third] = server.requests.map(({ body }) => valueOf(body, 'MessageId'));
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(erp.customers.size).toBe(1);
  });

  it('go with a reference that fits its column', async () => {
    const subjects = ['short', 'x'.repeat(60), 'Müller', ''];
    for (const subject of subjects) {
      await connector.deliver(context(), 'customer.upsert', [contractRecord({ payloadText: '{"Name":"A"}', subject })]);
    }
    const references = server.requests.map(({ body }) => valueOf(body, 'ExtRef'));
    expect(references).toEqual(['short', expect.stringMatching(/^hub-[0-9a-f]{36}$/), expect.stringMatching(/^hub-/)]);
  });
});

describe('the contract check', () => {
  const withWsdl = async (wsdl: string, status = 200): Promise<unknown> => {
    const served = await startFaultyServer((request) =>
      request.method === 'GET' ? { status, headers: { 'content-type': 'text/xml' }, body: wsdl } : erp.handle(request),
    );
    const given = context({ endpoint: `${served.origin}/erp`, check_contract: true });
    const report = await connector.testConnection(given);
    const calls = served.requests.map(({ method, url }) => `${method} ${url}`);
    await served.close();
    expect(calls).toEqual(['POST /erp', 'POST /erp', 'GET /erp?wsdl']);
    return report.ok ? report.value.details['contract'] : report.error;
  };

  it('tells what another release has changed', async () => {
    expect(await withWsdl(ERP_WSDL)).toBe('as used');
    const changed = ERP_WSDL.replace(
      '<xs:element name="TaxNo" type="xs:string"',
      '<xs:element name="VatNo" type="xs:string"',
    )
      .replace('name="TermsDays" type="xs:int"', 'name="TermsDays" type="xs:string"')
      .replace(
        '<xs:element name="Key" type="xs:string" minOccurs="0"/><xs:element name="Action" type="xs:string"/>',
        '<xs:element name="Action" type="xs:string"/><xs:element name="Key" type="xs:string" minOccurs="0"/>',
      );
    expect(await withWsdl(changed)).toEqual(
      expect.arrayContaining([
        'UpsertCustomerRequest/Customer/TaxNo: is gone',
        'UpsertCustomerRequest/Customer/VatNo: is new',
        'UpsertCustomerRequest/Customer/TermsDays: has another type',
        'UpsertCustomerResponse/Result: has another order',
      ]),
    );
  });

  it('follows nothing, and hinders nothing', async () => {
    const imports = ERP_WSDL.replace(
      '<wsdl:types>',
      `<wsdl:import namespace="urn:x" location="${server.origin}/x"/><wsdl:types>`,
    );
    expect(await withWsdl(imports)).toContain('cannot be compared');
    expect(server.requests).toEqual([]);
    expect(await withWsdl('<html/>')).toContain('cannot be compared');
    expect(await withWsdl('', 404)).toContain('HTTP status 404');
  });
});
