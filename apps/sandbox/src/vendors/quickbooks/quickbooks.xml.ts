import Big from 'big.js';

const ATTRIBUTES = new Set([
  'domain',
  'sparse',
  'status',
  'startPosition',
  'maxResults',
  'totalCount',
  'bId',
  'code',
  'element',
  'time',
]);

/** The answer as the vendor gives it to whoever does not ask for JSON. */
export function printXml(body: object): string {
  const { time, ...rest } = body as { time?: string };
  const attributes = `xmlns="http://schema.intuit.com/finance/v3"${time === undefined ? '' : ` time="${escape(time)}"`}`;
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse ${attributes}>${members(rest)}</IntuitResponse>`;
}

/** The gateway answers a throttled call in XML whatever was asked for. */
export function throttleXml(status: number, time: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="${time}" xmlns="http://schema.intuit.com/finance/v3">` +
    `<Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=${status}</Message>` +
    '<Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>'
  );
}

/** Some stacks of the vendor refuse an expired token in XML, with this code. */
export function authenticationXml(time: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="${time}" xmlns="http://schema.intuit.com/finance/v3">` +
    '<Fault type="AuthenticationFault"><Error code="100"><Message>General Authentication Error</Message>' +
    '<Detail>AuthenticationErrorGeneral: SRV-110-Authentication Failure , statusCode: 401</Detail></Error></Fault></IntuitResponse>'
  );
}

function element(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('');
  if (typeof value !== 'object' || value instanceof Big) return `<${name}>${escape(scalar(value))}</${name}>`;
  const entries = Object.entries(value as Record<string, unknown>);
  const reference = 'value' in value && entries.every(([key]) => key === 'value' || key === 'name' || key === 'type');
  const isAttribute = ([key, item]: [string, unknown]): boolean =>
    item !== undefined &&
    typeof item !== 'object' &&
    (reference ? key !== 'value' : ATTRIBUTES.has(key) || (name === 'Fault' && key === 'type'));
  const attributes = entries
    .filter(isAttribute)
    .map(([key, item]) => ` ${key}="${escape(scalar(item))}"`)
    .join('');
  const content = reference
    ? escape(scalar(value.value))
    : members(Object.fromEntries(entries.filter((entry) => !isAttribute(entry))));
  return `<${name}${attributes}>${content}</${name}>`;
}

function members(value: object): string {
  return Object.entries(value)
    .map(([name, item]) => element(name, item))
    .join('');
}

function scalar(value: unknown): string {
  return value instanceof Big ? value.toFixed() : String(value);
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
