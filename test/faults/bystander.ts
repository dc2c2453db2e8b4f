import { type SinkView } from '@hub/testing';
import { addRoute, connectSink, unique, type StagedHub, type StagedTenant } from '../support/staged-hub';
import { Load, type LoadEvent, type LoadOptions } from './load';

/** A tenant with a load of its own, whose orders go to a sink of its own. */
export interface Sender {
  readonly tenant: StagedTenant;
  readonly load: Load;
  readonly sink: string;
  /** How the keys begin in everything that it sends. */
  readonly prefix: string;
}

export interface Bystander extends Sender {
  readonly beside: NonNullable<LoadOptions['beside']>;
}

/** Of the events that it stands beside, each so-th is followed by one of its own. */
const EVERY = 20;

/**
 * Another customer, who sends a little while the first sends a lot, and under the same event ids: whatever a fault mixes up
 * between customers is seen in the rows and the sink of one of them.
 */
export async function standBy(hub: StagedHub, retry: object, apis?: readonly string[]): Promise<Bystander> {
  const tenant = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
  const { id, sink } = await connectSink(hub, tenant);
  await addRoute(tenant, { event_type: 'order.*', connection_id: id, retry });
  const prefix = unique('bystander');
  const load = new Load({ client: tenant.client, events: [], concurrency: 0, ...(apis === undefined ? {} : { apis }) });
  const ownVersionOf = ({ event_id: id }: LoadEvent, n: number): LoadEvent => ({
    event_id: id,
    type: 'order.created',
    data: { n, key: `${prefix}-${n}` },
  });
  return {
    tenant,
    load,
    sink,
    prefix,
    beside: async (event, nth) => {
      if (nth % EVERY === 0) await load.add(ownVersionOf(event, nth));
    },
  };
}

/** It has stood by the whole time, and neither sink was sent anything that is the other's. */
export function expectApart(
  [sender, sent]: readonly [Sender, SinkView],
  [bystander, sentToBystander]: readonly [Bystander, SinkView],
): void {
  expect(bystander.load.taken).toHaveLength(Math.floor(sender.load.taken.length / EVERY));
  expect(notOf(sender, sent)).toEqual([]);
  expect(notOf(bystander, sentToBystander)).toEqual([]);
  const keys = idempotencyKeys(sent);
  expect([...idempotencyKeys(sentToBystander)].filter((key) => keys.has(key))).toEqual([]);
}

function notOf({ prefix }: Sender, { requests }: SinkView): string[] {
  const isOwn = (body: string): boolean => String((JSON.parse(body) as { key: unknown }).key).startsWith(`${prefix}-`);
  return requests.map(({ body }) => body).filter((body) => !isOwn(body));
}

function idempotencyKeys({ requests }: SinkView): ReadonlySet<string | undefined> {
  return new Set(requests.map(({ headers }) => headers['idempotency-key']));
}
