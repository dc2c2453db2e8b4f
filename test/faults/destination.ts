import {
  accept,
  addRoute,
  deliveryWhen,
  eventWhen,
  settled,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../support/staged-hub';
import { faultRow } from './fault-row';
import { expectInvariants } from './invariants';

/** Retries come soon: what is told of them is that they come, and how often. */
const RETRY = { delays_seconds: [1, 1] };

export interface Destination {
  readonly hub: StagedHub;
  readonly tenant: StagedTenant;
  readonly sink: string;
}

/** A tenant of its own whose orders go to a sink that behaves as told. */
export async function destination(
  hub: StagedHub,
  rules: readonly Record<string, unknown>[],
  config: Readonly<Record<string, unknown>> = {},
  retry: object | null = RETRY,
): Promise<Destination> {
  const tenant = await hub.newTenant();
  const sink = unique('sink');
  await hub.sandbox.behave(sink, rules);
  const { id } = await tenant.client.demand<{ id: string }>('POST', '/v1/connections', {
    name: sink,
    connector: 'http',
    config: { url: hub.sandbox.sinkUrl(sink), ...config },
  });
  await addRoute(tenant, { event_type: 'order.*', connection_id: id, ...(retry === null ? {} : { retry }) });
  return { hub, tenant, sink };
}

export const send = ({ tenant }: Destination): Promise<string> => accept(tenant.client, { type: 'order.created' });

export async function arrivals({ hub, sink }: Destination): Promise<number[]> {
  return (await hub.sandbox.sink(sink)).requests.map(({ at }) => at);
}

/**
 * Fails, is tried again after a second, and then the destination is well.
 * @param of the hub, which there is no sooner than the row runs
 */
export function classifiedRow(
  of: () => StagedHub,
  what: string,
  rule: Record<string, unknown>,
  code: string,
  config = {},
): void {
  faultRow(
    `destination: ${what}`,
    `classified as ${code}; tried again with the same key, and delivered`,
    async (told) => {
      const hub = of();
      const there = await destination(hub, [{ times: 1, ...rule }], config);
      const since = Date.now();
      const tracked = await send(there);
      const failed = await deliveryWhen(
        there.tenant.client,
        tracked,
        ({ last_error: error }) => error !== null,
        60_000,
      );
      expect(failed.last_error).toMatchObject({ category: 'transient', code });
      told.note(`cut after ${((Date.now() - since) / 1_000).toFixed(1)} s`);
      expect((await eventWhen(there.tenant.client, tracked, settled)).status).toBe('succeeded');
      const { distinct_keys: keys, total } = await hub.sandbox.sink(there.sink);
      expect([keys, total]).toEqual([1, 2]);
      await expectInvariants(hub.database, there.tenant.uuid);
    },
  );
}
