import { err, newUuid, ok, type DrainTarget } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { type AcceptInput } from '../accept/accept.types';
import { eventFingerprint } from '../accept/fingerprint';
import { Drainer } from '../drain/drain';
import { DEFAULT_DRAIN_LIMITS, type DrainLimits } from '../drain/drain.types';
import {
  type DeliveryMapper,
  type MapOutcome,
  type OpenConnection,
  type SendError,
  type SendItem,
  type SendResult,
} from '../drain/drain.ports';
import { toLikePattern } from '../routes/event-type-pattern';

/** A tenant with one connection, and a drainer whose mapping and vendor are in the test's hands. */
export interface DeliveryHarness {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly target: DrainTarget;
  readonly tenantDb: TenantDb;
  readonly rings: DrainTarget[];
  readonly laterRings: number[];
  readonly sent: SendItem[];
  readonly reauths: SendError[];
  addRoute(route?: RouteOptions): Promise<string>;
  event(overrides?: Partial<AcceptInput>): AcceptInput;
  drainer(
    vendor: Vendor,
    options?: {
      limits?: DrainLimits;
      concurrency?: number;
      batchSize?: number;
      mapper?: DeliveryMapper;
      workerId?: string;
      tenantDb?: TenantDb;
      /** Why the connection cannot be opened. */
      closed?: SendError;
      /** Called as the connection is opened. */
      open?: () => Promise<void>;
    },
  ): Drainer;
  deliveries(): Promise<DeliveryRow[]>;
  makeDue(): Promise<void>;
}

export type Vendor = (
  items: readonly SendItem[],
  signal: AbortSignal,
) => Promise<readonly SendResult[]> | readonly SendResult[];

export interface RouteOptions {
  readonly eventType?: string;
  readonly filter?: string;
  readonly ordering?: 'strict' | 'latest';
  readonly orderingKey?: 'subject' | 'type' | 'connection' | 'none';
  readonly retryDelays?: number[];
  readonly connectionId?: string;
}

export interface DeliveryRow {
  id: string;
  tracking_id: string;
  status: string;
  reason: string | null;
  attempts: number;
  crashes: number;
  ordering_key: string | null;
  external_id: string | null;
  last_error: { category: string; code: string } | null;
  filter_pending: boolean;
  due_in_ms: string;
}

export const accepted = (externalId: string | null = null): SendResult => ({
  ok: true,
  externalId,
  exchange: null,
  traceId: null,
});
export const refused = (category: string, rest: Partial<SendError> = {}): SendResult => ({
  ok: false,
  error: { category, code: `${category}_code`, message: 'as the test wants', ...rest },
  exchange: null,
  traceId: null,
});

/** Sends the event's payload as it is. */
export const passThrough: DeliveryMapper = {
  map: (_tenantId, deliveries) =>
    Promise.resolve(
      deliveries.map((delivery): MapOutcome => ({
        kind: 'mapped',
        payloadText: delivery.event.payload,
        mapping: null,
      })),
    ),
};

