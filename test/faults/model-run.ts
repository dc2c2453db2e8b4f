import { type HubProcess, type SinkView, TestClient } from '@hub/testing';
import {
  addRoute,
  connectSink,
  readEvent,
  unique,
  type DeliveryView,
  type StagedHub,
  type StagedTenant,
} from '../support/staged-hub';
import { expectAcknowledged, expectInvariants, settledDeliveries } from './invariants';
import { MOST_REPEATS } from './fault-stage';
import { type Command, SINKS, type SinkName } from './model-commands';

const SETTLED_WITHIN_MS = 90_000;
const KEY_SCOPES = ['events:write', 'events:read', 'deliveries:write', 'config:write'];

interface KnownEvent {
  readonly eventId: string;
  readonly trackingId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One worker at a time is killed, and for all sequences that run beside each other. */
export class Reaper {
  kills = 0;
  private last: Promise<void> = Promise.resolve();

  /** @param most kills; whoever is to be killed after that is spared */
  constructor(
    private readonly workers: readonly HubProcess[],
    private readonly most: number,
  ) {}

  kill(): Promise<void> {
    if (this.kills >= this.most) return this.last;
    const worker = this.workers[this.kills++ % this.workers.length];
    this.last = this.last.then(async () => {
      await worker?.kill();
      await worker?.start();
    });
    return this.last;
  }
}

/** A sequence against the real hub, and what a model of it says must come of each step and of the whole. */
export class ModelRun {
  private readonly events: KnownEvent[] = [];
  private readonly connections = new Map<SinkName, { id: string; sink: string }>();
  /** Deliveries that a person has had a hand in: their order and their end are that person's. */
  private readonly touched = new Set<string>();
  private retries = 0;
  private keyId: string | null = null;

  private constructor(
    private readonly hub: StagedHub,
    private readonly tenant: StagedTenant,
    private client: TestClient,
    private readonly reaper: Reaper,
  ) {}

  static async begin(hub: StagedHub, reaper: Reaper): Promise<ModelRun> {
    const tenant = await hub.newTenant();
    const run = new ModelRun(hub, tenant, tenant.client, reaper);
    for (const name of SINKS) {
      const connection = await connectSink(hub, tenant, { concurrency: 4 });
      run.connections.set(name, connection);
      const retry = { delays_seconds: [1, 1] };
      if (name === 'first') await addRoute(tenant, { event_type: 'order.*', connection_id: connection.id, retry });
      else await addRoute(tenant, { event_type: 'order.both', connection_id: connection.id, retry });
    }
    return run;
  }

  async apply(command: Command): Promise<void> {
    switch (command.kind) {
      case 'post':
        return this.post(command.both, command.subject);
      case 'duplicate':
        return this.repeat(command.which);
      case 'conflict':
        return this.conflict(command.which);
      case 'fail':
        return this.hub.sandbox.behave(this.sinkOf(command.sink).sink, [
          { kind: 'respond', status: command.status, times: command.times },
        ]);
      case 'pause':
      case 'resume':
        return this.demandStatus('POST', `/v1/connections/${this.sinkOf(command.sink).id}/${command.kind}`, [200]);
      case 'retry':
      case 'cancel':
        return this.touch(command.kind, command.which);
      case 'rotate':
        return this.rotate();
      case 'kill':
        return this.reaper.kill();
    }
  }

  /** Makes everything well again, waits for the end, and compares it with the model. */
  async end(): Promise<void> {
    for (const { id, sink } of this.connections.values()) {
      await this.hub.sandbox.behave(sink, []);
      await this.demandStatus('POST', `/v1/connections/${id}/resume`, [200]);
    }
    await settledDeliveries(this.hub.database, this.tenant.uuid, SETTLED_WITHIN_MS);
    const acknowledged = new Map(this.events.map(({ eventId, trackingId }) => [eventId, trackingId]));
    await expectAcknowledged(this.hub.database, this.tenant.uuid, acknowledged);
    await expectInvariants(this.hub.database, this.tenant.uuid, this.retries);
    const deliveries = await this.deliveries();
    expect(deliveries).toHaveLength(
      this.events.reduce((sum, { body }) => sum + (body['type'] === 'order.both' ? 2 : 1), 0),
    );
    for (const { id, sink } of this.connections.values()) {
      const of = deliveries.filter(({ connection_id: connection }) => connection === id);
      this.expectEffects(of, await this.hub.sandbox.sink(sink));
    }
  }

