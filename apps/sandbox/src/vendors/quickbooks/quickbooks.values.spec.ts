import { Fault } from './quickbooks.errors';
import { parseBody, printJson } from './quickbooks.values';
import { printXml } from './quickbooks.xml';

describe('bodies of the QuickBooks sandbox', () => {
  it('keeps numbers digit for digit', () => {
    expect(printJson(parseBody('{"a":12345678901234.56,"b":0.1,"c":100.00,"d":1e-7}'))).toBe(
      '{"a":12345678901234.56,"b":0.1,"c":100,"d":0.0000001}',
    );
  });

  it.each(['[]', '"x"', '{', '{"a":1e400}', '{"a":01}'])('refuses %s with the vendor’s code', (text) => {
    expect(() => parseBody(text)).toThrow(Fault);
  });

  it('prints references, attributes and lists as XML', () => {
    const body = {
      Customer: { CurrencyRef: { value: 'USD', name: 'A & B' }, Line: [{ Id: '1' }, { Id: '2' }], domain: 'QBO' },
      time: 't',
    };
    expect(printXml(body)).toBe(
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="t">' +
        '<Customer domain="QBO"><CurrencyRef name="A &amp; B">USD</CurrencyRef><Line><Id>1</Id></Line><Line><Id>2</Id></Line></Customer></IntuitResponse>',
    );
  });
});