export async function createDeliveryHarness(database: TestDatabase): Promise<DeliveryHarness> {
  const tenant = await database.createTenant();
  const tenantDb = new TenantDb(database.app);
  const connectionId = newUuid();
  const target = { tenantId: tenant.id, connectionId };
  await addConnection(tenantDb, tenant.id, connectionId);
  const rings: DrainTarget[] = [];
  const laterRings: number[] = [];
  const sent: SendItem[] = [];
  const reauths: SendError[] = [];
  return {
    tenantId: tenant.id,
    connectionId,
    target,
    tenantDb,
    rings,
    laterRings,
    sent,
    reauths,
    async addRoute(route = {}) {
      const id = newUuid();
      const pattern = route.eventType ?? '*';
      await tenantDb.run(tenant.id, (tx) =>
        tx.query(
          `insert into routes (tenant_id, id, name, event_type, event_type_like, filter, connection_id, operation, ordering_key, ordering_mode, retry_delays_seconds)
           values ($1, $2, $10, $3, $4, $5, $6, 'thing.upsert', $7, $8, $9)`,
          [
            tenant.id,
            id,
            pattern,
            toLikePattern(pattern),
            route.filter ?? null,
            route.connectionId ?? connectionId,
            route.orderingKey ?? 'subject',
            route.ordering ?? 'strict',
            route.retryDelays ?? null,
            id,
          ],
        ),
      );
      return id;
    },
    event: (overrides = {}) => makeEvent(tenant.id, overrides),
    drainer(vendor, options = {}) {
      return new Drainer(
        {
          tenantDb: options.tenantDb ?? tenantDb,
          mapper: options.mapper ?? passThrough,
          workerId: options.workerId ?? 'test-worker',
          bell: {
            ring: (rung) => void rings.push(rung),
            ringLater: (_target, delayMs) => {
              laterRings.push(delayMs);
              return Promise.resolve(true);
            },
          },
          observer: { attempted: () => undefined, settled: () => undefined, fenced: () => undefined },
          connections: {
            find: () => {
              const capacity = { concurrency: options.concurrency ?? 4, largestBatch: options.batchSize ?? 1 };
              const opened: OpenConnection = {
                ...capacity,
                connectorId: 'test',
                batchSize: () => options.batchSize ?? 1,
                send: async (_operation, items, signal) => {
                  sent.push(...items);
                  return vendor(items, signal);
                },
              };
              const open = options.open ?? (() => Promise.resolve());
              return Promise.resolve({
                ...capacity,
                open: () => open().then(() => (options.closed === undefined ? ok(opened) : err(options.closed))),
              });
            },
            needsReauth: async (tenantId, id, error) => {
              reauths.push(error);
              await tenantDb.run(tenantId, (tx) =>
                tx.query(`update connections set status = 'needs_reauth' where tenant_id = $1 and id = $2`, [
                  tenantId,
                  id,
                ]),
              );
            },
          },
        },
        // A test's drain ends when nothing is due, however slow the machine is.
        options.limits ?? { ...DEFAULT_DRAIN_LIMITS, budgetMs: 60_000 },
      );
    },
    deliveries: () =>
      tenantDb.run(tenant.id, (tx) =>
        tx.query<DeliveryRow>(
          `select id, tracking_id, status, reason, attempts, crashes, ordering_key, external_id, last_error, filter_pending,
                  extract(epoch from next_attempt_at - now()) * 1000 as due_in_ms from deliveries order by seq`,
        ),
      ),
    async makeDue() {
      await tenantDb.run(tenant.id, async (tx) => {
        await tx.query(`update deliveries set next_attempt_at = now() where status in ('pending', 'retrying')`);
        await tx.query(`update connection_runtime set resume_at = null, resume_reason = null`);
      });
    },
  };
}

export async function addConnection(tenantDb: TenantDb, tenantId: string, connectionId: string): Promise<void> {
  await tenantDb.run(tenantId, async (tx) => {
    await tx.query(
      `insert into connections (tenant_id, id, name, connector_id, config, status_since)
       values ($1, $2, $3, 'test', '{}', now() - interval '1 year')`,
      [tenantId, connectionId, connectionId],
    );
    await tx.query(`insert into connection_runtime (tenant_id, connection_id) values ($1, $2)`, [
      tenantId,
      connectionId,
    ]);
  });
}

export function makeEvent(tenantId: string, overrides: Partial<AcceptInput> = {}): AcceptInput {
  const type = overrides.type ?? 'thing.changed';
  const payload = overrides.payload ?? '{"n":1}';
  return {
    tenantId,
    trackingId: newUuid(),
    eventId: newUuid(),
    type,
    source: null,
    subject: null,
    occurredAt: null,
    receivedAt: new Date(),
    payload,
    metadata: null,
    fingerprint: eventFingerprint(type, payload),
    apiKeyId: null,
    requestId: null,
    traceparent: null,
    ...overrides,
  };
}
