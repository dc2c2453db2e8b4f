import { MATCH_KEYS, type MatchKey } from '@hub/connector-sdk';
import { err, fromPublicId, ok, type Result } from '@hub/platform';
import { LINK_BOUNDS, type RecordRef, type RecordSystem } from './link.types';

/** The member of a mapped payload by which a mapping says which record of the source it has made the payload of. */
const LINK_MEMBER = '_link';
/** The member by which a mapping says what decides whether a new record is there already: `["email", "name"]`, or false. */
const MATCH_MEMBER = '_match';

/** `{"type": "customer", "id": "0018Z…"}`, or null: the written record is none of the source's. */
export type LinkHint = { readonly type: string; readonly id: string } | null;

export interface HintedPayload {
  /** As the vendor gets it. */
  readonly payloadText: string;
  /** Undefined when the mapping says nothing. */
  readonly hint: LinkHint | undefined;
  /** Undefined when the mapping says nothing; empty where nobody is to look. */
  readonly match?: readonly MatchKey[];
}

/**
 * Takes `_link` and `_match` out of a mapped payload. A payload that has neither is answered as it is, byte for byte.
 * @returns what is wrong with a member, in words for whoever wrote the mapping.
 */
export function takeLinkHint(payloadText: string): Result<HintedPayload, string> {
  const members = [LINK_MEMBER, MATCH_MEMBER];
  if (!members.some((member) => payloadText.includes(`"${member}"`))) return ok({ payloadText, hint: undefined });
  const payload: unknown = JSON.parse(payloadText);
  if (!isObject(payload) || !members.some((member) => Object.hasOwn(payload, member)))
    return ok({ payloadText, hint: undefined });
  const { [LINK_MEMBER]: given, [MATCH_MEMBER]: matched, ...rest } = payload;
  const hint = given === undefined ? undefined : readHint(given);
  if (given !== undefined && hint === undefined) {
    return err(`"${LINK_MEMBER}" must be {"type", "id"}, both of them text that is not empty, or null.`);
  }
  const match = matched === undefined ? undefined : readMatch(matched);
  if (matched !== undefined && match === undefined)
    return err(`"${MATCH_MEMBER}" must be a list of ${MATCH_KEYS.join(', ')}, or false.`);
  return ok({ payloadText: JSON.stringify(rest), hint, ...(match === undefined ? {} : { match }) });
}

function readMatch(given: unknown): readonly MatchKey[] | undefined {
  if (given === false) return [];
  // A list of one is a single text to the language of mappings.
  const names: readonly unknown[] = Array.isArray(given) ? given : [given];
  const keys = MATCH_KEYS.filter((key) => names.includes(key));
  return keys.length === names.length ? keys : undefined;
}

/** Where an event's record lives: the connection that it was pulled from, or the source that it names. */
export function eventSystem(source: string | null): RecordSystem {
  const connectionId = source?.startsWith('sync/') === true ? fromPublicId('connection', source.slice(5)) : null;
  return connectionId === null
    ? { connectionId: null, source: (source ?? '').slice(0, LINK_BOUNDS.source) }
    : { connectionId, source: '' };
}

/**
 * The source's record that a delivery of `type` has written: the one that the mapping names (of whatever type), else the
 * event's own when it is of that type.
 */
export function sourceRecord(
  type: string | null,
  hint: LinkHint | undefined,
  event: { readonly source: string | null; readonly payloadText: string },
): { readonly type: string; readonly record: RecordRef } | null {
  if (hint === null) return null;
  const named = hint ?? (type === null ? null : ownRecord(type, event.payloadText));
  return named === null
    ? null
    : { type: named.type, record: { system: eventSystem(event.source), recordId: named.id } };
}

function ownRecord(type: string, payloadText: string): { readonly type: string; readonly id: string } | null {
  if (!payloadText.includes('"canonical_type"')) return null;
  const data: unknown = JSON.parse(payloadText);
  if (!isObject(data) || data['canonical_type'] !== type) return null;
  return readHint({ type, id: data['id'] }) ?? null;
}

function readHint(given: unknown): LinkHint | undefined {
  if (given === null) return null;
  if (!isObject(given) || Object.keys(given).some((name) => name !== 'type' && name !== 'id')) return undefined;
  const { type, id } = given;
  const text = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  return isText(type, LINK_BOUNDS.type) && isText(text, LINK_BOUNDS.recordId) ? { type, id: text } : undefined;
}

/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= most && !/\0|\p{Surrogate}/u.test(value);
}

function isObject(value: unknown): value is { readonly [member: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
