import { isLosslessNumber, parse as parseLossless } from 'lossless-json';
import urlTemplate from 'url-template';
import { type DeliveryRecord } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';

export interface UrlTemplate {
  /** The URL up to the first expression, for the connection test. */
  readonly literalPrefix: string;
  /** The URL for one record, or why it cannot be made. */
  expand(record: DeliveryRecord): Result<string, UrlProblem>;
}

export interface UrlProblem {
  readonly code: 'payload_not_json' | 'url_variable_missing' | 'url_variable_invalid';
  readonly message: string;
}

interface Variable {
  readonly name: string;
  readonly path: readonly string[];
  /** Query parameters may be absent; a path without its id would address another resource, often the collection. */
  readonly optional: boolean;
}

/** Without `+` and `#`: these would leave reserved characters of a value unencoded, and a value could add segments. */
const EXPRESSION = /^([./;?&])?([^{}]+)$/;
const VARIABLE = /^([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)(?::[1-9]\d{0,3}|\*)?$/;
const EVENT_VARIABLES = new Set(['event.id', 'event.type', 'event.subject', 'delivery.id', 'idempotency_key']);
const DOT_SEGMENT = /^(\.|%2e){1,2}$/i;

/** Parses an RFC 6570 template whose scheme and host are literal. The error is a sentence for the person who wrote it. */
export function parseUrlTemplate(template: string): Result<UrlTemplate, string> {
  const variables: Variable[] = [];
  let rest = '';
  for (const part of template.split(/(\{[^{}]*\})/)) {
    if (!part.startsWith('{') || !part.endsWith('}')) {
      rest += part;
      continue;
    }
    const [, operator, list] = EXPRESSION.exec(part.slice(1, -1)) ?? [];
    if (list === undefined) return err(`${part} is not an expression; reserved expansion ({+x}, {#x}) is not allowed`);
    for (const spec of list.split(',')) {
      const name = VARIABLE.exec(spec)?.[1];
      if (name === undefined) return err(`${part} is not an expression of RFC 6570`);
      if (!name.startsWith('payload.') && !EVENT_VARIABLES.has(name)) return err(`${name} is not a known variable`);
      variables.push({ name, path: name.split('.').slice(1), optional: /^[?&;]$/.test(operator ?? '') });
    }
  }
  if (/[{}]/.test(rest)) return err('A brace is not closed');
  const literalPrefix = template.split('{', 1)[0]!;
  // An expression right behind the host could lengthen it: `https://bank.example{.payload.x}`.
  const endsHost = variables.length === 0 || /^https?:\/\/[^/?]+[/?]/.test(literalPrefix);
  if (!endsHost || !URL.canParse(literalPrefix)) return err('Scheme and host must be written out and valid');
  const { origin } = new URL(literalPrefix);
  const parsed = urlTemplate.parse(template);
  const needsPayload = variables.some(({ name }) => name.startsWith('payload.'));
  return ok({
    literalPrefix,
    expand: (record) => {
      if (variables.length === 0) return ok(template);
      const values = valuesOf(variables, needsPayload, record);
      return values.ok ? expand(parsed, values.value, origin) : values;
    },
  });
}

type Values = Readonly<Record<string, unknown>>;

function expand(
  parsed: { expand(values: Values): string },
  values: Values,
  origin: string,
): Result<string, UrlProblem> {
  let url: string;
  try {
    url = parsed.expand(values);
  } catch {
    // A lone surrogate has no percent-encoding.
    return err({ code: 'url_variable_invalid', message: 'A value in the URL is not valid Unicode' });
  }
  // Dots are unreserved, so a value `..` stays as it is, and the URL parser would climb a level.
  const path = url.slice(origin.length).split(/[?#]/, 1)[0]!;
  if (path.split('/').some((segment) => DOT_SEGMENT.test(segment))) {
    return err({ code: 'url_variable_invalid', message: 'A value would make the URL leave its path' });
  }
  // Cannot happen while scheme and host are literal; it is what all the checks above are for, so it is checked itself.
  if (!URL.canParse(url) || new URL(url).origin !== origin) {
    return err({ code: 'url_variable_invalid', message: 'The expanded URL is not below the configured host' });
  }
  return ok(url);
}

function valuesOf(
  variables: readonly Variable[],
  needsPayload: boolean,
  record: DeliveryRecord,
): Result<Values, UrlProblem> {
  let payload: unknown;
  if (needsPayload) {
    try {
      // Lossless: an id such as 12345678901234567890 must reach the URL digit by digit.
      payload = parseLossless(record.payloadText);
    } catch {
      return err({ code: 'payload_not_json', message: 'The URL needs values of the payload, which is not JSON' });
    }
  }
  const event: Readonly<Record<string, string | null>> = {
    'event.id': record.eventId,
    'event.type': record.eventType,
    'event.subject': record.subject,
    'delivery.id': record.deliveryId,
    idempotency_key: record.idempotencyKey,
  };
  const values = Object.create(null) as Record<string, unknown>;
  for (const { name, path, optional } of variables) {
    const value = scalars(name in event ? event[name] : memberAt(payload, path));
    if (value === undefined) {
      return err({ code: 'url_variable_invalid', message: `${name} is an object, which a URL cannot carry` });
    }
    if (!optional && (value === null || value === '' || (Array.isArray(value) && value.length === 0))) {
      return err({ code: 'url_variable_missing', message: `${name} is missing or empty, and the URL needs it` });
    }
    values[name] = value;
  }
  return ok(values);
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const member of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, member)) return null;
    current = (current as Record<string, unknown>)[member];
  }
  return current;
}

/** `null` for nothing, undefined for what a URL cannot carry. */
function scalars(value: unknown): string | number | boolean | null | readonly unknown[] | undefined {
  if (value === null || value === undefined) return null;
  if (isLosslessNumber(value)) return value.toString();
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (!Array.isArray(value)) return undefined;
  const items = value.map((item: unknown) => (Array.isArray(item) ? undefined : scalars(item)));
  return items.includes(undefined) ? undefined : items.filter((item) => item !== null);
}
