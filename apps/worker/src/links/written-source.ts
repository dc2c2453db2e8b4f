import { type ClaimedDelivery } from '@hub/delivery';
import { sourceRecord, systemKey, takeLinkHint, type HintedPayload } from '@hub/sync';

/** What a delivery writes, as a mapping made it and as the vendor gets it, and which record of the source it was made from. */
export interface WrittenSource {
  readonly payloadText: string;
  readonly source: ReturnType<typeof sourceRecord>;
}

/** @param type kind of record that the operation writes; null where none is known. */
export function writtenSource(type: string | null, delivery: ClaimedDelivery, mappedText: string): WrittenSource {
  const { source, payload } = delivery.event;
  const { payloadText, hint } = withoutHint(delivery, mappedText);
  return { payloadText, source: sourceRecord(type, hint, { source, payloadText: payload }) };
}

/** The same for all deliveries to one connection that write the same record; null where nobody can tell. */
export function writtenRecordKey(type: string | null, delivery: ClaimedDelivery, mappedText: string): string | null {
  const { source } = writtenSource(type, delivery, mappedText);
  return source === null
    ? null
    : JSON.stringify([source.type, systemKey(source.record.system), source.record.recordId]);
}

/** What a mapping says to the hub alone is taken out; an event that is sent as it came stays so, byte for byte. */
export function withoutHint(delivery: ClaimedDelivery, mappedText: string): HintedPayload {
  const taken = delivery.mappingId === null ? null : takeLinkHint(mappedText);
  return taken?.ok === true ? taken.value : { payloadText: mappedText, hint: undefined };
}
