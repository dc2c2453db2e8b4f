import { recordKey, systemKey, type RecordRef, type RecordSystem } from './link.types';

/** An end as far as joining is concerned. */
export interface GraphEnd {
  readonly id: string;
  readonly linkId: string;
  readonly system: string;
  readonly recordId: string;
}

export interface NewEnd extends GraphEnd {
  readonly of: RecordSystem;
}

/** What has to be written so that the tables say what the graph says. */
export interface GraphChange {
  readonly newLinks: readonly string[];
  readonly newEnds: readonly NewEnd[];
  readonly moved: readonly GraphEnd[];
  readonly emptied: readonly string[];
  /** Links that have gained an end, by whatever way. */
  readonly grown: readonly string[];
}

/**
 * Links of one type and how they change. A link joins one record of each system, so what is new may push an end out:
 * the one that is pushed out keeps a link of its own, with all that is remembered of it.
 *
 * The newest statement wins: a delivery that has just written `58` for a record knows better than a link that says `57`.
 */
export class LinkGraph {
  private readonly ends = new Map<string, GraphEnd>();
  private readonly byRecord = new Map<string, GraphEnd>();
  /** Ids of ends: a call may write thousands of links, and each is looked at many times. */
  private readonly byLink = new Map<string, Set<string>>();
  private readonly before = new Map<string, string>();
  private readonly made = new Map<string, RecordSystem>();
  private readonly madeLinks = new Set<string>();
  private readonly grown = new Set<string>();

  constructor(
    loaded: readonly GraphEnd[],
    private readonly newId: () => string,
  ) {
    for (const { id, linkId, system, recordId } of loaded) {
      this.put({ id, linkId, system, recordId });
      this.before.set(id, linkId);
    }
  }

  find(record: RecordRef): GraphEnd | undefined {
    return this.byRecord.get(recordKey(systemKey(record.system), record.recordId));
  }

  /** The record's end; of one that was not known, on a link of its own. */
  ensure(record: RecordRef): GraphEnd {
    return this.find(record) ?? this.add(record, this.makeLink());
  }

  /** Says that the two are one record. Two records of one system cannot be. */
  join(record: RecordRef, other: RecordRef): void {
    const [system, otherSystem] = [systemKey(record.system), systemKey(other.system)];
    if (system === otherSystem) return;
    const [end, otherEnd] = [this.find(record), this.find(other)];
    if (end === undefined && otherEnd !== undefined) return this.join(other, record);
    const target = end?.linkId ?? this.ensure(record).linkId;
    if (otherEnd?.linkId === target) return;
    this.pushOut(target, otherSystem);
    if (otherEnd === undefined) this.add(other, target);
    else this.bring(otherEnd, target, system);
    this.grown.add(target);
  }

  /** Joins all that two links hold, where that does not contradict; what does stays behind. */
  merge(target: string, from: string): void {
    for (const end of this.endsOf(from)) if (!this.has(target, end.system)) this.move(end, target);
    this.grown.add(target);
  }

  endsOf(linkId: string): GraphEnd[] {
    return [...(this.byLink.get(linkId) ?? [])].flatMap((id) => this.ends.get(id) ?? []);
  }

  change(): GraphChange {
    const all = [...this.ends.values()];
    const used = new Set(all.map((end) => end.linkId));
    return {
      newLinks: [...this.madeLinks].filter((id) => used.has(id)),
      newEnds: all.flatMap((end) => {
        const of = this.made.get(end.id);
        return of === undefined ? [] : [{ ...end, of }];
      }),
      moved: all.filter((end) => this.before.has(end.id) && this.before.get(end.id) !== end.linkId),
      emptied: [...new Set(this.before.values())].filter((id) => !used.has(id)),
      grown: [...this.grown].filter((id) => used.has(id)),
    };
  }

  private bring(end: GraphEnd, target: string, system: string): void {
    const company = this.endsOf(end.linkId).filter((other) => other.id !== end.id);
    this.move(end, target);
    // Its company goes along, unless it is another record's of the system that was just joined: then it is that one's.
    if (company.some((other) => other.system === system)) return;
    for (const other of company) if (!this.has(target, other.system)) this.move(other, target);
  }

  private pushOut(linkId: string, system: string): void {
    const inTheWay = this.endsOf(linkId).find((end) => end.system === system);
    if (inTheWay !== undefined) this.move(inTheWay, this.makeLink());
  }

  private has(linkId: string, system: string): boolean {
    return this.endsOf(linkId).some((end) => end.system === system);
  }

  private add(record: RecordRef, linkId: string): GraphEnd {
    const end = { id: this.newId(), linkId, system: systemKey(record.system), recordId: record.recordId };
    this.made.set(end.id, record.system);
    return this.put(end);
  }

  private move(end: GraphEnd, linkId: string): void {
    this.put({ ...end, linkId });
  }

  private put(end: GraphEnd): GraphEnd {
    this.byLink.get(this.ends.get(end.id)?.linkId ?? '')?.delete(end.id);
    this.byLink.set(end.linkId, (this.byLink.get(end.linkId) ?? new Set()).add(end.id));
    this.ends.set(end.id, end);
    this.byRecord.set(recordKey(end.system, end.recordId), end);
    return end;
  }

  private makeLink(): string {
    const id = this.newId();
    this.madeLinks.add(id);
    return id;
  }
}
