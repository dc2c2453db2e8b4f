import { createHash } from 'node:crypto';
import { type PulledRecord } from '@hub/connector-sdk';
import { fromPublicId, toPublicId } from '@hub/platform';
import { type CanonicalIssue, type CanonicalOutcome, type RecordEvent } from './puller.ports';
import { type RecordScope } from './pull.ports';
import { recordHash } from './record-hash';

/** As for every event that the hub accepts. */
export const MAX_EVENT_BYTES = 256 * 1024;
const MAX_EVENT_ID = 200;
const MAX_TYPE = 100;
const MAX_SUBJECT = 300;
const SOURCE_PREFIX = 'sync/';

/**
 * A pulled record as an event.
 *
 * The event's id names the version of the record, so that the same version brought twice (a page after a restart, a hook
 * and a poll) is one event. Where the vendor has no version, the moment of the change stands for it, and else the run:
 * a record that goes back to an earlier content is news, and must not be taken for a repeat of it. Deletions are counted
 * apart for the same reason. The way it was noticed (`created`, `updated`) is no part of the id.
 */
export function toRecordEvent(
  scope: RecordScope,
  runId: string,
  record: PulledRecord,
  canonical: CanonicalOutcome,
): RecordEvent {
  const connection = toPublicId('connection', scope.connectionId);
  return {
    eventId: eventIdOf(connection, scope, runId, record),
    type: recordEventType(scope.connectorId, record.object, record.change),
    source: `${SOURCE_PREFIX}${connection}`,
    subject: printable(`${record.object.toLowerCase()}/${record.id}`, MAX_SUBJECT),
    occurredAt: momentOf(record.modifiedAt),
    payloadText: payloadOf(connection, scope, record, canonical),
  };
}

export function recordEventType(connectorId: string, object: string, change: PulledRecord['change']): string {
  return `${connectorId}.${object.toLowerCase().replace(/[^a-z0-9_-]/g, '_')}.${change}`.slice(0, MAX_TYPE);
}

/** @returns the connection that an event with this source was pulled from; null for whatever was posted */
export function pulledFrom(source: string): string | null {
  return source.startsWith(SOURCE_PREFIX) ? fromPublicId('connection', source.slice(SOURCE_PREFIX.length)) : null;
}

function eventIdOf(connection: string, scope: RecordScope, runId: string, record: PulledRecord): string {
  const version = record.version ?? record.modifiedAt ?? toPublicId('syncRun', runId);
  const stamp = record.change === 'deleted' ? `deleted-${version}` : version;
  const hash = recordHash(record.dataText, scope.volatileFields).slice(0, 16);
  const id = `sync:${connection}:${record.object}:${record.id}:${stamp}:${hash}`;
  if (id.length <= MAX_EVENT_ID && isPrintable(id)) return id;
  const whole = createHash('sha256')
    .update(JSON.stringify([record.object, record.id, stamp]))
    .digest('hex');
  return `sync:${connection}:${whole}:${hash}`;
}

interface Payload {
  readonly recordText: string;
  readonly canonicalText: string | null;
  readonly issues: readonly CanonicalIssue[];
}

/** What is too large is left out with a word about it: the event says that the record changed, and which it is. */
function payloadOf(
  connection: string,
  scope: RecordScope,
  record: PulledRecord,
  { canonicalType, canonicalText, issues }: CanonicalOutcome,
): string {
  const write = (payload: Payload): string => payloadText(connection, scope, record, canonicalType, payload);
  const whole = write({ recordText: record.dataText, canonicalText, issues });
  if (Buffer.byteLength(whole) <= MAX_EVENT_BYTES) return whole;
  const bytes = Buffer.byteLength(record.dataText);
  const recordText = JSON.stringify({ _omitted: 'too_large', bytes });
  const tooLarge = issue('/record', 'record_too_large', `The vendor's record has ${bytes} bytes and was left out.`);
  const withoutRecord = write({ recordText, canonicalText, issues: [tooLarge, ...issues] });
  if (Buffer.byteLength(withoutRecord) <= MAX_EVENT_BYTES) return withoutRecord;
  const canonicalTooLarge = issue('', 'canonical_too_large', 'The mapped record is too large for an event.');
  return write({ recordText, canonicalText: null, issues: [tooLarge, canonicalTooLarge] });
}

/** Texts are put together, not values: every digit of the vendor's record stays as it is. */
function payloadText(
  connection: string,
  scope: RecordScope,
  record: PulledRecord,
  canonicalType: string | null,
  payload: Payload,
): string {
  const head = JSON.stringify({
    connection_id: connection,
    connector: scope.connectorId,
    object: record.object,
    id: record.id,
    change: record.change,
    version: record.version,
    modified_at: record.modifiedAt,
    canonical_type: canonicalType,
  });
  const found = payload.issues.length === 0 ? '' : `,"canonical_issues":${JSON.stringify(payload.issues)}`;
  return `${head.slice(0, -1)},"canonical":${payload.canonicalText ?? 'null'}${found},"record":${payload.recordText}}`;
}

function issue(pointer: string, code: string, message: string): CanonicalIssue {
  return { pointer, code, message };
}

/** Only what the database takes for a moment; what the vendor wrote is in the data anyway. */
function momentOf(text: string | null): string | null {
  if (text === null) return null;
  const ms = Date.parse(text);
  const year = new Date(ms).getUTCFullYear();
  return Number.isNaN(ms) || year < 1 || year > 9_999 ? null : new Date(ms).toISOString();
}

function isPrintable(text: string): boolean {
  return printable(text, text.length) === text;
}

/** Control characters and half characters are what neither PostgreSQL nor a log line takes. */
function printable(text: string, most: number): string {
  return text.replace(/[\p{Cc}\p{Surrogate}]/gu, '\ufffd').slice(0, most);
}
