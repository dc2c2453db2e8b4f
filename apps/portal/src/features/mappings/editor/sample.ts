import { getConnection, getEvent, type GoldenCase } from '@hub/api-client';
import { pretty } from '../../../components/json-view';
import { answerOf } from '../../../lib/api';
import { parsedObject } from '../model/json-text';
import { memberText } from '../../../lib/raw-json';

/** An input to try a mapping on, and what the mapping sees as `$event` with it. */
export interface Sample {
  /** JSON text, as it was written. */
  readonly text: string;
  /** Null as in a sync. */
  readonly event: Readonly<Record<string, unknown>> | null;
  readonly links: readonly unknown[];
}

export function sampleOfCase({ input, event, links }: GoldenCase): Sample {
  return { text: JSON.stringify(input, null, 2), event, links };
}

/** What every event has, as mappings see it. */
const FACTS = ['event_id', 'type', 'source', 'subject', 'occurred_at', 'received_at', 'metadata'];

/**
 * @param isForSyncs a mapping of syncs sees the record that the event was made of, and the settings of its connection
 * @returns null where the payload is kept no more
 */
export async function sampleOfEvent(trackingId: string, isForSyncs: boolean): Promise<Sample | null> {
  // As text: figures must keep every digit that they came with.
  const asText = getEvent({ path: { tracking_id: trackingId }, query: { include: 'payload' }, parseAs: 'text' });
  const answer = (await answerOf<unknown>(asText)) as string;
  const payload = memberText(answer, 'payload');
  const told = parsedObject(answer);
  if (payload === null || payload === 'null' || told === null) return null;
  const connectionId = /^sync\/(con_\w+)$/.exec(String(told['source']))?.[1];
  if (!isForSyncs || connectionId === undefined) {
    const event = Object.fromEntries(FACTS.map((name) => [name, told[name] ?? null]));
    return { text: pretty(payload), event, links: [] };
  }
  const record = memberText(payload, 'record');
  if (record === null) return null;
  const { config } = await answerOf(getConnection({ path: { id: connectionId } }));
  return {
    text: pretty(`{"record":${record},"connection":${JSON.stringify({ config })}}`),
    event: null,
    links: [],
  };
}
