import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { accept, addRoute, connectSink, deliveryWhen, unique, type StagedHub } from '../support/staged-hub';
import { verified, WebhookReceiver } from '../webhooks/webhook-receiver';
import { faultRow } from './fault-row';
import { faultStage, type FaultStage } from './fault-stage';

const SKEW_MS = 400_000;
const PRELOAD = `--require=${path.join(__dirname, 'skewed-clock.cjs')}`;
const receiver = new WebhookReceiver();
beforeAll(() => receiver.start());
afterAll(() => receiver.stop());

describe.each([
  ['400 s fast', [0, SKEW_MS]],
  ['400 s slow', [0, -SKEW_MS]],
  ['400 s off, both workers', [SKEW_MS, -SKEW_MS]],
] as const)('a worker whose clock is %s', (_what, skews) => {
  let stage: FaultStage;
  beforeAll(async () => {
    const workerEnv = (index: number): Record<string, string> => ({
      NODE_OPTIONS: PRELOAD,
      HUB_TEST_SKEW_MS: String(skews[index] ?? 0),
    });
    stage = await faultStage({ queue: 'redis', workers: 2, workerEnv });
  }, 120_000);
  afterAll(() => stage?.hub.stop());

  faultRow(
    'the schedule follows the database',
    'no retry is early or forgotten; nothing lost or doubled',
    async (told) => {
      const waits = await retriesOf(stage.hub);
      told.note(`retries after ${waits.map((wait) => wait.toFixed(1)).join(', ')} s of 8 s`);
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(7.2);
        expect(wait).toBeLessThanOrEqual(8.8 + 6);
      }
      const run = await stage.begin({ count: 2_000 });
      expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
    },
  );

  faultRow('webhooks are taken', 'signed within 300 s of the time, as the library of receivers verifies it', async () =>
    expectTaken(await endpoints(stage.hub)),
  );
});

describe('all clocks of the hub', () => {
  let stage: FaultStage;
  let folder: string;
  let skew: (ms: number) => void;
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-skew-'));
    const file = path.join(folder, 'ms');
    // At once, or it is read while it is empty.
    skew = (ms) => {
      fs.writeFileSync(`${file}.new`, String(ms));
      fs.renameSync(`${file}.new`, file);
    };
    skew(0);
    const env = { NODE_OPTIONS: PRELOAD, HUB_TEST_SKEW_FILE: file };
    stage = await faultStage({ queue: 'redis', workers: 2, env });
  }, 120_000);
  afterAll(async () => {
    await stage?.hub.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  faultRow('jump by 400 s, forth and back', 'webhooks are taken; nothing lost or doubled', async () => {
    const hooks = await endpoints(stage.hub);
    await expectTaken(hooks);
    const run = await stage.begin({ count: 2_000 });
    for (const ms of [SKEW_MS, -SKEW_MS]) {
      skew(ms);
      await expectTaken(hooks);
    }
    expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
  });
});

/** Of one tenant each, so that every worker has some to send to. */
async function endpoints(hub: StagedHub): Promise<Endpoint[]> {
  const all: Endpoint[] = [];
  for (let n = 0; n < 6; n++) {
    const tenant = await hub.newTenant();
    const { id } = await connectSink(hub, tenant);
    await addRoute(tenant, { event_type: 'order.created', connection_id: id });
    const at = `/${unique('hook')}`;
    const { secret } = await tenant.client.demand<{ secret: string }>('POST', '/v1/webhook-endpoints', {
      url: receiver.url(at),
      event_types: ['delivery.succeeded'],
    });
    all.push({ at, secret, send: () => accept(tenant.client, { type: 'order.created' }) });
  }
  return all;
}

interface Endpoint {
  readonly at: string;
  readonly secret: string;
  send(): Promise<unknown>;
}

async function expectTaken(all: readonly Endpoint[]): Promise<void> {
  const had = all.map(({ at }) => receiver.at(at).length);
  await Promise.all(all.map(({ send }) => send()));
  for (const [n, { at, secret }] of all.entries()) {
    const notices = await receiver.until(at, (had[n] ?? 0) + 1);
    expect(verified(secret, notices.at(-1)).type).toBe('delivery.succeeded');
  }
}

/** Seconds between the first and the second call of some deliveries whose retry is due after 8 s. */
async function retriesOf(hub: StagedHub): Promise<number[]> {
  const tenant = await hub.newTenant();
  const waits: number[] = [];
  for (let n = 0; n < 3; n++) {
    const { id, sink } = await connectSink(hub, tenant);
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 500, times: 1 }]);
    await addRoute(tenant, { event_type: `order.n${n}`, connection_id: id, retry: { delays_seconds: [8] } });
    const tracked = await accept(tenant.client, { type: `order.n${n}` });
    await deliveryWhen(tenant.client, tracked, ({ status }) => status === 'succeeded', 40_000);
    const [first, second] = (await hub.sandbox.sink(sink)).requests;
    waits.push(((second?.at ?? 0) - (first?.at ?? 0)) / 1_000);
  }
  return waits;
}
