import { waitUntil, type HubAnswer, type TestClient } from '@hub/testing';
import { addMapping, addRoute, connectSink, stageHub, unique, type StagedHub } from '../support/staged-hub';

const EVENTS = 300;
const KINDS = ['same', 'changed', 'breaks', 'repaired', 'skipped', 'dead'] as const;
const PUBLISHED = `kind = "skipped" ? $skip("no") : kind in ["dead", "repaired"] ? $error("published") : {"n": n, "v": 1}`;
/** The same work as the published one and some on top, so that a process can be killed in the middle of it. */
const DRAFT = `( $sum([1..4000]);
  kind = "skipped" ? $skip("no") : kind in ["dead", "breaks"] ? $error("draft") : {"n": n, "v": kind = "changed" ? 2 : 1} )`;

interface Backtest {
  readonly id: string;
  readonly status: string;
  readonly compared: number;
  readonly totals: Record<string, number>;
  readonly was_sent: Record<string, number>;
}

interface Item {
  readonly outcome: string;
  readonly tracking_id: string;
  readonly differences: { pointer: string; before: unknown; after: unknown }[];
  readonly draft: { error: { message: string; line: number } | null };
  readonly was_sent: { outcome: string; differences: { pointer: string }[] };
}

let hub: StagedHub;
let client: TestClient;
let mapping: string;

beforeAll(async () => {
  hub = await stageHub({ queue: 'postgres' });
  const tenant = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
  client = tenant.client;
  const connected = await connectSink(hub, tenant);
  mapping = await addMapping(tenant, PUBLISHED);
  await addRoute(tenant, {
    event_type: 'order.*',
    filter: 'kind != "stopped"',
    connection_id: connected.id,
    mapping_id: mapping,
  });
  const events = [
    ...Array.from({ length: EVENTS }, (_none, n) => order(KINDS[n % KINDS.length] ?? '', n)),
    ...Array.from({ length: 20 }, (_none, n) => order('stopped', n)),
  ];
  const answer = await client.post('/v1/events/batch', { events });
  if (answer.status !== 202) throw new Error(answer.text);
  await waitUntil('the deliveries to be settled', async () => {
    const { data } = await client.demand<{ data: unknown[] }>('GET', '/v1/events?status=pending&limit=1');
    const processing = await client.demand<{ data: unknown[] }>('GET', '/v1/events?status=processing&limit=1');
    return data.length + processing.data.length === 0 ? true : null;
  });
}, 120_000);
afterAll(() => hub?.stop());

function order(kind: string, n: number): Readonly<Record<string, unknown>> {
  return { event_id: unique('e'), type: 'order.created', subject: `${kind}/${n}`, data: { kind, n } };
}

const path = (rest: string): string => `/v1/mappings/${mapping}${rest}`;
const post = (rest: string, body?: unknown): Promise<HubAnswer> => client.post(path(rest), body);
const backtest = (id: string): Promise<Backtest> => client.demand<Backtest>('GET', path(`/backtests/${id}`));

async function start(body: object): Promise<string> {
  const { id } = await client.demand<{ id: string }>('POST', path('/backtest'), body);
  return id;
}

describe('a mapping is changed', () => {
  it('with a back-test over real events, which goes on where it was when its worker is killed', async () => {
    const id = await start({ expression: DRAFT, limit: 1_000 });
    const [worker] = hub.workers;
    await waitUntil('some comparisons', async () => ((await backtest(id)).compared > 0 ? true : null));
    await worker?.kill();
    const halfWay = await backtest(id);
    expect(halfWay.status).toBe('running');
    expect(halfWay.compared).toBeLessThan(EVENTS);
    await worker?.start();
    const done = await waitUntil(
      'the back-test to end',
      async () => {
        const now = await backtest(id);
        return now.status === 'running' ? null : now;
      },
      60_000,
    );
    const each = EVENTS / KINDS.length;
    expect(done).toMatchObject({
      status: 'succeeded',
      compared: EVENTS,
      totals: {
        unchanged: each,
        changed: each,
        now_failing: each,
        now_fixed: each,
        skipped_both: each,
        still_failing: each,
        not_comparable: 0,
      },
      // What was sent: of those that published fine. Of them one is sent otherwise now, and one not at all.
      was_sent: { same: each, different: 2 * each, not_kept: 3 * each, not_comparable: 0 },
    });
    const seen = new Set<string>();
    for (let cursor = ''; ;) {
      const page = await client.demand<{ data: Item[]; next_cursor: string | null }>(
        'GET',
        path(`/backtests/${id}/items?limit=200${cursor}`),
      );
      for (const item of page.data) seen.add(item.tracking_id);
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(seen.size).toBe(EVENTS);
    const only = async (outcome: string): Promise<Item | undefined> =>
      (await client.demand<{ data: Item[] }>('GET', path(`/backtests/${id}/items?outcome=${outcome}&limit=1`))).data[0];
    expect(await only('changed')).toMatchObject({
      differences: [{ pointer: '/v', before: 1, after: 2 }],
      was_sent: { outcome: 'different', differences: [{ pointer: '/v' }] },
    });
    expect(await only('now_failing')).toMatchObject({ draft: { error: { message: 'draft', line: 2 } } });
  }, 90_000);

  it('is refused by its golden cases, repaired, published with its back-test, and taken back', async () => {
    const golden = { name: 'an order', input: { kind: 'changed', n: 7 }, output: { n: 7, v: 2 } };
    expect((await post('/golden-cases', golden)).status).toBe(201);
    await post('/versions', { expression: '{"n": number, "v": 2}' });
    const refused = await post('/publish', { version: 2, expected_version: 1 });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'golden_cases_failed', errors: [{ pointer: '#golden-cases/an order/output/n' }] },
    });
    await post('/versions', { expression: DRAFT });
    expect((await post('/publish', { version: 3, expected_version: 1 })).body).toMatchObject({
      published_version: 3,
      golden_cases: 1,
      backtested: true,
      backtest: { base_version: 1, compared: EVENTS },
    });
    // Until it is settled, not until it has arrived: which version made it is written with the outcome.
    const deliver = async (): Promise<number | null> => {
      const { tracking_id: id } = await client.demand<{ tracking_id: string }>(
        'POST',
        '/v1/events',
        order('changed', 1),
      );
      const settled = await waitUntil('it to be delivered', async () => {
        const { data } = await client.demand<{ data: { status: string; mapping_version: number | null }[] }>(
          'GET',
          `/v1/deliveries?tracking_id=${id}`,
        );
        return data[0]?.status === 'succeeded' ? data[0] : null;
      });
      return settled.mapping_version;
    };
    expect(await deliver()).toBe(3);
    expect((await post('/rollback')).body).toMatchObject({ published_version: 1 });
    expect(await deliver()).toBe(1);
  });
});
