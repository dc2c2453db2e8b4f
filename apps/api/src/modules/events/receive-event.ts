import { type FastifyRequest } from 'fastify';
import { err, ok, type InputFault, type Result } from '@hub/platform';
import { EVENT_BODY_LIMIT } from '../../http/body-parser';
import { inexactNumbers } from '../../http/inexact-numbers';
import { listElements, memberText, type ListElement } from '../../http/raw-json';
import { faultsOf, MOST_FAULTS } from '../../http/zod-faults';
import { fromBinary, fromStructured, isBinaryCloudEvent, isJsonObject, type ReceivedEvent } from './cloud-events';
import { batchInput, eventInput } from './dto/event.request';

export const CLOUD_EVENT = 'application/cloudevents+json';

/** Reads one event in whichever of its three forms it came. */
export function receiveEvent(request: FastifyRequest): Result<ReceivedEvent, InputFault[]> {
  const text = request.rawText ?? '';
  if (text === '') return err([{ pointer: '', code: 'required', message: 'A JSON body is needed.' }]);
  if ((request.headers['content-type'] ?? '').toLowerCase().startsWith(CLOUD_EVENT))
    return fromStructured(request.body, text);
  if (isBinaryCloudEvent(request)) return fromBinary(request, request.body, text);
  return readNative(request.body, { data: memberText(text, 'data'), whole: () => text }, '', MOST_FAULTS);
}

/** How many events a batch has, before any of them is looked at. */
export function batchSize(request: FastifyRequest): Result<number, InputFault[]> {
  const parsed = batchInput.safeParse(request.body ?? {});
  return parsed.success ? ok(parsed.data.events.length) : err(faultsOf(parsed.error, request.body));
}

export interface BatchElement {
  /** As far as it can be told, also of a bad one. */
  readonly eventId: string | null;
  readonly received: Result<ReceivedEvent, InputFault[]>;
}

/**
 * Reads a batch that {@link batchSize} has found in order, one event when it is asked for; pointers lead into the whole
 * body. An event that alone would be too large is too large here too.
 */
export function* receiveBatch(request: FastifyRequest): Generator<BatchElement> {
  const { events } = request.body as { readonly events: readonly unknown[] };
  const text = request.rawText ?? '';
  const places = listElements(text, 'events', 'data');
  if (places.length !== events.length) throw new Error('the text of a batch was read differently from its value');
  for (const [index, place] of places.entries()) {
    const element = events[index];
    const pointer = `/events/${index}`;
    const received = isTooLarge(text, place)
      ? err([{ pointer, code: 'event_too_large', message: `An event may have at most ${EVENT_BODY_LIMIT} bytes.` }])
      : readNative(
          element,
          { data: place.memberText, whole: () => text.slice(place.start, place.end) },
          pointer,
          MOST_IN_A_BATCH,
        );
    yield { eventId: eventIdOf(element), received };
  }
}

/**
 * Lets go of the body once everything in it has been taken over. What a request holds until its answer the garbage
 * collector copies again and again meanwhile: with hundreds of commits waiting, that was a tenth of the API's work.
 */
export function forgetBody(request: FastifyRequest): void {
  request.body = undefined;
  delete request.rawText;
}

const MOST_BYTES_OF_A_CHARACTER = 3;
/** Faults that are named of one event of a batch: a thousand may have them. */
const MOST_IN_A_BATCH = 10;

/** Counts bytes only where there could be too many of them. */
function isTooLarge(text: string, { start, end }: ListElement): boolean {
  return (
    (end - start) * MOST_BYTES_OF_A_CHARACTER > EVENT_BODY_LIMIT &&
    Buffer.byteLength(text.slice(start, end)) > EVENT_BODY_LIMIT
  );
}

/** An event as it was written. */
interface EventText {
  readonly data: string | null;
  /** Cut out of a batch, where that is needed. */
  readonly whole: () => string;
}

function readNative(
  body: unknown,
  text: EventText,
  prefix: string,
  mostFaults: number,
): Result<ReceivedEvent, InputFault[]> {
  const parsed = eventInput.safeParse(body);
  const inexact = inexactMetadata(body, text.whole, prefix);
  if (!parsed.success || inexact.length > 0) return err(faultsOf(parsed.error, body, prefix, mostFaults, inexact));
  return ok({ input: parsed.data, payloadText: text.data ?? '{}' });
}

/** Metadata is kept as it was read, unlike the data: a number that a double changes would come back as another one. */
function inexactMetadata(body: unknown, eventText: () => string, prefix: string): InputFault[] {
  if (!isJsonObject(body) || body['metadata'] === undefined) return [];
  return inexactNumbers(memberText(eventText(), 'metadata') ?? '', { prefix: `${prefix}/metadata` });
}

function eventIdOf(element: unknown): string | null {
  const id = typeof element === 'object' && element !== null && 'event_id' in element ? element.event_id : null;
  return typeof id === 'string' ? id.slice(0, 200) : null;
}
