import { createHmac } from 'node:crypto';
import { listen, readBody, type Listening } from '../../kernel/http-frame';
import { QuickBooksFixture, salesLine, type Body } from './fixtures/quickbooks-fixture';
import { signature } from './webhooks/webhook-format';

interface Received {
  readonly raw: string;
  readonly signature: string;
  readonly body: Body;
}

/** An endpoint that remembers what it got and answers what it is told to. */
class Endpoint {
  readonly received: Received[] = [];
  statuses: number[] = [];
  private listening: Listening | undefined;

  async start(): Promise<void> {
    this.listening = await listen(
      (req, res) => {
        void readBody(req).then((raw) => {
          const text = raw.toString('utf8');
          const header = String(req.headers['intuit-signature']);
          this.received.push({ raw: text, signature: header, body: JSON.parse(text) });
          res.writeHead(this.statuses.shift() ?? 200).end();
        });
      },
      '127.0.0.1',
      0,
    );
  }

  get url(): string {
    return `${this.listening?.url}/hooks/quickbooks`;
  }

  /** Waits for a number of deliveries; a test whose deliveries never come fails by its own time limit. */
  async until(count: number): Promise<readonly Received[]> {
    while (this.received.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    return this.received;
  }

  async close(): Promise<void> {
    await this.listening?.close();
  }
}

const events = ({ body }: Received): string[] =>
  body.map(({ type, intuitentityid }: Body) => `${type}#${intuitentityid}`);

describe('webhooks of the QuickBooks sandbox', () => {
  let fixture: QuickBooksFixture;
  let endpoint: Endpoint;

  beforeAll(async () => {
    fixture = await QuickBooksFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset({ empty: true });
    endpoint = new Endpoint();
    await endpoint.start();
    await fixture.admin('POST', '/webhook', { url: endpoint.url, retry_scale: 0 });
  });
  afterEach(() => endpoint.close());

  const configure = (settings: object): Promise<unknown> => fixture.admin('POST', '/webhook', settings);
  const customer = (DisplayName: string): Promise<Body> => fixture.create('Customer', { DisplayName });
  const attempts = async (): Promise<Body[]> => (await fixture.admin('GET', '/webhook')).body.attempts;
  const settled = async (count: number): Promise<Body[]> => {
    let all = await attempts();
    while (all.length < count) all = await attempts();
    return all;
  };

  it('signs as the vector says', () => {
    expect(signature('{"eventNotifications":[]}', 'verifier-token-1')).toBe(
      'cZUE/eZI48Z8RPAHNDupIsivYUkev0WdvMcYUQFQBmo=',
    );
  });

  it('announces changes as signed CloudEvents', async () => {
    const made = await customer('Zoë');
    const [first] = await endpoint.until(1);
    const expected = createHmac('sha256', fixture.account().webhookVerifierToken)
      .update(Buffer.from(first?.raw ?? ''))
      .digest('base64');
    expect(first?.signature).toBe(expected);
    expect(first?.body).toEqual([
      {
        specversion: '1.0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        source: expect.stringMatching(/^intuit\./),
        type: 'qbo.customer.created.v1',
        datacontenttype: 'application/json',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        intuitentityid: made.Id,
        intuitaccountid: fixture.account().realmId,
        data: {},
      },
    ]);
  });

  it('or in the older form, several companies in one', async () => {
    await configure({ format: 'legacy', hold: true });
    const one = await customer('One');
    const two = await fixture.create('Vendor', { DisplayName: 'Two' }, 1);
    await fixture.admin('POST', '/webhook/flush');
    const [first] = await endpoint.until(1);
    const entity = (name: string, id: string): object => ({
      dataChangeEvent: {
        entities: [
          {
            name,
            id,
            operation: 'Create',
            lastUpdated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]00$/),
          },
        ],
      },
    });
    expect(first?.body).toEqual({
      eventNotifications: [
        { realmId: fixture.account(0).realmId, ...entity('Customer', one.Id) },
        { realmId: fixture.account(1).realmId, ...entity('Vendor', two.Id) },
      ],
    });
  });

