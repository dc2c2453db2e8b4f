import { type PulledRecord } from '@hub/connector-sdk';
import { type RecordVerdict } from '../../pull/pull.ports';
import { differences, fieldsOf, hashesOf, type FieldHashes, type RecordFields } from './record-fields';
import { hashOf, readTokens, writtenTokens } from './value-tokens';

/** One write of ours whose effect has not been seen in full yet. */
export interface PendingWrite {
  /** When it was begun and when it was settled, in ms: it took effect somewhere between the two. */
  readonly from: number;
  readonly at: number;
  /** The vendor's version right after it, where the vendor told. */
  readonly version: string | null;
  /** It made the record. */
  readonly created: boolean;
  /** Hashes of the tokens under which each field may come back. */
  readonly fields: { readonly [pointer: string]: readonly string[] };
}

/** What the hub remembers of one record in one system. */
export interface RecordMemory {
  /** Null: never seen. */
  readonly seen: FieldHashes | null;
  readonly versionSeen: string | null;
  readonly deleted: boolean;
  /** Oldest first. */
  readonly writes: readonly PendingWrite[];
}

/** A record as it was pulled. */
export interface Reading {
  readonly record: PulledRecord;
  readonly fields: RecordFields;
  /** When reading began, in ms: a write that was settled before must show. */
  readonly readAt: number;
}

export const NOTHING_REMEMBERED: RecordMemory = { seen: null, versionSeen: null, deleted: false, writes: [] };
/** A record that is written this often without being seen in between is being worked on in bulk: the oldest are let go. */
const MOST_PENDING = 5;
const MOST_WRITTEN_FIELDS = 500;
/** A counter, and no time stamp: between two numbers that follow each other nothing can have happened. */
const COUNTER = /^\d{1,9}$/;

export function readingOf(record: PulledRecord, volatileFields: readonly string[], readAt: number): Reading {
  return { record, fields: fieldsOf(record.dataText, volatileFields), readAt };
}

/**
 * Whether a pulled record is news. In doubt it is: an echo that comes through costs one lap and is then `unchanged`,
 * while a person's change that is held back is lost.
 *
 * An echo is a record in which every field that differs from what was last seen carries the value that we wrote last, or
 * is what the vendor made of it in the very version of that write. That version alone proves nothing: somebody may have
 * changed another field before we wrote. Never an echo when the vendor says that somebody else changed it last.
 */
export function judge(memory: RecordMemory, reading: Reading): RecordVerdict {
  const { record, fields } = reading;
  if (record.change === 'deleted') return memory.deleted ? 'unchanged' : 'new';
  const known = memory.deleted ? null : memory.seen;
  const different = known === null ? null : differences(known, fields);
  if (known !== null && isPutBack(memory, reading)) return 'new';
  if (different?.length === 0) return 'unchanged';
  if (record.modifiedByUs === false || memory.writes.length === 0 || memory.deleted) return 'new';
  const made = memory.writes.find((write) => write.version !== null && write.version === record.version);
  if (made !== undefined && isAllOurs(memory, made)) return 'echo';
  if (different === null) return isFirstSightOfOurs(memory, reading) ? 'echo' : 'new';
  const isMadeOfOurs = (pointer: string): boolean => made !== undefined && acceptedAt(made, pointer) !== undefined;
  return different.every((pointer) => isOurs(memory, reading, pointer) || isMadeOfOurs(pointer)) ? 'echo' : 'new';
}

/**
 * A field that we have written is as it was before: somebody has put it back, while the other systems hold what we wrote.
 * Only where the vendor says that somebody came after us, because a field that it will not take looks the same.
 */
function isPutBack(memory: RecordMemory, reading: Reading): boolean {
  const { record, readAt } = reading;
  const last = memory.writes.findLast((write) => !isAfter(write, reading));
  if (last === undefined) return false;
  const isOthers = record.modifiedByUs === false || (orderOf(last.version, record.version) ?? 0) < 0;
  const settled = memory.writes.filter((write) => write.at <= readAt && !isAfter(write, reading));
  return isOthers && settled.flatMap(({ fields }) => Object.keys(fields)).some((at) => !isOurs(memory, reading, at));
}

/** From what was last seen, or from the making of the record, up to the version of this write there are writes of ours alone. */
function isAllOurs(memory: RecordMemory, made: PendingWrite): boolean {
  if (made.created && memory.seen === null) return true;
  if (made.version === null || !COUNTER.test(made.version)) return false;
  const before = String(Number(made.version) - 1);
  if (memory.seen !== null && memory.versionSeen === before) return true;
  const earlier = memory.writes.find((candidate) => candidate.version === before);
  return earlier !== undefined && isAllOurs(memory, earlier);
}

/**
 * A record that was never seen has no field to compare with. It is ours when nothing but our values (and its id) is in
 * it; or when we made it, never wrote to it again, and the vendor says that the last change was ours: then what it holds
 * besides are the vendor's own defaults. A record that nobody has touched since we made it is ours too, in whatever form it
 * shows what we wrote.
 */
