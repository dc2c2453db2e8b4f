import { keyField, type Fields } from '../schema/contract.types';

export const ENTITY_TYPES = ['Customer', 'Invoice', 'Payment'] as const;
export type EntityType = (typeof ENTITY_TYPES)[number];

/** Fields by which rows are found; the first is the system's own key of the entity. */
const KEY_FIELDS: Readonly<Record<EntityType, readonly [string, ...string[]]>> = {
  Customer: ['CustNo', 'ExtRef', 'TaxNo'],
  Invoice: ['InvoiceNo', 'ExtRef'],
  Payment: ['PaymentNo', 'ExtRef'],
};

export interface Row {
  /** Internal: document numbers may repeat. */
  readonly id: number;
  readonly entity: EntityType;
  readonly key: string;
  readonly fields: Fields;
  /** Number of the transaction that wrote it: rows of one batch share it. */
  readonly rowVersion: bigint;
  readonly modifiedMs: number;
  readonly modifiedBy: string;
}

export interface Tombstone {
  readonly id: number;
  readonly entity: EntityType;
  readonly key: string;
  readonly rowVersion: bigint;
  readonly modifiedMs: number;
}

/** Without an id it creates; without fields it deletes. */
export interface Change {
  readonly entity: EntityType;
  readonly id?: number;
  readonly fields?: Fields;
}

export interface Stamp {
  readonly rowVersion: bigint;
  readonly modifiedMs: number;
  readonly modifiedBy: string;
}

export function keyOf(entity: EntityType, fields: Fields): string {
  return keyField(fields, KEY_FIELDS[entity][0]) ?? '';
}

/** What is committed. Rows are replaced as a whole, never changed in place. */
export class ErpStore {
  private readonly rows = new Map<number, Row>();
  private readonly index = new Map<string, Set<number>>();
  readonly tombstones: Tombstone[] = [];
  private lastId = 0;

  all(entity: EntityType): Row[] {
    return [...this.rows.values()].filter((row) => row.entity === entity);
  }

  byId(id: number): Row | undefined {
    return this.rows.get(id);
  }

  /** Exactly that value: leading zeros count. Of several (repeated numbers) the youngest. */
  find(entity: EntityType, field: string, value: string): Row | undefined {
    const ids = [...(this.index.get(`${entity}|${field}|${value}`) ?? [])];
    return ids.length === 0 ? undefined : this.rows.get(Math.max(...ids));
  }

  findByKey(entity: EntityType, key: string): Row | undefined {
    return this.find(entity, KEY_FIELDS[entity][0], key);
  }

  apply(changes: readonly Change[], stamp: Stamp): Row[] {
    return changes.flatMap(({ entity, id, fields }) => {
      const old = id === undefined ? undefined : this.rows.get(id);
      if (old) this.unindex(old);
      if (fields) return [this.put(entity, old?.id ?? ++this.lastId, fields, stamp)];
      if (old) {
        this.rows.delete(old.id);
        const { rowVersion, modifiedMs } = stamp;
        this.tombstones.push({ id: old.id, entity, key: old.key, rowVersion, modifiedMs });
      }
      return [];
    });
  }

  private put(entity: EntityType, id: number, fields: Fields, stamp: Stamp): Row {
    const row: Row = { id, entity, key: keyOf(entity, fields), fields, ...stamp };
    this.rows.set(id, row);
    for (const name of this.indexNames(row)) {
      const ids = this.index.get(name) ?? new Set();
      this.index.set(name, ids.add(id));
    }
    return row;
  }

  private unindex(row: Row): void {
    for (const name of this.indexNames(row)) this.index.get(name)?.delete(row.id);
  }

  private indexNames({ entity, fields }: Row): string[] {
    return KEY_FIELDS[entity].flatMap((field) => {
      const value = keyField(fields, field);
      return value === undefined ? [] : [`${entity}|${field}|${value}`];
    });
  }
}
