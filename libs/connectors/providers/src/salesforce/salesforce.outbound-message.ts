/** What an outbound message says, of what the hub believes it: ids and types, as they stand in it. */
export interface OutboundMessage {
  readonly organisation: string;
  readonly records: readonly { readonly type: string; readonly id: string }[];
}

/** More than 100 notifications with 250 fields each have, opened and closed, with what is around them. */
const MOST_TAGS = 60_000;
const LONGEST_TAG = 2_048;
const DEEPEST = 16;

/** As Salesforce writes them: no comments, no CDATA, no document types, and no angle in a quoted value. */
const TAG = /^<(\/?)(?:[\w.-]+:)?([\w.-]+)((?:\s+[\w.:-]+=(?:"[^"<>]*"|'[^'<>]*'))*)\s*(\/?)>$/;
const TYPE = /\s(?:[\w.-]+:)?type=(?:"([^"]*)"|'([^']*)')/;
const PROLOG = /^\uFEFF?\s*<\?xml [^<>]{0,200}\?>/;

const NOTIFICATIONS = 'Envelope/Body/notifications';
const NOTIFICATION = `${NOTIFICATIONS}/Notification`;
const RECORD = `${NOTIFICATION}/sObject`;

/**
 * Reads the little that is needed in one pass, and refuses whatever a SOAP stack does not write. Anybody can send such a
 * message to an address of their own, and a parser that builds all of it can be kept busy for seconds by two megabytes.
 * @returns `null` when it is no outbound message
 */
export function readOutboundMessage(text: string): OutboundMessage | null {
  const xml = text.replace(PROLOG, '');
  const organisations: string[] = [];
  const records: { type: string; id: string }[] = [];
  const open: string[] = [];
  let start = xml.indexOf('<');
  for (let tags = 1; start >= 0; tags++) {
    const end = xml.indexOf('>', start);
    if (end < 0 || end - start > LONGEST_TAG || tags > MOST_TAGS || open.length > DEEPEST) return null;
    const tag = TAG.exec(xml.slice(start, end + 1));
    if (tag === null) return null;
    const [, closes, name = '', attributes = '', isEmpty] = tag;
    start = xml.indexOf('<', end);
    if (closes !== '') {
      if (open.pop() !== name) return null;
      continue;
    }
    const place = isWanted(name) ? open.join('/') : '';
    const value = (): string => (isEmpty === '' ? xml.slice(end + 1, Math.max(start, end + 1)).trim() : '');
    if (name === 'OrganizationId' && place === NOTIFICATIONS) organisations.push(value());
    else if (name === 'Notification' && place === NOTIFICATIONS) records.push({ type: '', id: '' });
    else if (name === 'sObject' && place === NOTIFICATION) {
      if (!settle(records, 'type', typeOf(attributes))) return null;
    } else if (name === 'Id' && place === RECORD && !settle(records, 'id', value())) return null;
    if (isEmpty === '') open.push(name);
  }
  const [organisation] = organisations;
  // Said twice, it could mean one thing here and another to whoever looks at the message.
  return open.length > 0 || organisation === undefined || organisations.length > 1 ? null : { organisation, records };
}

function isWanted(name: string): boolean {
  return name === 'OrganizationId' || name === 'Notification' || name === 'sObject' || name === 'Id';
}

/** @returns whether the last record had none yet */
function settle(records: { type: string; id: string }[], member: 'type' | 'id', value: string): boolean {
  const record = records.at(-1);
  if (record === undefined || record[member] !== '') return false;
  record[member] = value;
  return true;
}

/** Without the prefix of its namespace. */
function typeOf(attributes: string): string {
  const [, quoted, single] = TYPE.exec(attributes) ?? [];
  return (quoted ?? single ?? '').replace(/^.*:/, '');
}
