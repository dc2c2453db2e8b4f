import { type Space } from '../schema/schema.types';
import { textOf, type Fields } from './values';

/** Fields that rules and references look records up by. Names differ by more than their case. */
const INDEXED = { externalId: exact, entityId: folded, itemId: folded } as const;
export type IndexedField = keyof typeof INDEXED;

export interface StoredRecord {
  readonly type: string;
  readonly space: Space;
  readonly id: string;
  /** Replaced as a whole on every write, never changed in place: undo and lagging readers keep the old one. */
  readonly values: Fields;
  readonly createdMs: number;
  readonly modifiedMs: number;
  /** What lists and SuiteQL still show until the write reaches them. */
  readonly lag: { readonly visibleAtMs: number; readonly before: StoredRecord | undefined } | undefined;
}

export interface DeletedRecord {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly deletedMs: number;
  readonly deletedBy: string;
  readonly before: StoredRecord;
  readonly visibleAtMs: number;
}

/** The records of one account, with undo: a refused request leaves no trace. */
export class RecordStore {
  private readonly tables = new Map<string, Map<string, StoredRecord>>();
  private readonly sequences = new Map<Space, number>();
  private readonly keys = new Map<string, string>();
  private deletions: readonly DeletedRecord[] = [];
  private undo: (() => void)[] = [];

  get(type: string, id: string): StoredRecord | undefined {
    return this.tables.get(type)?.get(id);
  }

  all(type: string): IterableIterator<StoredRecord> {
    return (this.tables.get(type) ?? new Map<string, StoredRecord>()).values();
  }

  count(type: string): number {
    return this.tables.get(type)?.size ?? 0;
  }

  findByKey(type: string, field: IndexedField, value: string): StoredRecord | undefined {
    const id = this.keys.get(keyOf(type, field, value));
    return id === undefined ? undefined : this.get(type, id);
  }

  deleted(): readonly DeletedRecord[] {
    return this.deletions;
  }

  /** Ids are never used again, not even those of refused or deleted records. */
  nextId(space: Space, first: number): string {
    const id = this.sequences.get(space) ?? first;
    this.sequences.set(space, id + 1);
    return String(id);
  }

  put(record: StoredRecord): void {
    const table = this.tables.get(record.type) ?? new Map<string, StoredRecord>();
    this.tables.set(record.type, table);
    const before = table.get(record.id);
    this.unindex(before);
    table.set(record.id, record);
    this.index(record);
    this.undo.push(() => {
      this.unindex(record);
      if (before) table.set(record.id, before);
      else table.delete(record.id);
      this.index(before);
    });
  }

  remove(deletion: DeletedRecord): void {
    const table = this.tables.get(deletion.type);
    const { before } = deletion;
    table?.delete(deletion.id);
    this.unindex(before);
    const earlier = this.deletions;
    this.deletions = [...earlier, deletion];
    this.undo.push(() => {
      table?.set(before.id, before);
      this.index(before);
      this.deletions = earlier;
    });
  }

  /** All that `work` writes, or nothing of it. */
  atomically<T>(work: () => T): T {
    this.undo = [];
    try {
      return work();
    } catch (error) {
      while (this.undo.length > 0) this.undo.pop()?.();
      throw error;
    } finally {
      this.undo = [];
    }
  }

  /** What lists and SuiteQL show now: late by the account's lag, deletions included. */
  visible(type: string, nowMs: number): StoredRecord[] {
    const living = [...this.all(type)].flatMap((record) => seen(record, nowMs) ?? []);
    const lingering = this.deletions.filter((gone) => gone.type === type && nowMs < gone.visibleAtMs);
    return [...living, ...lingering.map(({ before }) => before)];
  }

  private index(record: StoredRecord | undefined): void {
    for (const key of indexKeys(record)) this.keys.set(key, record?.id ?? '');
  }

  private unindex(record: StoredRecord | undefined): void {
    for (const key of indexKeys(record)) this.keys.delete(key);
  }
}

function exact(text: string): string {
  return text;
}

function folded(text: string): string {
  return text.toLowerCase();
}

function keyOf(type: string, field: IndexedField, value: string): string {
  return `${type} ${field} ${INDEXED[field](value)}`;
}

function indexKeys(record: StoredRecord | undefined): string[] {
  if (!record) return [];
  return (Object.keys(INDEXED) as IndexedField[]).flatMap((field) => {
    const value = textOf(record.values, field);
    return value === undefined ? [] : [keyOf(record.type, field, value)];
  });
}

function seen(record: StoredRecord, nowMs: number): StoredRecord | undefined {
  return record.lag && nowMs < record.lag.visibleAtMs ? record.lag.before : record;
}
