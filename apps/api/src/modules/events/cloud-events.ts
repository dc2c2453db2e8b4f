import { type FastifyRequest } from 'fastify';
import { err, ok, type InputFault, type Result } from '@hub/platform';
import { inexactNumbers } from '../../http/inexact-numbers';
import { memberText } from '../../http/raw-json';
import { faultsOf, MOST_FAULTS, toPointer } from '../../http/zod-faults';
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
  const extensions = isJsonObject(body) ? extensionsOf(body) : {};
  const others =
    Object.keys(extensions).length === 0
      ? []
      : [...extensionFaults(extensions, (name) => toPointer([name])), ...inexactNumbers(text, { spared: 'data' })];
  if (!parsed.success || others.length > 0) return err(faultsOf(parsed.error, body, '', MOST_FAULTS, others));
  return ok(fromAttributes(parsed.data, extensions, memberText(text, 'data') ?? '{}'));
}

/** Binary mode: attributes in `ce-*` headers, percent-encoded; the body is the data. Pointers lead to where each one stood. */
export function fromBinary(request: FastifyRequest, body: unknown, text: string): Result<ReceivedEvent, InputFault[]> {
  const headers = attributesInHeaders(request);
  if (!headers.ok) return headers;
  const attributes = { ...headers.value, data: body };
  const parsed = cloudEvent.safeParse(attributes);
  const extensions = extensionsOf(attributes);
  const others = extensionFaults(extensions, headerPointer);
  if (parsed.success && others.length === 0) return ok(fromAttributes(parsed.data, extensions, text));
  const faults = faultsOf(parsed.error, attributes);
  return err([...faults.map((fault) => ({ ...fault, pointer: binaryPointer(fault.pointer) })), ...others]);
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

function extensionFaults(extensions: Record<string, unknown>, pointerOf: (name: string) => string): InputFault[] {
  return Object.keys(extensions)
    .filter((name) => !EXTENSION.test(name))
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

/** Whether members can be looked for in the text of this value. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function percentDecoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
