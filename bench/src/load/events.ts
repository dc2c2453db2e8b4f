/** What every event of every benchmark looks like: an invoice, one kilobyte as it is posted. */
export const EVENT_BYTES = 1_024;

/** Digits of the running number, which is written into a ready-made request. */
const DIGITS = 9;
const NUMBER = '#'.repeat(DIGITS);

/** Plain JSONata without helpers of the hub, so that the baselines run the very same expression. */
export const MAPPING = `{
  "ref": number,
  "kind": "invoice",
  "customer": { "name": $uppercase(customer.name), "country": customer.country },
  "total": $sum(lines.(quantity * unit_price)),
  "currency": currency,
  "lines": [lines.{ "text": description, "amount": quantity * unit_price }]
}`;

function eventText(run: string, type: string): string {
  const event = {
    event_id: `${run}-${NUMBER}`,
    type,
    source: 'bench',
    subject: `invoice/${run}-${NUMBER}`,
    occurred_at: '2026-11-20T10:00:00.000Z',
    data: {
      number: NUMBER,
      currency: 'EUR',
      customer: { name: 'Müller & Söhne GmbH', country: 'DE', email: 'buchhaltung@mueller.example' },
      lines: [
        { description: 'Screws', quantity: 100, unit_price: 0.25 },
        { description: 'Bolts', quantity: 40, unit_price: 0.5 },
        { description: 'Hours', quantity: 3, unit_price: 90 },
      ],
      memo: '',
    },
  };
  event.data.memo = 'x'.repeat(EVENT_BYTES - Buffer.byteLength(JSON.stringify(event)));
  return JSON.stringify(event);
}

/** The data of such an event as the hub keeps it, and the text in it that stands for the running number. */
export function samplePayload(): { readonly text: string; readonly number: string } {
  const { data } = JSON.parse(eventText('backlog0', 'invoice.created')) as { readonly data: unknown };
  return { text: JSON.stringify(data), number: NUMBER };
}

/** A request whose running numbers are overwritten in place, so that a unique event costs the generator next to nothing. */
export class RequestTemplate {
  private readonly slots: readonly number[][];

  private constructor(
    private readonly text: Buffer,
    /** Events in one request. */
    readonly events: number,
  ) {
    this.slots = slotsOf(text, events);
  }

  /** @param batch events in one request; 0 for the endpoint that takes one without a wrapper */
  static of(url: string, apiKey: string, run: string, batch: number, type = 'invoice.created'): RequestTemplate {
    const one = eventText(run, type);
    const body = batch === 0 ? one : `{"events":[${Array.from({ length: batch }, () => one).join(',')}]}`;
    return this.posting(url, batch === 0 ? '/v1/events' : '/v1/events/batch', apiKey, body, batch);
  }

  /** One event a request to another path, without a key. */
  static to(url: string, path: string, run: string): RequestTemplate {
    return this.posting(url, path, null, eventText(run, 'invoice.created'), 0);
  }

  private static posting(
    url: string,
    path: string,
    apiKey: string | null,
    body: string,
    batch: number,
  ): RequestTemplate {
    const { host } = new URL(url);
    const head =
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\n${apiKey === null ? '' : `authorization: Bearer ${apiKey}\r\n`}` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    return new RequestTemplate(Buffer.from(head + body), Math.max(1, batch));
  }

  copy(): Buffer {
    return Buffer.from(this.text);
  }

  /** Writes the numbers from `first` on into a copy. */
  number(request: Buffer, first: number): void {
    for (let event = 0; event < this.events; event++) {
      const digits = String(first + event).padStart(DIGITS, '0');
      for (const at of this.slots[event] as number[]) request.write(digits, at, DIGITS, 'latin1');
    }
  }
}

function slotsOf(text: Buffer, events: number): number[][] {
  const all: number[] = [];
  for (let at = text.indexOf(NUMBER); at !== -1; at = text.indexOf(NUMBER, at + DIGITS)) all.push(at);
  const each = all.length / events;
  return Array.from({ length: events }, (_none, event) => all.slice(event * each, (event + 1) * each));
}
