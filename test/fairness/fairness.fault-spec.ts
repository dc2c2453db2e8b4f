import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@hub/testing';
import { faultRow } from '../faults/fault-row';
import { addRoute, connectSink, stageHub, unique, type StagedHub, type StagedTenant } from '../support/staged-hub';

const BACKLOG = Number(process.env['HUB_FAIRNESS_BACKLOG'] ?? 200_000);
const BATCH = 1_000;
/** Another tenant's p95 beside the backlog, against the one without it. */
const MOST_RATIO = 1.5;
const PER_SECOND = 25;
const WINDOW = 200;
const WINDOWS = 5;
/** Below this the clock's millisecond, and not the hub, decides about a ratio. */
const LEAST_P95_MS = 10;

interface Sender {
  readonly tenant: StagedTenant;
  readonly sink: string;
}

describe('fairness', () => {
  let hub: StagedHub;
  let quiet: Sender;
  let idle: number;
  beforeAll(async () => {
    hub = await stageHub({ queue: 'redis' });
    quiet = await sender([]);
    // The first calls of a process are slow: they are nobody's fault.
    await p95Of(quiet);
    idle = await medianP95(quiet);
  }, 300_000);
  afterAll(() => hub?.stop());

  async function sender(rules: readonly Record<string, unknown>[]): Promise<Sender> {
    const tenant = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
    const { id, sink } = await connectSink(hub, tenant);
    await hub.sandbox.behave(sink, rules);
    await addRoute(tenant, { event_type: 'order.*', connection_id: id });
    return { tenant, sink };
  }

  /** From the moment before an event is posted to the moment when the receiving system has it. */
  async function p95Of({ tenant, sink }: Sender): Promise<number> {
    const before = (await hub.sandbox.sink(sink, 1)).total;
    const sent = new Map<string, number>();
    const startedAt = Date.now();
    const posts: Promise<unknown>[] = [];
    for (let n = 0; n < WINDOW; n++) {
      await delay(Math.max(0, startedAt + (n * 1_000) / PER_SECOND - Date.now()));
      const mark = unique('m');
      sent.set(mark, Date.now());
      posts.push(tenant.client.post('/v1/events', { event_id: mark, type: 'order.created', data: { mark } }));
    }
    await Promise.all(posts);
    await waitUntil('all to arrive', async () => (await hub.sandbox.sink(sink, 1)).total >= before + WINDOW, 60_000);
    const { requests } = await hub.sandbox.sink(sink);
    const took = requests.flatMap(({ at, body }) => {
      const posted = sent.get((JSON.parse(body) as { mark: string }).mark);
      return posted === undefined ? [] : [at - posted];
    });
    expect(took).toHaveLength(WINDOW);
    return took.sort((left, right) => left - right)[Math.ceil(WINDOW * 0.95) - 1] ?? Infinity;
  }

  async function medianP95(of: Sender): Promise<number> {
    const found: number[] = [];
    for (let n = 0; n < WINDOWS; n++) found.push(await p95Of(of));
    return found.sort((left, right) => left - right)[Math.floor(WINDOWS / 2)] ?? Infinity;
  }

  async function queue({ tenant }: Sender): Promise<void> {
    for (let from = 0; from < BACKLOG; from += BATCH) {
      const events = Array.from({ length: BATCH }, (_unused, n) => ({
        event_id: `backlog-${from + n}`,
        type: 'order.created',
        data: { n: from + n },
      }));
      const answer = await tenant.client.post('/v1/events/batch', { events });
      expect(answer.status).toBe(202);
    }
  }

  describe.each([
    ['hangs', { kind: 'hang' }],
    ['takes 2 s for each call', { kind: 'respond', status: 200, latency_ms: 2_000 }],
  ])('another tenant whose endpoint %s', (_what, rule) => {
    faultRow(
      `${BACKLOG.toLocaleString('en')} queued deliveries of a noisy neighbour`,
      `p95 of the others within ${MOST_RATIO}× of idle`,
      async (told) => {
        const noisy = await sender([rule]);
        await queue(noisy);
        await waitUntil('its endpoint to be called', async () => (await hub.sandbox.sink(noisy.sink, 1)).total > 0);
        const loaded = await medianP95(quiet);
        const ratio = loaded / Math.max(idle, LEAST_P95_MS);
        told.note(`p95 ${idle} ms idle, ${loaded} ms beside it: ${(loaded / idle).toFixed(2)}×`);
        const open = await hub.database.asSuperuser((client) =>
          client.query<{ n: number }>(
            `select count(*)::int as n from deliveries where tenant_id = $1 and status in ('pending', 'retrying', 'held', 'delivering')`,
            [noisy.tenant.uuid],
          ),
        );
        // The backlog was there the whole time.
        expect(open.rows[0]?.n).toBeGreaterThan(BACKLOG * 0.9);
        expect(ratio).toBeLessThanOrEqual(MOST_RATIO);
      },
      600_000,
    );
  });
});
