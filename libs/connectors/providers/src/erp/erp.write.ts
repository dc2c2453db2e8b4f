import { isLosslessNumber } from 'lossless-json';
import { type ConnectorError } from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { isXmlText, strangerOf } from './erp.code-page';
import { type ComplexType, type ContractElement, type SimpleType } from './erp.contract';
import { isMembers, refuse } from './erp.members';
import { type ErpSettings } from './erp.settings';
import { writeDecimal } from './erp.values';

type Written<T> = Result<T, ConnectorError>;

/** Columns that old systems cut without a word. */
const NAME_COLUMNS = new Set(['Name', 'ContactName']);
const INT = [-2_147_483_648n, 2_147_483_647n] as const;
const LONG = [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n] as const;

/**
 * A value as soap is to send it: members in the order of the contract, every leaf text. What the contract or the connection
 * forbids is refused with the field named, before a call is spent on it; nothing is changed on the way.
 */
export function writeMembers(type: ComplexType, value: unknown, settings: ErpSettings, path = ''): Written<object> {
  if (!isMembers(value)) return refuse('not_object', `${path || 'The payload'} must be an object`, path);
  const unknown = Object.keys(value).find((name) => !type.elements.some((element) => element.name === name));
  if (unknown !== undefined) {
    return refuse('unknown_member', `The contract has no ${below(path, unknown)}`, below(path, unknown));
  }
  const members: Record<string, unknown> = {};
  for (const element of type.elements) {
    const written = writeElement(element, value[element.name], settings, below(path, element.name));
    if (!written.ok) return written;
    if (written.value !== undefined) members[element.name] = written.value;
  }
  return ok(members);
}

function writeElement(element: ContractElement, value: unknown, settings: ErpSettings, path: string): Written<unknown> {
  if (value === undefined) return element.required ? refuse('required', `${path} is required`, path) : ok(undefined);
  if (element.many) return writeList(element, value, settings, path);
  if (value === null) return writeNull(element, path);
  return element.type.kind === 'complex'
    ? writeMembers(element.type, value, settings, path)
    : writeText(element.type, element.name, value, settings, path);
}

function writeList({ type }: ContractElement, value: unknown, settings: ErpSettings, path: string): Written<unknown> {
  const items: unknown[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const written =
      type.kind === 'complex' ? writeMembers(type, item, settings, path) : writeText(type, path, item, settings, path);
    if (!written.ok) return written;
    items.push(written.value);
  }
  return ok(items);
}

/** Null clears: nil where the contract takes it, else an empty element. A number or a day that must be there cannot be. */
function writeNull({ type, nillable }: ContractElement, path: string): Written<unknown> {
  if (nillable) return ok(null);
  if (isText(type)) return ok('');
  if (type.kind === 'complex' && type.elements.every((element) => !element.required && isText(element.type))) {
    return ok(Object.fromEntries(type.elements.map(({ name }) => [name, ''])));
  }
  return refuse('not_clearable', `${path} cannot be cleared: the contract takes no empty value for it`, path);
}

function isText(type: ContractElement['type']): boolean {
  return type.kind === 'simple' && type.base === 'string' && type.values === null;
}

function writeText(
  type: SimpleType,
  name: string,
  value: unknown,
  settings: ErpSettings,
  path: string,
): Written<unknown> {
  const text = leafText(type, value);
  if (text === null) return refuse('not_text', `${path} must be text or a number`, path);
  switch (type.base) {
    case 'decimal': {
      const decimal = writeDecimal(text, type.fractionDigits);
      const digits = type.fractionDigits === null ? '' : ` with at most ${type.fractionDigits} decimals`;
      return decimal === null ? refuse('not_decimal', `${path} must be a decimal${digits}`, path) : ok(decimal);
    }
    case 'int':
      return writeWhole(text, INT, path);
    case 'long':
      return writeWhole(text, LONG, path);
    case 'date':
      return isDay(text) ? ok(text) : refuse('not_date', `${path} must be a day such as 2026-11-20`, path);
    case 'dateTime':
    case 'boolean':
      return ok(text);
    case 'string':
      return type.values === null || type.values.includes(text)
        ? writeString(name, text, settings, path)
        : refuse('not_in_list', `${path} must be one of ${type.values.join(', ')}`, path);
  }
}

/** True and false are how JSON says yes and no. */
function leafText(type: SimpleType, value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (isLosslessNumber(value)) return value.value;
  // Of a record that was read: a payload's numbers are never doubles.
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value !== 'boolean') return null;
  return type.values?.join() === 'Y,N' ? (value ? 'Y' : 'N') : type.base === 'boolean' ? String(value) : null;
}

function writeWhole(text: string, [least, most]: readonly [bigint, bigint], path: string): Written<string> {
  const plain = writeDecimal(text, 0);
  const isWhole = plain !== null && BigInt(plain) >= least && BigInt(plain) <= most;
  return isWhole ? ok(plain) : refuse('not_whole', `${path} must be a whole number`, path);
}

function isDay(text: string): boolean {
  // A day that does not exist rolls over, and is then another one.
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && dayOf(Date.parse(text)) === text;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function writeString(name: string, text: string, settings: ErpSettings, path: string): Written<unknown> {
  if (!isXmlText(text)) return refuse('not_xml', `${path} has a control character, which XML cannot carry`, path);
  const fitted = NAME_COLUMNS.has(name) ? fitName(text, settings, path) : ok(text);
  if (!fitted.ok) return fitted;
  const stranger = strangerOf(fitted.value, settings.codePage);
  if (stranger !== null) {
    const code = (stranger.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const message = `${path} has the character U+${code}, which is not in the code page ${settings.codePage} of the ERP`;
    return refuse('not_in_code_page', message, path);
  }
  return ok(xmlSafe(fitted.value));
}

function fitName(text: string, { nameLength, cutsNames }: ErpSettings, path: string): Written<string> {
  const characters = [...text];
  if (characters.length <= nameLength) return ok(text);
  if (cutsNames) return ok(characters.slice(0, nameLength).join('').trimEnd());
  return refuse('too_long', `${path} has ${characters.length} characters, and the ERP takes ${nameLength}`, path);
}

/** soap takes a text of this form for markup that is ready to be sent: a name could bring elements of its own. */
function xmlSafe(text: string): unknown {
  if (!text.startsWith('<![CDATA[')) return text;
  return { $xml: text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\r/g, '&#xD;') };
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}
