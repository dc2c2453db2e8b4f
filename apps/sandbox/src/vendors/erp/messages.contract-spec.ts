import { ErpFixture, NS, texts, type SoapAnswer } from './fixtures/erp-fixture';

const PING = `<PingRequest xmlns="${NS}"/>`;
const envelope = (inner: string, namespace = 'http://schemas.xmlsoap.org/soap/envelope/'): string =>
  `<e:Envelope xmlns:e="${namespace}">${inner}</e:Envelope>`;

describe('messages of the ERP sandbox', () => {
  let fixture: ErpFixture;

  beforeAll(async () => {
    fixture = await ErpFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    await fixture.settings({ call_delay_ms: 0 });
  });

  const upsert = (content: string, id = 'm-1'): Promise<SoapAnswer> =>
    fixture.call('UpsertCustomer', `<MessageId>${id}</MessageId><Customer>${content}</Customer>`);
  const customer = (custNo: string): Promise<SoapAnswer> => fixture.call('GetCustomer', `<CustNo>${custNo}</CustNo>`);
  const field = async (custNo: string, name: string): Promise<string | undefined> =>
    texts((await customer(custNo)).body, name)[0];
  const body = (content = PING): string =>
    envelope(`<e:Header>${fixture.token()}</e:Header><e:Body>${content}</e:Body>`);

  it('checks the SOAPAction against the body, quotes included', async () => {
    const send = async (action: string | null): Promise<string | undefined> =>
      (await fixture.send(body(), { action })).fault?.text;
    expect(await send(`"${NS}/Ping"`)).toBeUndefined();
    expect(await send(null)).toContain('missing');
    expect(await send('""')).toContain('does not match an operation');
    expect(await send(`${NS}/Ping`)).toContain('does not match an operation');
    expect(await send(`"${NS}/GetCustomer"`)).toContain('does not match the body element PingRequest');
  });

  it.each([
    ['SOAP 1.2', envelope('<e:Body/>', 'http://www.w3.org/2003/05/soap-envelope'), 'VersionMismatch'],
    ['no envelope', '<a/>', 'Client'],
    ['no body', envelope(''), 'Client'],
    ['an empty body', envelope('<e:Body/>'), 'Client'],
    ['two requests', envelope(`<e:Body>${PING}${PING}</e:Body>`), 'Client'],
    ['something after the body', envelope(`<e:Body>${PING}</e:Body><x/>`), 'Client'],
    ['broken XML', '<e:Envelope', 'Client'],
    ['an entity', `<!DOCTYPE x [<!ENTITY a "b">]>${envelope('<e:Body/>')}`, 'Client'],
    ['nothing', '', 'Client'],
  ])('answers %s with a fault', async (_name, text, code) => {
    const { status, fault } = await fixture.send(text, { action: `"${NS}/Ping"` });
    expect([status, fault?.code]).toEqual([500, `soap:${code}`]);
  });

  it('knows no operation of another namespace', async () => {
    const { fault } = await fixture.send(body('<PingRequest xmlns="urn:acme:erp:v2"/>'), { action: `"${NS}/Ping"` });
    expect(fault?.text).toContain('cvc-elt.1');
  });

  it('reads the prefixes of anybody and the encodings of its time', async () => {
    const message = `<?xml version="1.0" encoding="ISO-8859-1"?>${body(
      `<z:UpsertCustomerRequest xmlns:z="${NS}"><z:MessageId>1</z:MessageId><z:Customer><z:ExtRef>u</z:ExtRef><z:Name>Größe</z:Name></z:Customer></z:UpsertCustomerRequest>`,
    )}`;
    const action = `"${NS}/UpsertCustomer"`;
    const bytes = Buffer.from(message, 'latin1');
    const wrong = await fixture.send(bytes, { action });
    expect(wrong.fault?.text).toContain('the message is not utf-8');
    const right = await fixture.send(bytes, { action, headers: { 'content-type': 'text/xml' } });
    expect(right.status).toBe(200);
    expect(await field('000076', 'Name')).toBe('Größe');
    const unknown = await fixture.send(bytes, { action, headers: { 'content-type': 'text/xml; charset=ebcdic' } });
    expect(unknown.fault?.text).toContain('"ebcdic" is not supported');
  });

  it('refuses other content types, methods and paths with the web server’s own pages', async () => {
    const outcomes = [
      await fixture.send(body(), { headers: { 'content-type': 'application/soap+xml' } }),
      await fixture.send(body(), { headers: { 'content-encoding': 'gzip' } }),
      await fixture.send(body(), { path: '/erp/300' }),
      await fixture.send(body(), { path: '/' }),
    ];
    expect(outcomes.map(({ status }) => status)).toEqual([415, 415, 404, 404]);
    expect(outcomes.every((answer) => answer.headers.get('content-type') === 'text/html;charset=iso-8859-1')).toBe(
      true,
    );
    expect((await fetch(`${fixture.erp.url}/erp`)).status).toBe(405);
  });

  it('answers in ISO-8859-1, and loses what that cannot hold', async () => {
    await fixture.settings({ code_page: 'iso-8859-1' });
    await upsert('<ExtRef>x</ExtRef><Name>Łukasz Größe €</Name>');
    const answer = await customer('000076');
    expect(answer.headers.get('content-type')).toBe('text/xml;charset=ISO-8859-1');
    expect(answer.bytes.toString('latin1')).toContain('<?xml version="1.0" encoding="ISO-8859-1"?>');
    expect(answer.bytes.toString('latin1')).toContain('?ukasz Größe ?');
    expect(answer.body).toContain('\ufffd');
    const journal = await fixture.admin<{ entries: { response_body: string }[] }>('GET', '/requests?limit=1');
    expect(journal.body.entries[0]?.response_body).toContain('Größe');
    await fixture.settings({ charset_in_header: false, unmappable: 'reject' });
    expect((await customer('000076')).headers.get('content-type')).toBe('text/xml');
    const refused = await upsert('<Name>Łukasz</Name>', 'm-2');
    expect(refused.fault?.detail).toMatchObject({ Code: 'ERP-1004', Field: 'Name' });
  });

  it('has name lines of 35 characters: refused, or cut without a word', async () => {
    const name = '🙂'.repeat(36);
    expect((await upsert(`<Name>${name}</Name>`)).fault?.detail).toMatchObject({ Code: 'ERP-1002', Field: 'Name' });
    expect((await upsert(`<Name>${'🙂'.repeat(35)}</Name>`)).status).toBe(200);
    await fixture.settings({ overflow: 'truncate', uppercase_names: true });
    await upsert(`<Name>Straße ${name}</Name>`, 'm-2');
    expect(await field('000077', 'Name')).toBe(`STRASSE ${'🙂'.repeat(27)}`);
    const key = await upsert(`<ExtRef>${'x'.repeat(41)}</ExtRef><Name>A</Name>`, 'm-3');
    expect(key.fault?.detail).toMatchObject({ Code: 'ERP-1002', Field: 'ExtRef' });
  });

  it('means three things by nil, empty and absent', async () => {
    await upsert('<CustNo>000001</CustNo><Name>A</Name><Email xsi:nil="true"/><Phone/>');
    const { body: text } = await customer('000001');
    expect(text).toContain('<erp:Email xsi:nil="true"/>');
    expect(text).toContain('<erp:Phone/>');
    expect(text).toContain('<erp:TaxNo>DE100100000</erp:TaxNo>');
  });

  it('pads keys, groups numbers, turns flags and dates as old systems do', async () => {
    await fixture.settings({
      padded_keys: 10,
      number_format: 'german',
      boolean_format: 'J/N',
      empty_date: '0001-01-01',
    });
    const { body: text } = await customer('000008    ');
    expect(text).toContain('<erp:CustNo>000008    </erp:CustNo>');
    expect(text).toContain('<erp:CreditLimit>12.345.678.901.234,567</erp:CreditLimit>');
    expect(text).toContain('<erp:Blocked>N</erp:Blocked>');
    expect(await field('000012', 'Blocked')).toBe('J');
    await fixture.settings({ number_format: 'spaced', boolean_format: '-1/0' });
    expect(await field('000008', 'CreditLimit')).toBe('12 345 678 901 234,567');
    expect([await field('000012', 'Blocked'), await field('000008', 'Blocked')]).toEqual(['-1', '0']);
    const { body: created } = await upsert('<Name>A</Name><TermsDays>0</TermsDays>');
    expect(texts(created, 'Key')).toEqual(['000076    ']);
    const invoiced = await fixture.call(
      'UpsertInvoice',
      '<MessageId>i</MessageId><Invoice><CustNo>000076    </CustNo><InvDate>2030-01-01</InvDate><Currency>EUR</Currency><Total>1234.5</Total><Lines><Line><LineNo>1</LineNo><Qty>1</Qty><UnitPrice>1234.5</UnitPrice><LineAmount>1234.5</LineAmount></Line></Lines></Invoice>',
    );
    expect(texts(invoiced.body, 'Action')).toEqual(['Created']);
    await fixture.settings({ number_format: 'german' });
    const { body: invoice } = await fixture.call('GetInvoice', '<InvoiceNo>00000041</InvoiceNo>');
    expect([texts(invoice, 'DueDate'), texts(invoice, 'Total')]).toEqual([['0001-01-01'], ['1.234,50']]);
  });

  it('answers faults in a 200, good news in a 500, and errors as results', async () => {
    await fixture.settings({ fault_status: 200, ok_status: 500 });
    const missing = await customer('999999');
    expect([missing.status, missing.fault?.detail.Code]).toEqual([200, 'ERP-1404']);
    const found = await customer('000001');
    expect([found.status, texts(found.body, 'CustNo')]).toEqual([500, ['000001']]);
    await fixture.settings({ fault_status: 500, ok_status: 200, business_errors: 'result' });
    const refused = await upsert('<CustNo>999999</CustNo><Name>A</Name>');
    expect([refused.status, refused.fault]).toEqual([200, undefined]);
    expect(texts(refused.body, 'Action')).toEqual(['Error ERP-1404: Customer 999999 does not exist (CustNo)']);
  });

  it('changes its prefixes from release to release', async () => {
    await fixture.settings({ soap_prefix: 'SOAP-ENV', body_prefix: '' });
    const { body: text } = await customer('000001');
    expect(text).toContain('<SOAP-ENV:Body><GetCustomerResponse xmlns="urn:acme:erp:v1"><Customer><CustNo>000001');
    const { body: fault } = await customer('x');
    expect(fault).toContain('<faultcode>SOAP-ENV:Client</faultcode>');
    expect(fault).toContain('<ErpFault xmlns="urn:acme:erp:v1"><Code>ERP-1404</Code>');
  });

  it('refuses large messages, and cuts large answers without a word', async () => {
    await fixture.settings({ request_limit_bytes: 1_024 });
    const large = await upsert(`<Name>${'x'.repeat(1_024)}</Name>`);
    expect(large.fault?.detail.Code).toBe('ERP-1413');
    await fixture.settings({ response_limit_bytes: 400 });
    const cut = await customer('000001');
    expect([cut.status, cut.bytes.length, cut.headers.get('content-length')]).toEqual([200, 400, '400']);
    expect(cut.body).not.toContain('</soap:Envelope>');
  });
});