  private expectEffects(deliveries: readonly DeliveryView[], view: SinkView): void {
    const succeeded = deliveries.filter(({ status }) => status === 'succeeded').length;
    const others = deliveries.filter(({ status }) => status === 'cancelled' || status === 'dead').length;
    expect(view.accepted_distinct_keys).toBeGreaterThanOrEqual(succeeded);
    // A worker may have been killed between the effect and the record of it, and a person have cancelled it then.
    expect(view.accepted_distinct_keys).toBeLessThanOrEqual(succeeded + (this.reaper.kills > 0 ? others : 0));
    expect(view.accepted_duplicates).toBeLessThanOrEqual(this.reaper.kills * MOST_REPEATS);
    this.expectOrder(deliveries, view);
  }

  /** First effects of one subject come in the order of acceptance, where no person changed it and none was given up. */
  private expectOrder(deliveries: readonly DeliveryView[], view: SinkView): void {
    const undisturbed = deliveries.every(({ id, status }) => status === 'succeeded' && !this.touched.has(id));
    if (!undisturbed) return;
    const last = new Map<string, number>();
    const seen = new Set<number>();
    for (const { accepted, body } of view.requests) {
      const { n, subject } = JSON.parse(body) as { n: number; subject: string };
      if (!accepted || seen.has(n)) continue;
      seen.add(n);
      expect(n).toBeGreaterThan(last.get(subject) ?? -1);
      last.set(subject, n);
    }
  }

  private async post(both: boolean, subject: string): Promise<void> {
    const eventId = unique('e');
    const type = both ? 'order.both' : 'order.created';
    const body = { event_id: eventId, type, subject, data: { n: this.events.length, subject } };
    const answer = await this.client.post<{ tracking_id: string }>('/v1/events', body);
    expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
    this.events.push({ eventId, trackingId: answer.body.tracking_id, body });
  }

  private async repeat(which: number): Promise<void> {
    const event = this.eventAt(which);
    const answer = await this.client.post<{ tracking_id: string }>('/v1/events', event.body);
    expect([answer.status, answer.body.tracking_id]).toEqual([200, event.trackingId]);
  }

  private async conflict(which: number): Promise<void> {
    const { body } = this.eventAt(which);
    const answer = await this.client.post<{ code: string }>('/v1/events', { ...body, data: { other: true } });
    expect([answer.status, answer.body.code]).toEqual([422, 'event_id_reused']);
  }

  /** A dead delivery can be retried and cancelled, a waiting one cancelled; of what has succeeded neither. */
  private async touch(kind: 'retry' | 'cancel', which: number): Promise<void> {
    const { deliveries } = await readEvent(this.client, this.eventAt(which).trackingId);
    const delivery = deliveries[which % deliveries.length];
    if (delivery === undefined) return;
    this.touched.add(delivery.id);
    const ended = ['succeeded', 'cancelled', 'superseded'].includes(delivery.status);
    const expected = ended ? [409] : delivery.status === 'dead' ? [200] : [200, 409];
    if (kind === 'retry') this.retries++;
    await this.demandStatus('POST', `/v1/deliveries/${delivery.id}/${kind}`, expected);
  }

  /** The client goes over to the new key, while the old one is in its overlap. */
  private async rotate(): Promise<void> {
    const made =
      this.keyId === null
        ? await this.tenant.client.demand<{ id: string; key: string }>('POST', '/v1/api-keys', {
            name: unique('key'),
            environment: 'test',
            scopes: KEY_SCOPES,
          })
        : await this.tenant.client.demand<{ id: string; key: string }>('POST', `/v1/api-keys/${this.keyId}/rotate`, {
            overlap_seconds: 60,
          });
    this.keyId = made.id;
    this.client = new TestClient(this.client.apiUrl, made.key);
  }

  private async deliveries(): Promise<DeliveryView[]> {
    const events = await Promise.all(this.events.map(({ trackingId }) => readEvent(this.client, trackingId)));
    return events.flatMap(({ deliveries }) => deliveries);
  }

  private async demandStatus(method: string, path: string, expected: readonly number[]): Promise<void> {
    const answer = await this.client.send(method, path);
    if (!expected.includes(answer.status))
      throw new Error(`${method} ${path} answered ${answer.status} and not ${expected.join(' or ')}: ${answer.text}`);
  }

  private eventAt(which: number): KnownEvent {
    const event = this.events[which % this.events.length];
    if (event === undefined) throw new Error('a sequence begins with an event');
    return event;
  }

  private sinkOf(name: SinkName): { id: string; sink: string } {
    const connection = this.connections.get(name);
    if (connection === undefined) throw new Error(`there is no sink ${name}`);
    return connection;
  }
}
