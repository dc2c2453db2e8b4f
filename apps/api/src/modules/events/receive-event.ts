import { type FastifyRequest } from 'fastify';
import { err, ok, type InputFault, type Result } from '@hub/platform';
import { EVENT_BODY_LIMIT } from '../../http/body-parser';
import { elementTexts, memberText } from '../../http/raw-json';
import { faultsOf } from '../../http/zod-faults';
import { fromBinary, fromStructured, isBinaryCloudEvent, type ReceivedEvent } from './cloud-events';
import { batchInput, eventInput } from './dto/event.request';

/** Reads one event in whichever of its three forms it came. */
export function receiveEvent(request: FastifyRequest): Result<ReceivedEvent, InputFault[]> {
  const text = request.rawText ?? '';
  if (text === '') return err([{ pointer: '', code: 'required', message: 'A JSON body is needed.' }]);
  if ((request.headers['content-type'] ?? '').startsWith('application/cloudevents+json'))
    return fromStructured(request.body, text);
  if (isBinaryCloudEvent(request)) return fromBinary(request, request.body, text);
  return receiveNative(request.body, text, '');
}

export interface BatchElement {
  /** As far as it can be told, also of a bad one. */
  readonly eventId: string | null;
  readonly received: Result<ReceivedEvent, InputFault[]>;
}

/** Reads a batch; pointers lead into the whole body. An event that alone would be too large is too large here too. */
export function receiveBatch(request: FastifyRequest): Result<BatchElement[], InputFault[]> {
  const parsed = batchInput.safeParse(request.body ?? {});
  if (!parsed.success) return err(faultsOf(parsed.error, request.body));
  const texts = elementTexts(memberText(request.rawText ?? '{}', 'events') ?? '[]');
  return ok(
    parsed.data.events.map((element, index) => {
      const text = texts[index] ?? '';
      const pointer = `/events/${index}`;
      const received =
        Buffer.byteLength(text) > EVENT_BODY_LIMIT
          ? err([{ pointer, code: 'event_too_large', message: `An event may have at most ${EVENT_BODY_LIMIT} bytes.` }])
          : receiveNative(element, text, pointer);
      return { eventId: eventIdOf(element), received };
    }),
  );
}

function receiveNative(body: unknown, text: string, prefix: string): Result<ReceivedEvent, InputFault[]> {
  const parsed = eventInput.safeParse(body);
  if (!parsed.success) return err(faultsOf(parsed.error, body, prefix));
  return ok({ input: parsed.data, payloadText: memberText(text, 'data') ?? '{}' });
}

function eventIdOf(element: unknown): string | null {
  const id = typeof element === 'object' && element !== null && 'event_id' in element ? element.event_id : null;
  return typeof id === 'string' ? id.slice(0, 200) : null;
}
