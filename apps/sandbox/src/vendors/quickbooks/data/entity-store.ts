import { textOf, type ValueObject } from '../quickbooks.values';
import { type EntityName, type EntityType } from '../schema/schema.types';

/** Who changed a record last; its name appears in the 5010 message. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

/** A record as it stands. Never changed in place: a write puts a new one. */
export interface Stored {
  readonly type: EntityType;
  readonly id: string;
  readonly syncToken: number;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly actor: Actor;
  /** Writable fields plus what rules computed; ids of references, not their names. */
  readonly body: ValueObject;
  /** Set in the vendor's screens: a deposited or reconciled transaction refuses edits through the API. */
  readonly lock?: 'deposited' | 'reconciled';
}

interface Row {
  readonly now: Stored | undefined;
  /** What searches still see, until then. */
  readonly before: Stored | undefined;
  readonly hiddenUntilMs: number;
  readonly deletedMs: number | undefined;
}

export type ChangeKind = 'Create' | 'Update' | 'Delete' | 'Void' | 'Merge' | 'Emailed';
export interface Change {
  readonly entity: EntityName;
  readonly id: string;
  readonly kind: ChangeKind;
  readonly atMs: number;
  /** For a merge: the record that disappeared. */
  readonly deletedId?: string;
}

/** One company's records. All writes happen in a {@link transaction}: a refused request leaves nothing behind. */
export class EntityStore {
  /** Grows with every write that can move a customer's balance; what is computed from many records is cached under it. */
  balanceVersion = 0;
  private readonly tables = new Map<EntityName, Map<string, Row>>();
  private readonly sequences = new Map<string, number>();
  private readonly names = new Map<string, string>();
  private undo: (() => void)[] = [];
  private changes: Change[] = [];

  get(name: EntityName, id: string): Stored | undefined {
    return this.table(name).get(id)?.now;
  }

  wasDeleted(name: EntityName, id: string): boolean {
    const row = this.table(name).get(id);
    return row !== undefined && row.now === undefined;
  }

  /** In the order of creation. */
  *all(name: EntityName): Generator<Stored> {
    for (const { now } of this.table(name).values()) if (now) yield now;
  }

  /** What a search at that time finds: records whose change is still travelling appear as they were. */
  *visible(name: EntityName, nowMs: number): Generator<Stored> {
    for (const { now, before, hiddenUntilMs } of this.table(name).values()) {
      const seen = nowMs < hiddenUntilMs ? before : now;
      if (seen) yield seen;
    }
  }

  *tombstones(name: EntityName): Generator<{ id: string; deletedMs: number }> {
    for (const [id, { deletedMs }] of this.table(name)) if (deletedMs !== undefined) yield { id, deletedMs };
  }

  count(name: EntityName): number {
    let total = 0;
    for (const { now } of this.table(name).values()) if (now) total++;
    return total;
  }

  nextId(family: string): string {
    const id = (this.sequences.get(family) ?? 0) + 1;
    this.sequences.set(family, id);
    return String(id);
  }

  /** Id of the record that has this name already, whatever its entity. */
  ownerOfName(key: string): string | undefined {
    return this.names.get(key);
  }

  put(stored: Stored, hiddenUntilMs: number): void {
    const table = this.table(stored.type.name);
    const old = table.get(stored.id);
    this.rename(old?.now, stored);
    const before = old && stored.updatedMs < old.hiddenUntilMs ? old.before : old?.now;
    this.set(table, stored.id, { now: stored, before, hiddenUntilMs, deletedMs: undefined });
  }

  remove(stored: Stored, deletedMs: number, hiddenUntilMs: number): void {
    this.rename(stored, undefined);
    this.set(this.table(stored.type.name), stored.id, { now: undefined, before: stored, hiddenUntilMs, deletedMs });
  }

  record(change: Change): void {
    this.changes.push(change);
  }

  /** @returns what changed, in order; a throw takes every write of `work` back */
  transaction<T>(work: () => T): { result: T; changes: readonly Change[] } {
    this.undo = [];
    this.changes = [];
    try {
      return { result: work(), changes: this.changes };
    } catch (error) {
      for (const step of this.undo.reverse()) step();
      throw error;
    } finally {
      this.undo = [];
      this.changes = [];
    }
  }

  private set(table: Map<string, Row>, id: string, row: Row): void {
    const old = table.get(id);
    this.undo.push(() => {
      if (old) table.set(id, old);
      else table.delete(id);
      this.balanceVersion++;
    });
    table.set(id, row);
    if (movesBalances(row.now) || movesBalances(old?.now)) this.balanceVersion++;
  }

  private rename(old: Stored | undefined, next: Stored | undefined): void {
    const from = old && nameKey(old.type, old.body);
    const to = next && nameKey(next.type, next.body);
    if (from === to) return;
    const owner = from === undefined ? undefined : this.names.get(from);
    if (from !== undefined) this.names.delete(from);
    const displaced = to === undefined ? undefined : this.names.get(to);
    if (to !== undefined && next) this.names.set(to, next.id);
    this.undo.push(() => {
      if (to !== undefined) restore(this.names, to, displaced);
      if (from !== undefined) restore(this.names, from, owner);
    });
  }

  private table(name: EntityName): Map<string, Row> {
    const known = this.tables.get(name);
    if (known) return known;
    const table = new Map<string, Row>();
    this.tables.set(name, table);
    return table;
  }
}

/** Transactions do, and customers that hang below another; a new customer owes nothing yet. */
function movesBalances(stored: Stored | undefined): boolean {
  return stored !== undefined && (!stored.type.isNameList || stored.body.ParentRef !== undefined);
}

function restore(names: Map<string, string>, key: string, owner: string | undefined): void {
  if (owner === undefined) names.delete(key);
  else names.set(key, owner);
}

/**
 * Names are unique without regard to case: customers, vendors and employees together, items and accounts below one
 * parent, other lists each for itself. Transactions have no name.
 */
export function nameKey(type: EntityType, body: ValueObject): string | undefined {
  if (!type.isNameList) return undefined;
  const name = textOf(type.family === 'names' ? body.DisplayName : body.Name);
  if (name === undefined) return undefined;
  const parent = type.family === 'names' ? '' : (textOf((body.ParentRef as ValueObject | undefined)?.value) ?? '');
  return `${type.family}/${parent}/${name.trim().toLowerCase()}`;
}
