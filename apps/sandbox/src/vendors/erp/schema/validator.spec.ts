import { parseXml } from '../xml/xml-parser';
import { readContract } from './contract-reader';
import { isFields } from './contract.types';
import { LEGACY_ERP_WSDL } from './legacy-erp.wsdl';
import { printRoot } from './printer';
import { readElement, SchemaViolation } from './validator';

const contract = readContract(LEGACY_ERP_WSDL);
const NS = contract.namespace;

function read(operation: string, content: string): unknown {
  const declaration = contract.operations.find(({ name }) => name === operation)?.input;
  if (!declaration) throw new Error(operation);
  const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  return readElement(NS, declaration, parseXml(`<r xmlns="${NS}" xmlns:q="urn:other" ${xsi}>${content}</r>`));
}
const customer = (content: string): string => `<MessageId>1</MessageId><Customer>${content}</Customer>`;

describe('the contract', () => {
  it('is read from the WSDL itself', () => {
    expect(contract.operations.map(({ name, soapAction }) => soapAction === `urn:acme:erp:v1/${name}`)).toEqual(
      Array.from({ length: 7 }, () => true),
    );
  });

  it('keeps nil, empty and absent apart', () => {
    expect(read('UpsertCustomer', customer('<Name>A</Name><Email xsi:nil="true"/><Phone/>'))).toEqual({
      MessageId: '1',
      Customer: { Name: 'A', Email: null, Phone: '' },
    });
  });

  it('stores numbers in one form', () => {
    expect(
      read('UpsertCustomer', customer('<Name>A</Name><CreditLimit> +007.50 </CreditLimit><TermsDays>+07</TermsDays>')),
    ).toMatchObject({
      Customer: { CreditLimit: '7.5000', TermsDays: '7' },
    });
    expect(
      read('GetChangesSince', '<EntityType>Customer</EntityType><Since>2024-02-29T24:00:00Z</Since>'),
    ).toMatchObject({
      Since: '2024-02-29T24:00:00Z',
    });
  });

  it.each([
    [
      'wrong order',
      customer('<Name>A</Name><Email>a</Email><ContactName>b</ContactName>'),
      'Customer/ContactName',
      'unexpected',
    ],
    ['another namespace', customer('<q:Name>A</q:Name>'), 'Customer/Name', 'unexpected'],
    ['twice', customer('<Name>A</Name><Name>B</Name>'), 'Customer/Name', 'unexpected'],
    ['unknown at the end', `${customer('<Name>A</Name>')}<Extra/>`, 'Extra', 'unexpected'],
    ['unknown in the middle', customer('<Name>A</Name><Vip>Y</Vip>'), 'Customer/Vip', 'unexpected'],
    ['missing', customer('<CustNo>1</CustNo>'), 'Customer/Name', 'missing'],
    ['missing altogether', '<MessageId>1</MessageId>', 'Customer', 'missing'],
    ['text between', customer('x<Name>A</Name>'), 'Customer', 'unexpected'],
    ['an attribute', customer('<Name lang="de">A</Name>'), 'Customer/Name', 'unexpected'],
    ['elements in a text', customer('<Name><b>A</b></Name>'), 'Customer/Name', 'unexpected'],
    ['nil where it is not allowed', customer('<Name xsi:nil="true"/>'), 'Customer/Name', 'value'],
    ['nil with content', customer('<Name>A</Name><Email xsi:nil="true">a</Email>'), 'Customer/Email', 'value'],
    ['an empty number', customer('<Name>A</Name><CreditLimit/>'), 'Customer/CreditLimit', 'value'],
    ['a German number', customer('<Name>A</Name><CreditLimit>1.234,50</CreditLimit>'), 'Customer/CreditLimit', 'value'],
    ['an exponent', customer('<Name>A</Name><CreditLimit>1e3</CreditLimit>'), 'Customer/CreditLimit', 'value'],
    ['five digits', customer('<Name>A</Name><CreditLimit>1.00001</CreditLimit>'), 'Customer/CreditLimit', 'value'],
    ['another flag', customer('<Name>A</Name><Blocked>J</Blocked>'), 'Customer/Blocked', 'value'],
    ['a large int', customer('<Name>A</Name><TermsDays>2147483648</TermsDays>'), 'Customer/TermsDays', 'value'],
  ])('refuses %s, naming the element', (_name, content, path, kind) => {
    expect(() => read('UpsertCustomer', content)).toThrow(expect.objectContaining({ path, kind }));
    expect(() => read('UpsertCustomer', content)).toThrow(SchemaViolation);
  });

  it('says what was expected, up to the first mandatory element', () => {
    expect(() => read('UpsertCustomer', customer('<Email>a</Email>'))).toThrow(
      `One of '{"${NS}":CustNo, "${NS}":ExtRef, "${NS}":Name}' is expected.`,
    );
    expect(() => read('GetChangesSince', '<EntityType>x</EntityType><Since>2023-02-29T00:00:00</Since>')).toThrow(
      "'2023-02-29T00:00:00' is not a valid value for 'dateTime'",
    );
  });

  it('prints in the order of the schema, with any prefix', () => {
    const { output } = contract.operations.find(({ name }) => name === 'GetCustomer') ?? {};
    if (!output) throw new Error('GetCustomer');
    const value = { Customer: { Email: null, Name: 'A<&>\u00a0"', CustNo: '1', Phone: '' } };
    if (!isFields(value)) throw new Error('fields');
    expect(printRoot(output, value, { prefix: 'p', namespace: NS })).toBe(
      '<p:GetCustomerResponse><p:Customer><p:CustNo>1</p:CustNo><p:Name>A&lt;&amp;&gt;\u00a0"</p:Name><p:Email xsi:nil="true"/><p:Phone/></p:Customer></p:GetCustomerResponse>',
    );
    expect(printRoot(output, {}, { prefix: '', namespace: NS })).toBe(`<GetCustomerResponse xmlns="${NS}"/>`);
  });
});