function isFirstSightOfOurs(memory: RecordMemory, reading: Reading): boolean {
  const rest = [...reading.fields.keys()].filter((pointer) => pointer.toLowerCase() !== '/id');
  if (rest.every((pointer) => isOurs(memory, reading, pointer))) return true;
  const [only, ...others] = memory.writes;
  if (only === undefined || others.length > 0 || !only.created) return false;
  const { isUntouched, modifiedByUs } = reading.record;
  if (isUntouched === true)
    return Object.keys(only.fields).every(
      (pointer) => !reading.fields.has(pointer) || shows(only, pointer, reading.fields),
    );
  if (modifiedByUs !== true) return false;
  return Object.keys(only.fields).every((pointer) => shows(only, pointer, reading.fields));
}

/**
 * Whether the value now at `pointer` is the one that we wrote last before the reading. What was written before that has
 * been overwritten by us: if it is there again, somebody has put it back.
 */
function isOurs(memory: RecordMemory, reading: Reading, pointer: string): boolean {
  if (pointer.startsWith('*')) return false;
  if (!reading.fields.has(pointer) && isBeyondItsList(pointer, reading.fields)) return true;
  const last = memory.writes.findLast((write) => acceptedAt(write, pointer) !== undefined && !isAfter(write, reading));
  return last !== undefined && shows(last, pointer, reading.fields);
}

/** Whether the write took effect after the record was read. */
function isAfter(write: PendingWrite, { record, readAt }: Reading): boolean {
  const order = orderOf(write.version, record.version);
  return order === null ? write.from > readAt : order > 0;
}

function shows(write: PendingWrite, pointer: string, fields: RecordFields): boolean {
  const accepted = acceptedAt(write, pointer) ?? [];
  const tokens = readTokens(fields.get(pointer) ?? { kind: 'nothing' });
  return tokens.some((token) => accepted.includes(hashOf(token)));
}

/** What was written there, or to a member around it: writing null to an address clears each of its lines. */
function acceptedAt(write: PendingWrite, pointer: string): readonly string[] | undefined {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    if (Object.hasOwn(write.fields, at)) return write.fields[at];
  }
  return undefined;
}

/** An item that is gone because its list is shorter now: the list's length is what has changed, and is judged by itself. */
function isBeyondItsList(pointer: string, fields: RecordFields): boolean {
  const parts = pointer.split('/');
  return parts.some((part, index) => {
    const list = fields.get(`${parts.slice(0, index).join('/')}/-`);
    return index > 0 && /^\d+$/.test(part) && list?.kind === 'length' && Number(part) >= list.items;
  });
}

/** What is remembered once the reading has been dealt with. Its writes are done with: the same value later is news. */
export function remember(memory: RecordMemory, reading: Reading): RecordMemory {
  const { record, fields } = reading;
  if (record.change === 'deleted') return { ...memory, deleted: true, writes: [] };
  return {
    seen: hashesOf(fields),
    versionSeen: record.version,
    deleted: false,
    writes: stillPending(memory, reading),
  };
}

/**
 * Searches of some vendors run seconds behind, and then an echo comes through as news: to wait for it would be to take
 * somebody's change for it.
 */
function stillPending(memory: RecordMemory, reading: Reading): PendingWrite[] {
  const { fields, record, readAt } = reading;
  const changed = new Set(memory.seen === null ? fields.keys() : differences(memory.seen, fields));
  const newestDone = memory.writes.findLastIndex((write, index) => {
    if (isAfter(write, reading)) return false;
    if (write.at <= readAt || orderOf(write.version, record.version) !== null) return true;
    // Settled after the reading had begun: done with when all of it shows, or some that is nobody else's, for it takes
    // effect as a whole: what does not show then has been put back. What was there before shows nothing.
    const written = Object.keys(write.fields);
    const shown = written.filter((pointer) => shows(write, pointer, fields));
    const news = shown.filter((pointer) => changed.has(pointer));
    const earlier = memory.writes.slice(0, index);
    const isEarlier = (pointer: string): boolean => earlier.some((other) => shows(other, pointer, fields));
    return news.length > 0 && (shown.length === written.length || !news.every(isEarlier));
  });
  // Of a write whose field shows neither our value nor what was there before, somebody has changed it, perhaps after us:
  // to wait for the rest would be to take that person's next change for ours.
  const isOpen = (write: PendingWrite): boolean =>
    Object.keys(write.fields).every((pointer) => !changed.has(pointer) || shows(write, pointer, fields));
  return memory.writes.slice(newestDone + 1).filter((write) => isAfter(write, reading) || isOpen(write));
}

/** Negative when the first is the earlier; null where versions do not tell. */
function orderOf(version: string | null, other: string | null): number | null {
  if (version === null || other === null) return null;
  if (version === other) return 0;
  return COUNTER.test(version) && COUNTER.test(other) ? Number(version) - Number(other) : null;
}

/** A write as it is remembered. Of one with very many fields none is: it is then recognised by its version alone. */
export function pendingWrite(payloadText: string, facts: Omit<PendingWrite, 'fields'>): PendingWrite {
  const fields = fieldsOf(payloadText, [], true);
  const kept = fields.size > MOST_WRITTEN_FIELDS ? [] : [...fields];
  return {
    ...facts,
    fields: Object.fromEntries(kept.map(([pointer, leaf]) => [pointer, writtenTokens(leaf).map(hashOf)])),
  };
}

export function withWrite(writes: readonly PendingWrite[], write: PendingWrite): PendingWrite[] {
  return [...writes, write].slice(-MOST_PENDING);
}
