import { type ErpFault } from './erp.errors';

/** The fault of what soap has thrown, or null: it throws plain objects, too, and pages that are no SOAP at all. */
export function faultOf(thrown: unknown): ErpFault | null {
  const fault = member(member(member(member(thrown, 'root'), 'Envelope'), 'Body'), 'Fault');
  if (fault === undefined || fault === null) return null;
  // SOAP 1.2 has other names for the same things.
  const code = member(fault, 'Code');
  const kind = textOf(member(fault, 'faultcode')) ?? textOf(member(member(code, 'Subcode'), 'Value'));
  const text = textOf(member(fault, 'faultstring')) ?? textOf(member(member(fault, 'Reason'), 'Text'));
  const detail = member(member(fault, 'detail') ?? member(fault, 'Detail'), 'ErpFault');
  const retryable = textOf(member(detail, 'Retryable'))?.trim().toLowerCase();
  return {
    kind: localName(kind ?? textOf(member(code, 'Value')) ?? ''),
    text: text ?? 'no further words',
    code: textOf(member(detail, 'Code'))?.trim() ?? null,
    message: textOf(member(detail, 'Message')) ?? null,
    field: textOf(member(detail, 'Field'))?.trim() ?? null,
    // A detail is not in the schema of the answer, so its `false` is the text "false", which is true in JavaScript.
    retryable: retryable === undefined ? null : retryable === 'true' || retryable === '1',
  };
}

function localName(code: string): string {
  return code.slice(code.lastIndexOf(':') + 1).trim();
}

export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** With attributes, soap makes an object of a text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const inner = member(value, '$value');
  return typeof inner === 'string' ? inner : undefined;
}
