import { type SinkView, type TestHubOptions } from '@hub/testing';
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
import { expectApart, standBy, type Sender } from './bystander';
import { expectNoForeignRow } from './foreign-rows';
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
  /** A tenant of its own with both connections and a load that is under way, and another that stands by. */
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
  /** Ends both loads, whatever of them is not acknowledged. */
  abandon(): void;
  /** Waits for the end and checks every promise to both tenants. @returns how often the sink was sent something twice. */
  expectNothingLost(): Promise<{ repeats: number }>;
}

export async function faultStage(options: TestHubOptions): Promise<FaultStage> {
  const hub = await stageHub(options);
  const runs: Run[] = [];
  const stop = async (): Promise<void> => {
    for (const run of runs) run.abandon();
    await hub.stop();
  };
  return {
    hub: { ...hub, stop },
    async begin(wanted = {}) {
      const run = await begin(hub, wanted);
      runs.push(run);
      return run;
    },
  };
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
  const bystander = await standBy(hub, retry, apis);
  const load = new Load({
    client: tenant.client,
    events,
    concurrency,
    beside: bystander.beside,
    ...(apis === undefined ? {} : { apis }),
    ...(key === undefined ? {} : { key }),
  });
  const sender: Sender = { tenant, load, sink: http.sink, prefix };
  return {
    tenant,
    load,
    sink: http.sink,
    abandon() {
      load.abandon();
      bystander.load.abandon();
    },
    async expectNothingLost() {
      await load.finished;
      const settleMs = wanted.settleMs ?? RECOVERY_MS + REST_MS;
      const view = await expectArrived(hub, sender, settleMs);
      expectApart([sender, view], [bystander, await expectArrived(hub, bystander, settleMs)]);
      await expectNoForeignRow(hub.database);
      const records = (await hub.sandbox.records('Account', salesforce.org)).map((record) =>
        String(record['Hub_Id__c']),
      );
      const ours = records.filter((key) => key.startsWith(prefix));
      expect(ours).toHaveLength(load.taken.filter(isCustomer).length);
      expect(new Set(ours).size).toBe(ours.length);
      expect(records.filter((key) => key.startsWith(bystander.prefix))).toEqual([]);
      return { repeats: view.accepted_duplicates };
    },
  };
}

/** Waits until all that the tenant sent is settled, and checks its rows. @returns what its sink was sent, once or more often */
async function expectArrived(hub: StagedHub, { tenant, load, sink }: Sender, settleMs: number): Promise<SinkView> {
  const counts = await settledDeliveries(hub.database, tenant.uuid, settleMs);
  expect(load.refused).toEqual([]);
  expect(counts).toEqual({ succeeded: load.taken.length });
  await expectAcknowledged(hub.database, tenant.uuid, load.acknowledged);
  await expectInvariants(hub.database, tenant.uuid);
  expect(load.acknowledged.size).toBe(load.taken.length);
  const view = await hub.sandbox.sink(sink);
  expect(view.accepted_distinct_keys).toBe(load.taken.filter((event) => !isCustomer(event)).length);
  return view;
}

const isCustomer = ({ type }: LoadEvent): boolean => type === 'customer.created';

function loadEvents(prefix: string, count: number): LoadEvent[] {
  return Array.from({ length: count }, (_, n) => ({
    event_id: `${prefix}-${n}`,
    type: n % CUSTOMER_EVERY === 0 ? 'customer.created' : 'order.created',
    data: { n, key: `${prefix}-${n}` },
  }));
}
