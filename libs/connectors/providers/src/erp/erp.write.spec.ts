import { type JsonObject } from '@hub/platform';
import { entityType, erpContract, OPERATIONS, readContract, type Entity, type ErpContract } from './erp.contract';
import { isSameContent } from './erp.content';
import { checkErpConnection, erpSettings, type ErpSettings } from './erp.settings';
import { readPayload } from './erp.payload';
import { writeMembers } from './erp.write';
import { ERP_WSDL } from './erp.wsdl';

let contract: ErpContract;
beforeAll(async () => {
  contract = await erpContract();
});

const CREDENTIALS = { username: 'hub', password: 'secret-1' };
function settings(config: JsonObject = {}): ErpSettings {
  const compiled = erpSettings({ endpoint: 'https://erp.example/erp', ...config }, CREDENTIALS);
  if (!compiled.ok) throw new Error(compiled.error.message);
  return compiled.value;
}
const write = (entity: Entity, payload: string, config: JsonObject = {}) => {
  const read = readPayload(payload, entity, settings(config));
  if (!read.ok) return read.error.code;
  const written = writeMembers(entityType(contract, entity), read.value.members, settings(config));
  return written.ok ? written.value : `${written.error.code} ${written.error.fields?.[0] ?? ''}`;
};

describe('the contract', () => {
  it('has every operation, and keeps order and kind of its elements', () => {
    expect([...contract.operations.keys()].sort()).toEqual([...OPERATIONS].sort());
    const lines = entityType(contract, 'Invoice').elements.find(({ name }) => name === 'Lines');
    expect(lines?.type).toMatchObject({ elements: [{ name: 'Line', many: true, required: false }] });
    expect(entityType(contract, 'Customer').elements.slice(0, 4)).toMatchObject([
      { name: 'CustNo', required: false, nillable: false },
      { name: 'ExtRef' },
      { name: 'Name', required: true },
      { name: 'ContactName', nillable: true },
    ]);
    expect(entityType(contract, 'Payment').elements.find(({ name }) => name === 'Amount')?.type).toEqual({
      kind: 'simple',
      base: 'decimal',
      values: null,
      fractionDigits: 4,
    });
  });

  it('is not read from documents that import others, nor from other things', async () => {
    const imports = ERP_WSDL.replace(
      '<wsdl:types>',
      '<wsdl:import namespace="urn:x" location="/etc/hostname"/><wsdl:types>',
    );
    await expect(readContract(imports)).rejects.toThrow();
    const includes = ERP_WSDL.replace(
      '<xs:simpleType name="Money">',
      '<xs:include schemaLocation="http://127.0.0.1:9/x.xsd"/><xs:simpleType name="Money">',
    );
    await expect(readContract(includes)).rejects.toThrow('imports are not followed');
    await expect(readContract('<html/>')).rejects.toThrow();
  });
});

