import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type HubClient, refusal } from '../hub-client';
import { type DemoEvent } from './demo-events';

const ACCEPTED = z.object({ tracking_id: z.string(), status: z.string(), duplicate: z.boolean() });
const DELIVERY = z.object({
  id: z.string(),
  status: z.string(),
  connection_id: z.string().nullish(),
  external_id: z.string().nullish(),
});
const EVENT = z.object({ status: z.string(), deliveries: z.array(DELIVERY).default([]) });

/** Statuses after which nothing more happens by itself. */
const FINAL = new Set(['succeeded', 'failed', 'unrouted']);
const FIRST_POLL_MS = 10;
const LONGEST_POLL_MS = 500;

export interface Journey {
  readonly event: DemoEvent;
  /** HTTP status of the answer to the post. */
  readonly answer: number;
  readonly acceptedMs: number;
  readonly trackingId: string;
  readonly duplicate: boolean;
  /** Null when it was not settled in time. */
  readonly settledMs: number | null;
  readonly status: string;
  readonly arrivals: readonly {
    readonly connection: string;
    readonly status: string;
    readonly externalId: string | null;
  }[];
}

/**
 * Posts the events of one tenant one after the other, as a source system would, and follows each until it is settled.
 * Times are measured from outside, so a settled time is late by up to one poll.
 */
export async function sendAndFollow(
  client: HubClient,
  events: readonly DemoEvent[],
  connections: ReadonlyMap<string, string>,
  timeoutMs: number,
): Promise<Journey[]> {
  const journeys: Promise<Journey>[] = [];
  for (const event of events) {
    const sentAt = performance.now();
    const answer = await client.request('POST', '/v1/events', event.body);
    const acceptedMs = performance.now() - sentAt;
    if (answer.status !== 202 && answer.status !== 200) throw refusal('POST', '/v1/events', answer);
    const accepted = ACCEPTED.parse(answer.body);
    const start = {
      event,
      answer: answer.status,
      acceptedMs,
      sentAt,
      trackingId: accepted.tracking_id,
      duplicate: accepted.duplicate,
    };
    const journey = follow(client, start, connections, timeoutMs);
    // Awaited below; a failure before that must not count as unhandled.
    journey.catch(() => undefined);
    journeys.push(journey);
  }
  return Promise.all(journeys);
}

async function follow(
  client: HubClient,
  start: Omit<Journey, 'settledMs' | 'status' | 'arrivals'> & { readonly sentAt: number },
  connections: ReadonlyMap<string, string>,
  timeoutMs: number,
): Promise<Journey> {
  const { sentAt, ...facts } = start;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 1.5, LONGEST_POLL_MS)) {
    await delay(pollMs);
    const event = EVENT.parse(await client.demand('GET', `/v1/events/${facts.trackingId}`));
    const afterMs = performance.now() - sentAt;
    const isFinal = FINAL.has(event.status);
    if (!isFinal && afterMs < timeoutMs) continue;
    return {
      ...facts,
      settledMs: isFinal ? afterMs : null,
      status: event.status,
      arrivals: event.deliveries.map((delivery) => ({
        connection: connections.get(delivery.connection_id ?? '') ?? 'a connection',
        status: delivery.status,
        externalId: delivery.external_id ?? null,
      })),
    };
  }
}

/** Whether the event went the way it was meant to. */
export function isAsExpected({ event, answer, duplicate, status }: Journey): boolean {
  if (event.expectation === 'duplicate') return answer === 200 && duplicate && status === 'succeeded';
  return answer === 202 && !duplicate && status === event.expectation;
}
