import { isLosslessNumber, parse as parseLossless } from 'lossless-json';
import { type ConnectorError } from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { type Entity } from './erp.contract';
import { documentIdOf } from './erp.ids';
import { isMembers, refuse, type Members } from './erp.members';
import { KEY_OF } from './erp.record';
import { type ErpSettings } from './erp.settings';

/** A payload, taken apart into what names the record and what is to be in it. */
export interface ErpPayload {
  readonly key: string | null;
  /** Fiscal year of the number, where numbers repeat. */
  readonly year: string | null;
  readonly extRef: string | null;
  /** The version that it was made from, if the mapping says so. */
  readonly version: string | null;
  /** Members of the contract, without key, reference and what the system keeps. */
  readonly members: Members;
}

/** The system's own: a record that was pulled may be sent back with them. */
const SYSTEM_MEMBERS = ['RowVersion', 'ModifiedOn'];

export function readPayload(text: string, entity: Entity, settings: ErpSettings): Result<ErpPayload, ConnectorError> {
  let payload: unknown;
  try {
    payload = parseLossless(text);
  } catch {
    return refuse('payload_not_json', 'The payload is not JSON');
  }
  if (!isMembers(payload)) {
    return refuse('payload_not_object', 'The payload must be a JSON object with one member for each element');
  }
  const keyName = KEY_OF[entity];
  const { [keyName]: key, ExtRef: extRef, ...rest } = payload;
  const texts = [readCode(keyName, key), readCode('ExtRef', extRef), readCode('RowVersion', rest['RowVersion'])];
  const bad = texts.find((code) => !code.ok);
  if (bad?.ok === false) return bad;
  const [id, reference, version] = texts.map((code) => (code.ok ? code.value : null));
  const document = id == null ? null : documentIdOf(id, settings);
  const members = Object.fromEntries(Object.entries(rest).filter(([name]) => !SYSTEM_MEMBERS.includes(name)));
  return ok({
    key: document?.number ?? null,
    year: document?.year ?? null,
    extRef: reference ?? null,
    version: version ?? null,
    members: entity === 'Customer' ? members : filledIn(members, settings),
  });
}

/** Null, blank and absent name nothing. A number is taken digit by digit; zeros in front of it were lost before. */
function readCode(name: string, value: unknown): Result<string | null, ConnectorError> {
  if (value === undefined || value === null) return ok(null);
  if (isLosslessNumber(value)) return ok(value.value);
  if (typeof value !== 'string') return refuse('not_text', `${name} must be text`, name);
  return ok(value.trim() === '' ? null : value);
}

/** What the connection says of documents whose payload does not. */
function filledIn(members: Members, settings: ErpSettings): Members {
  const { defaults } = settings;
  const filled: Record<string, unknown> = { ...members };
  if (filled['Currency'] == null && defaults.currency !== null) filled['Currency'] = defaults.currency;
  const lines = itemsOf(filled['Lines'], 'Line');
  if (lines !== null) filled['Lines'] = { Line: lines.map((line, index) => filledLine(line, index, defaults)) };
  const allocations = itemsOf(filled['Allocations'], 'Allocation');
  if (allocations !== null) {
    filled['Allocations'] = { Allocation: allocations.map((allocation) => withPlainNumber(allocation, settings)) };
  }
  return filled;
}

function filledLine(line: unknown, index: number, { item, taxCode, taxCodes }: ErpSettings['defaults']): unknown {
  if (!isMembers(line)) return line;
  const given = line['TaxCode'];
  const mapped = typeof given === 'string' && Object.hasOwn(taxCodes, given) ? taxCodes[given] : given;
  return {
    ...line,
    ...(line['LineNo'] == null ? { LineNo: String(index + 1) } : {}),
    ...(line['ItemCode'] == null && item !== null ? { ItemCode: item } : {}),
    // An empty code says that the line has no tax, and stays.
    ...(mapped == null ? (taxCode === null ? {} : { TaxCode: taxCode }) : { TaxCode: mapped }),
  };
}

/** An allocation names an invoice by its number alone. */
function withPlainNumber(allocation: unknown, settings: ErpSettings): unknown {
  const number = isMembers(allocation) ? allocation['InvoiceNo'] : undefined;
  return isMembers(allocation) && typeof number === 'string'
    ? { ...allocation, InvoiceNo: documentIdOf(number, settings).number }
    : allocation;
}

/** The items of `{"Line": […]}`; null where it has another shape, which is then refused with its name. */
function itemsOf(list: unknown, name: string): readonly unknown[] | null {
  if (!isMembers(list) || Object.keys(list).some((member) => member !== name)) return null;
  const items = list[name];
  return Array.isArray(items) ? items : isMembers(items) ? [items] : null;
}
