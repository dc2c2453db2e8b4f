import { type TestHubOptions } from '@hub/testing';
import {
  addMapping,
  addRoute,
  connectSalesforce,
  connectSink,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../support/staged-hub';
import { shortOrLong } from '../support/form';
import { expectAcknowledged, expectInvariants, settledDeliveries } from './invariants';
import { Load, type LoadEvent, type LoadOptions } from './load';

/** Of a load, unless a row says otherwise. Faults strike at shares of it. */
export const EVENTS = shortOrLong(1_200, 5_000);
/** Every tenth is a customer for Salesforce, the others are orders for the sink. */
const CUSTOMER_EVERY = 10;
/** A crash must be made good within this; see `reliability.md`, section 7. */
export const RECOVERY_MS = 20_000;
/** Calls of the sink's connection at once. */
const CONCURRENCY = 16;
/** A crash repeats at most what the drain had claimed: as much again as is under way. */
export const MOST_REPEATS = 2 * CONCURRENCY;
/** Beside the recovery, for what was left of the load on a busy machine. */
const REST_MS = 40_000;

export interface FaultStage {
  readonly hub: StagedHub;
  /** A tenant of its own with both connections, and a load that is under way. */
  begin(options?: RunOptions): Promise<Run>;
}

export interface RunOptions extends Partial<Pick<LoadOptions, 'concurrency' | 'apis' | 'key'>> {
  readonly count?: number;
  /** Credentials of the sink's connection, and its settings. */
  readonly sink?: {
    readonly config: Readonly<Record<string, unknown>>;
    readonly credentials: Readonly<Record<string, string>>;
  };
  /** Recovery and rest together may take so long. */
  readonly settleMs?: number;
}

export interface Run {
  readonly tenant: StagedTenant;
  readonly load: Load;
  readonly sink: string;
  /** Waits for the end and checks every promise. @returns how often the sink was sent something twice. */
  expectNothingLost(): Promise<{ repeats: number }>;
}

export async function faultStage(options: TestHubOptions): Promise<FaultStage> {
  const hub = await stageHub(options);
  return { hub, begin: (wanted = {}) => begin(hub, wanted) };
}

async function begin(hub: StagedHub, wanted: RunOptions): Promise<Run> {
  const tenant = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
  const { config = {}, credentials } = wanted.sink ?? {};
  const http = await connectSink(hub, tenant, { concurrency: CONCURRENCY, ...config }, credentials);
  const salesforce = await connectSalesforce(hub, tenant);
  const prefix = unique('hub');
  // Retries after a second instead of a minute: what is tested is that they come, not when.
  const retry = { delays_seconds: [1, 2] };
  await addRoute(tenant, { event_type: 'order.*', connection_id: http.id, retry });
  await addRoute(tenant, {
    event_type: 'customer.*',
    connection_id: salesforce.id,
    operation: 'Account.upsert',
    mapping_id: await addMapping(tenant, '{ "Hub_Id__c": key, "Name": "Customer " & n }'),
    retry,
  });
  // Slow enough that there is always something under way when a fault strikes.
  await hub.sandbox.behave(http.sink, [{ kind: 'respond', status: 200, latency_ms: 4 }]);
  const events = loadEvents(prefix, wanted.count ?? EVENTS);
  const { concurrency = 12, apis, key } = wanted;
  const load = new Load({
    client: tenant.client,
    events,
    concurrency,
    ...(apis === undefined ? {} : { apis }),
    ...(key === undefined ? {} : { key }),
  });
  return {
    tenant,
    load,
    sink: http.sink,
    async expectNothingLost() {
      await load.finished;
      const sent = load.taken;
      const customers = sent.filter(({ type }) => type === 'customer.created').length;
      const counts = await settledDeliveries(hub.database, tenant.uuid, wanted.settleMs ?? RECOVERY_MS + REST_MS);
      expect(counts).toEqual({ succeeded: sent.length });
      await expectAcknowledged(hub.database, tenant.uuid, load.acknowledged);
      await expectInvariants(hub.database, tenant.uuid);
      expect(load.acknowledged.size).toBe(sent.length);
      const view = await hub.sandbox.sink(http.sink, 1);
      expect(view.accepted_distinct_keys).toBe(sent.length - customers);
      const records = (await hub.sandbox.records('Account', salesforce.org))
        .map((record) => String(record['Hub_Id__c']))
        .filter((key) => key.startsWith(prefix));
      expect(records).toHaveLength(customers);
      expect(new Set(records).size).toBe(customers);
      return { repeats: view.accepted_duplicates };
    },
  };
}

function loadEvents(prefix: string, count: number): LoadEvent[] {
  return Array.from({ length: count }, (_, n) => ({
    event_id: `${prefix}-${n}`,
    type: n % CUSTOMER_EVERY === 0 ? 'customer.created' : 'order.created',
    data: { n, key: `${prefix}-${n}` },
  }));
}
