import { type FastifyRequest } from 'fastify';
import { err, ok, type InputFault, type Result } from '@hub/platform';
import { faultsOf, toPointer } from '../../http/zod-faults';
import { memberText } from '../../http/raw-json';
import { cloudEvent, type EventInput } from './dto/event.request';

/** An event as the API was given it, with its `data` exactly as written. */
export interface ReceivedEvent {
  readonly input: EventInput;
  readonly payloadText: string;
}

const CORE_ATTRIBUTES = new Set(['specversion', 'id', 'type', 'source', 'subject', 'time', 'datacontenttype', 'data']);
const EXTENSION = /^[a-z0-9]{1,20}$/;

/** CloudEvents 1.0 JSON format: `id` becomes `event_id`, extensions become metadata. */
export function fromStructured(body: unknown, text: string): Result<ReceivedEvent, InputFault[]> {
  const parsed = cloudEvent.safeParse(body);
  if (!parsed.success) return err(faultsOf(parsed.error, body));
  const attributes = parsed.data as Record<string, unknown>;
  const faults = extensionFaults(attributes, (name) => toPointer([name]));
  if (faults.length > 0) return err(faults);
  return ok(fromAttributes(parsed.data, extensionsOf(attributes), memberText(text, 'data') ?? '{}'));
}

/** Binary mode: attributes in `ce-*` headers, percent-encoded; the body is the data. Pointers lead to where each one stood. */
export function fromBinary(request: FastifyRequest, body: unknown, text: string): Result<ReceivedEvent, InputFault[]> {
  const headers = attributesInHeaders(request);
  if (!headers.ok) return headers;
  const attributes = { ...headers.value, data: body };
  const parsed = cloudEvent.safeParse(attributes);
  if (!parsed.success) {
    return err(
      faultsOf(parsed.error, attributes).map((fault) => ({ ...fault, pointer: binaryPointer(fault.pointer) })),
    );
  }
  const faults = extensionFaults(attributes, headerPointer);
  if (faults.length > 0) return err(faults);
  return ok(fromAttributes(parsed.data, extensionsOf(attributes), text));
}

function attributesInHeaders(request: FastifyRequest): Result<Record<string, unknown>, InputFault[]> {
  const attributes: Record<string, unknown> = {};
  const faults: InputFault[] = [];
  for (const [header, value] of Object.entries(request.headers)) {
    if (!header.startsWith('ce-') || typeof value !== 'string') continue;
    const name = header.slice(3);
    const decoded = percentDecoded(value);
    if (name === 'data')
      faults.push({ pointer: headerPointer(name), code: 'unknown_field', message: 'The data is the body.' });
    else if (decoded === null)
      faults.push({
        pointer: headerPointer(name),
        code: 'invalid_encoding',
        message: 'This is not valid percent-encoding.',
      });
    else attributes[name] = decoded;
  }
  return faults.length === 0 ? ok(attributes) : err(faults);
}

function headerPointer(name: string): string {
  return `#header/ce-${name}`;
}

/** The body is the data, so what is under `/data` for us is at its root for the sender; the rest came in headers. */
function binaryPointer(pointer: string): string {
  const [, member, ...below] = pointer.split('/');
  return member === 'data' ? below.map((part) => `/${part}`).join('') : headerPointer(member ?? '');
}

function extensionFaults(attributes: Record<string, unknown>, pointerOf: (name: string) => string): InputFault[] {
  return Object.keys(attributes)
    .filter((name) => !CORE_ATTRIBUTES.has(name) && !EXTENSION.test(name))
    .map((name) => ({
      pointer: pointerOf(name),
      code: 'unknown_field',
      message: 'Extension attributes have names of lower-case letters and digits.',
    }));
}

export function isBinaryCloudEvent(request: FastifyRequest): boolean {
  return request.headers['ce-specversion'] !== undefined;
}

function fromAttributes(
  event: {
    id: string;
    type: string;
    source: string;
    subject?: string | undefined;
    time?: string | undefined;
    data: Record<string, unknown>;
  },
  extensions: Record<string, unknown>,
  payloadText: string,
): ReceivedEvent {
  return {
    payloadText,
    input: {
      event_id: event.id,
      type: event.type,
      source: event.source,
      ...(event.subject === undefined ? {} : { subject: event.subject }),
      ...(event.time === undefined ? {} : { occurred_at: event.time }),
      data: event.data,
      ...(Object.keys(extensions).length === 0 ? {} : { metadata: extensions }),
    },
  };
}

function extensionsOf(attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !CORE_ATTRIBUTES.has(name)));
}

function percentDecoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
