import { type ErpSettings } from '../erp.settings';
import { isFields, type FieldValue, type Fields } from '../schema/contract.types';
import { clientFault } from '../soap/soap-fault';
import { firstUnmappable, throughCodePage } from '../xml/code-page';

/** A name line: as long as the settings say, cut or refused, and kept in capitals where the system does so. */
const NAME = 'name';
/** Text that may be cut, with its length. A plain number is a key or code: one character too many and it is refused. */
const free = (length: number): { readonly free: number } => ({ free: length });

type Rule = number | typeof NAME | ReturnType<typeof free>;

const RULES: Readonly<Record<string, Rule>> = {
  'Customer/CustNo': 10,
  'Customer/ExtRef': 40,
  'Customer/Name': NAME,
  'Customer/ContactName': NAME,
  'Customer/Email': 80,
  'Customer/Phone': 25,
  'Customer/TaxNo': 20,
  'Customer/Currency': 3,
  'Customer/Address/Line1': free(35),
  'Customer/Address/Line2': free(35),
  'Customer/Address/City': free(35),
  'Customer/Address/Region': free(35),
  'Customer/Address/PostCode': 10,
  'Customer/Address/CountryCode': 2,
  'Invoice/InvoiceNo': 12,
  'Invoice/ExtRef': 40,
  'Invoice/CustNo': 10,
  'Invoice/Currency': 3,
  'Invoice/Status': 10,
  'Invoice/PoNumber': 20,
  'Invoice/Lines/Line/ItemCode': 20,
  'Invoice/Lines/Line/Description': free(60),
  'Invoice/Lines/Line/TaxCode': 5,
  'Payment/PaymentNo': 12,
  'Payment/ExtRef': 40,
  'Payment/CustNo': 10,
  'Payment/Currency': 3,
  'Payment/Method': 20,
  'Payment/Allocations/Allocation/InvoiceNo': 12,
};

/**
 * The texts of a record as the columns of this system hold them.
 * @throws SoapFault ERP-1002 (too long) or ERP-1004 (not in the code page) with the field
 */
export function fitColumns(settings: ErpSettings, entity: string, fields: Fields): Fields {
  return fit(settings, entity, fields) as Fields;
}

function fit(settings: ErpSettings, path: string, value: FieldValue): FieldValue {
  if (value === null) return null;
  if (typeof value === 'string') return fitText(settings, path, value);
  if (isFields(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]) =>
        inner === undefined ? [] : [[name, fit(settings, `${path}/${name}`, inner)]],
      ),
    );
  }
  return value.map((item) => fit(settings, path, item));
}

function fitText(settings: ErpSettings, path: string, raw: string): string {
  const rule = RULES[path];
  if (rule === undefined) return raw;
  const field = path.slice(path.indexOf('/') + 1);
  const isKey = typeof rule === 'number';
  const limit = rule === NAME ? settings.name_length : isKey ? rule : rule.free;
  const stored = storable(settings, isKey ? raw.trimEnd() : raw, field);
  // Before the length is taken: capitals can be longer.
  const text = rule === NAME && settings.uppercase_names ? stored.toUpperCase() : stored;
  const characters = [...text];
  if (characters.length > limit) {
    if (isKey || settings.overflow === 'reject') {
      throw clientFault('ERP-1002', `${field} is longer than ${limit} characters`, field);
    }
    return characters.slice(0, limit).join('');
  }
  return text;
}

function storable({ code_page, unmappable }: ErpSettings, text: string, field: string): string {
  const stranger = unmappable === 'reject' ? firstUnmappable(text, code_page) : undefined;
  if (stranger !== undefined) {
    throw clientFault('ERP-1004', `${field} has a character that is not in ${code_page}: ${stranger}`, field);
  }
  return throughCodePage(text, code_page);
}