describe('a payload', () => {
  it('becomes what soap is to send: in order, as text, digit for digit', () => {
    const written = write(
      'Invoice',
      '{"Total":12345678901234.56,"Currency":"EUR","InvDate":"2028-02-29","CustNo":"000123","RowVersion":9007199254740993,' +
        '"Lines":{"Line":[{"LineAmount":1e-1,"UnitPrice":"0.10","Qty":1,"TaxCode":"TAX"},{"LineAmount":0,"UnitPrice":0,"Qty":2,"TaxCode":""}]}}',
      { default_item: 'SERVICE', tax_codes: { TAX: 'S19' }, default_tax_code: 'NONE' },
    );
    expect(JSON.stringify(written)).toBe(
      '{"CustNo":"000123","InvDate":"2028-02-29","Currency":"EUR","Total":"12345678901234.56","Lines":{"Line":[' +
        '{"LineNo":"1","ItemCode":"SERVICE","Qty":"1","UnitPrice":"0.10","TaxCode":"S19","LineAmount":"0.1"},' +
        '{"LineNo":"2","ItemCode":"SERVICE","Qty":"2","UnitPrice":"0","TaxCode":"","LineAmount":"0"}]}}',
    );
  });

  it('clears with nil, with an empty element, or not at all', () => {
    expect(write('Customer', '{"Name":"A","Email":null,"Currency":null,"Address":null,"Blocked":true}')).toEqual({
      Name: 'A',
      Email: null,
      Currency: '',
      Blocked: 'Y',
      Address: { Line1: '', Line2: '', City: '', Region: '', PostCode: '', CountryCode: '' },
    });
    expect(write('Customer', '{"Name":"A","TermsDays":null}')).toBe('not_clearable TermsDays');
  });

  it.each([
    ['Customer', '{"Name":1}', { Name: '1' }],
    ['Customer', '{"Name":"A","Blocked":"X"}', 'not_in_list Blocked'],
    ['Customer', '{"Name":["A"]}', 'not_text Name'],
    ['Customer', '{"Name":"A","Address":"x"}', 'not_object Address'],
    ['Customer', '{"Name":"A","Address":{"Street":"x"}}', 'unknown_member Address/Street'],
    ['Customer', '{"Email":"a@b"}', 'required Name'],
    ['Customer', '{"Name":"A","TermsDays":1.5}', 'not_whole TermsDays'],
    ['Customer', '{"Name":"A","TermsDays":99999999999}', 'not_whole TermsDays'],
    ['Customer', '{"CustNo":{}}', 'not_text'],
    ['Customer', '[1]', 'payload_not_object'],
    ['Customer', '{', 'payload_not_json'],
    [
      'Payment',
      '{"CustNo":"1","PayDate":"2027-02-29","Currency":"EUR","Amount":"1","Allocations":{}}',
      'not_date PayDate',
    ],
    ['Payment', '{"CustNo":"1","PayDate":"2028-02-29","Amount":"1","Allocations":{}}', 'required Currency'],
    [
      'Payment',
      '{"CustNo":"1","PayDate":"2028-02-29","Currency":"EUR","Amount":"x","Allocations":{}}',
      'not_decimal Amount',
    ],
  ] as const)('%s %s', (entity, payload, expected) => {
    expect(write(entity, payload)).toEqual(expected);
  });

  it('brings no markup of its own', () => {
    expect(write('Customer', JSON.stringify({ Name: '<![CDATA[]]></Name>&]]>' }))).toEqual({
      Name: { $xml: '&lt;![CDATA[]]&gt;&lt;/Name&gt;&amp;]]&gt;' },
    });
  });
});

describe('content', () => {
  it('is the same when all that was sent is there, amounts by value, numbers of documents by digit', () => {
    const found = { Name: 'A', Total: '0.3000', CustNo: '000123', Email: '', TermsDays: 30, Extra: 1 };
    expect(isSameContent({ Name: 'A', Total: '0.3', Email: null, TermsDays: '30' }, found)).toBe(true);
    expect(isSameContent({ CustNo: '123' }, found)).toBe(false);
    expect(isSameContent({ Total: '0.31' }, found)).toBe(false);
    expect(isSameContent({ Lines: { Line: [{ Qty: '1' }] } }, { Lines: { Line: [{ Qty: '1.0' }] } })).toBe(true);
    expect(isSameContent({ Lines: { Line: [] } }, { Lines: { Line: [{ Qty: '1' }] } })).toBe(false);
  });
});

describe('settings', () => {
  const problems = (config: JsonObject, credentials: JsonObject = CREDENTIALS) =>
    checkErpConnection({ endpoint: 'https://erp.example/erp', ...config }, credentials).map(
      ({ pointer, code }) => `${pointer} ${code}`,
    );
  const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

  it('say what cannot work before it fails at night', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ endpoint: 'http://erp.example/erp' })).toEqual(['/config/endpoint url']);
    expect(problems({ endpoint: 'http://erp.internal:8080/erp' })).toEqual([]);
    expect(problems({ time_zone: 'Europe/Atlantis' })).toEqual(['/config/time_zone time_zone']);
    expect(problems({ nightly_window: { from: '01:00', to: '01:00' } })).toEqual(['/config/nightly_window/to empty']);
    expect(problems({ auth: 'certificate' })).toEqual(['/credentials/certificate required']);
    expect(problems({ auth: 'basic' }, { username: 'a:b', password: 'x' })).toEqual(['/credentials/username colon']);
    expect(problems({}, {})).toEqual(['/credentials/username required']);
    expect(problems({ ca_certificates: PEM })).toEqual(['/config/ca_certificates pem']);
    expect(problems({ auth: 'certificate' }, { certificate: PEM, private_key: PEM })).toEqual([
      '/credentials/certificate pem',
    ]);
  });

  it('add the company to the address', () => {
    expect(settings({ endpoint: 'https://erp.example/erp/', company: '100' }).endpoint).toBe(
      'https://erp.example/erp/100',
    );
  });
});