  it('a payment announces the invoice it touched; voids, mails, deletes and merges have verbs of their own', async () => {
    await configure({ hold: true });
    const [one, two] = [await customer('A'), await customer('B')];
    const CustomerRef = { value: one.Id };
    const made = await fixture.create('Invoice', { CustomerRef, Line: [salesLine('1', 10)] });
    await fixture.create('Payment', {
      CustomerRef,
      TotalAmt: 10,
      Line: [{ Amount: 10, LinkedTxn: [{ TxnId: made.Id, TxnType: 'Invoice' }] }],
    });
    await fixture.admin('POST', '/touch', { entity: 'Invoice', id: made.Id, action: 'void' });
    await fixture.admin('POST', '/touch', { entity: 'Invoice', id: made.Id, action: 'delete' });
    await fixture.admin('POST', '/merge', { winner: two.Id, loser: one.Id });
    await fixture.admin('POST', '/webhook/flush');
    const [first] = await endpoint.until(1);
    expect(events(first as Received)).toEqual([
      `qbo.customer.created.v1#${one.Id}`,
      `qbo.customer.created.v1#${two.Id}`,
      `qbo.invoice.created.v1#${made.Id}`,
      'qbo.payment.created.v1#2',
      `qbo.invoice.updated.v1#${made.Id}`,
      'qbo.payment.updated.v1#2',
      `qbo.invoice.voided.v1#${made.Id}`,
      `qbo.invoice.deleted.v1#${made.Id}`,
      `qbo.customer.merged.v1#${two.Id}`,
    ]);
    expect(first?.body.at(-1).data).toEqual({ deletedid: one.Id });
  });

  it('refused writes announce nothing', async () => {
    await configure({ hold: true });
    await customer('Same');
    expect((await fixture.post('/customer', { DisplayName: 'Same' })).status).toBe(400);
    expect((await fixture.admin('POST', '/webhook/flush')).body).toEqual({ waiting: 1 });
  });

  it('repeats what was not acknowledged with 200, byte for byte, and holds later events back', async () => {
    endpoint.statuses = [500, 202, 200];
    await customer('First');
    await endpoint.until(1);
    await customer('Second');
    const received = await endpoint.until(4);
    expect(received[1]?.raw).toBe(received[0]?.raw);
    expect(received[2]?.raw).toBe(received[0]?.raw);
    expect(events(received[3] as Received)).toEqual(['qbo.customer.created.v1#2']);
    expect((await settled(4)).map(({ outcome, attempt }) => [outcome, attempt])).toEqual([
      [500, 1],
      [202, 2],
      [200, 3],
      [200, 1],
    ]);
  });

  it('waits out the ladder between attempts; a flush does not', async () => {
    await configure({ retry_scale: 1 });
    endpoint.statuses = [503];
    await customer('Slow');
    await endpoint.until(1);
    await settled(1);
    expect((await fixture.admin('GET', '/webhook')).body.unacknowledged).toEqual({ notification: 1, attempts: 1 });
    await fixture.admin('POST', '/webhook/flush');
    expect(await endpoint.until(2)).toHaveLength(2);
  });

  it('counts silence as a refusal', async () => {
    await configure({ url: 'http://127.0.0.1:9/nobody', retry_scale: 1 });
    await customer('Nobody');
    expect(await settled(1)).toMatchObject([{ outcome: 'refused', attempt: 1 }]);
  });

  it('sends twice, out of order and again, on demand', async () => {
    await configure({ hold: true, duplicate: true, disorder: true });
    for (const name of ['A', 'B', 'C']) await customer(name);
    await fixture.admin('POST', '/webhook/flush');
    const received = await endpoint.until(2);
    expect(events(received[0] as Received).map((event) => event.split('#')[1])).toEqual(['3', '2', '1']);
    expect(received[1]?.raw).toBe(received[0]?.raw);
    await settled(2);
    await fixture.admin('POST', '/webhook/replay');
    expect((await endpoint.until(3))[2]?.raw).toBe(received[0]?.raw);
  });

  it('holds until released, and sends only what was subscribed', async () => {
    await fixture.admin('POST', '/webhook/hold');
    await configure({ entities: ['Vendor'] });
    await customer('Ignored');
    await fixture.create('Vendor', { DisplayName: 'Wanted' });
    expect((await fixture.admin('GET', '/webhook')).body.waiting).toMatchObject([
      { entity: 'Vendor', operation: 'Create' },
    ]);
    expect(endpoint.received).toHaveLength(0);
    await fixture.admin('POST', '/webhook/release');
    expect(events((await endpoint.until(1))[0] as Received)).toEqual(['qbo.vendor.created.v1#2']);
  });

  it('can announce what never happened, for companies nobody knows', async () => {
    await fixture.admin('POST', '/webhook/emit', {
      realm: '123',
      events: [{ entity: 'Customer', id: '7', operation: 'Update' }],
    });
    expect((await endpoint.until(1))[0]?.body).toMatchObject([{ intuitaccountid: '123', intuitentityid: '7' }]);
  });
});
