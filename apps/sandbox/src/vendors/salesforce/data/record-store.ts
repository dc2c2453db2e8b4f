import { type OrgSchema, type SchemaObject } from '../schema/org-schema';
import { type FieldDef } from '../schema/schema.types';
import { type FieldValue, type FieldValues } from './field-values';

export interface StoredRecord {
  readonly id: string;
  readonly object: string;
  /** Replaced as a whole on every write, never changed in place: undo and lagging readers keep the old one. */
  values: FieldValues;
  /** What queries still see until the write becomes visible to them. */
  lag: { readonly visibleAtMs: number; readonly before: FieldValues | undefined } | undefined;
  deletedAtMs: number | undefined;
}

/** A record that a finished request has changed. */
export interface Written {
  readonly object: string;
  readonly id: string;
  readonly deleted: boolean;
}

interface FieldIndex {
  readonly field: FieldDef;
  /** Ids of records by the field's value. */
  readonly index: Map<string, Set<string>>;
}

/** The records of one org, with the indexes that upsert and uniqueness need, and undo for all-or-none calls. */
export class RecordStore {
  private readonly tables = new Map<string, Map<string, StoredRecord>>();
  private readonly indexes = new Map<string, FieldIndex['index']>();
  /** The same, of an object as a schema has it: looked up for each write, and few of its fields have one. */
  private readonly byObject = new WeakMap<SchemaObject, readonly FieldIndex[]>();
  /** Records that are not deleted, of all objects. */
  live = 0;
  private undo: { readonly record: StoredRecord; readonly revert: () => void }[] = [];
  /** Told what each finished request has changed. */
  onCommit: (written: readonly Written[]) => void = () => undefined;

  constructor(schema: OrgSchema) {
    for (const object of schema.objects) {
      this.tables.set(object.name, new Map());
      for (const field of object.fields)
        if (isIndexed(field)) this.indexes.set(`${object.name}.${field.name}`, new Map());
    }
  }

  /** Live and deleted alike. */
  get(object: string, id: string): StoredRecord | undefined {
    return this.tables.get(object)?.get(id);
  }

  all(object: string): IterableIterator<StoredRecord> {
    return (this.tables.get(object) ?? new Map<string, StoredRecord>()).values();
  }

  count(object: string): number {
    let live = 0;
    for (const record of this.all(object)) if (record.deletedAtMs === undefined) live++;
    return live;
  }

  /** Live records with that key; case counts only where the field says so. */
  findByKey(object: string, field: FieldDef, value: string): StoredRecord[] {
    const ids = this.indexes.get(`${object}.${field.name}`)?.get(indexKey(field, value)) ?? [];
    return [...ids].flatMap((id) => this.get(object, id) ?? []).filter(({ deletedAtMs }) => deletedAtMs === undefined);
  }

  insert(object: SchemaObject, id: string, values: FieldValues, visibleAtMs: number | undefined): StoredRecord {
    const table = this.tables.get(object.name);
    if (!table) throw new Error(`no table for ${object.name}`);
    const lag = visibleAtMs === undefined ? undefined : { visibleAtMs, before: undefined };
    const record: StoredRecord = { id, object: object.name, values, lag, deletedAtMs: undefined };
    table.set(id, record);
    this.live++;
    this.index(object, id, values, 'add');
    const revert = (): void => {
      table.delete(id);
      this.live--;
      this.index(object, id, record.values, 'remove');
    };
    this.undo.push({ record, revert });
    return record;
  }

  replace(
    object: SchemaObject,
    record: StoredRecord,
    values: FieldValues,
    visibleAtMs: number | undefined,
    deletedAtMs?: number,
  ): void {
    const { values: before, lag, deletedAtMs: wasDeletedAtMs } = record;
    this.index(object, record.id, before, 'remove');
    record.values = values;
    record.lag = visibleAtMs === undefined ? undefined : { visibleAtMs, before: lag ? lag.before : before };
    record.deletedAtMs = deletedAtMs;
    const gone = Number(deletedAtMs !== undefined) - Number(wasDeletedAtMs !== undefined);
    this.live -= gone;
    if (deletedAtMs === undefined) this.index(object, record.id, values, 'add');
    const revert = (): void => {
      this.live += gone;
      this.index(object, record.id, record.values, 'remove');
      Object.assign(record, { values: before, lag, deletedAtMs: wasDeletedAtMs });
      if (wasDeletedAtMs === undefined) this.index(object, record.id, before, 'add');
    };
    this.undo.push({ record, revert });
  }

  /** Every record that was made before there was the field gets its value. No change of the record: it keeps its stamps. */
  fill(field: string, value: string): void {
    for (const table of this.tables.values()) {
      for (const record of table.values()) record.values = { [field]: value, ...record.values };
    }
  }

  /** Marks a point that {@link rollback} can return to. */
  savepoint(): number {
    return this.undo.length;
  }

  rollback(savepoint: number): void {
    while (this.undo.length > savepoint) this.undo.pop()?.revert();
  }

  /** Everything written so far is final. Called once a request is over. */
  commit(): void {
    if (this.undo.length === 0) return;
    const records = new Set(this.undo.map(({ record }) => record));
    this.undo = [];
    this.onCommit(
      [...records].map(({ object, id, deletedAtMs }) => ({ object, id, deleted: deletedAtMs !== undefined })),
    );
  }

  private index(object: SchemaObject, id: string, values: FieldValues, change: 'add' | 'remove'): void {
    for (const { field, index } of this.indexesOf(object)) {
      const value = values[field.name];
      if (typeof value !== 'string') continue;
      const key = indexKey(field, value);
      const ids = index.get(key) ?? new Set();
      if (change === 'add') index.set(key, ids.add(id));
      else if (ids.delete(id) && ids.size === 0) index.delete(key);
    }
  }

  private indexesOf(object: SchemaObject): readonly FieldIndex[] {
    let found = this.byObject.get(object);
    if (found === undefined) {
      found = object.fields.flatMap((field) => {
        const index = this.indexes.get(`${object.name}.${field.name}`);
        return index === undefined ? [] : [{ field, index }];
      });
      this.byObject.set(object, found);
    }
    return found;
  }
}

function isIndexed(field: FieldDef): boolean {
  return (field.idLookup || field.unique) && field.type !== 'id';
}

function indexKey(field: FieldDef, value: string): string {
  return field.caseSensitive ? value : value.toLowerCase();
}

/** What a query sees of a record now; `undefined` when it does not see the record yet. */
export function visibleValues(record: StoredRecord, nowMs: number): FieldValues | undefined {
  if (record.lag && nowMs < record.lag.visibleAtMs) return record.lag.before;
  return record.values;
}

export function textOf(value: FieldValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
