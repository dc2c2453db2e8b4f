import fc from 'fast-check';
import { judge, NOTHING_REMEMBERED, readingOf, remember, type RecordMemory } from './echo-detector';
import { pulled, wrote } from './echo-memory.helper-spec';

type Value = string | number | null;
type Values = Readonly<Record<string, Value>>;
/** `read`: the vendor answers a pull; `pull`: the hub deals with that answer, which may be old by then. */
type Step =
  | { readonly kind: 'ours'; readonly values: Values; readonly slow: boolean }
  | { readonly kind: 'theirs'; readonly values: Values }
  | { readonly kind: 'read' }
  | { readonly kind: 'pull' };

interface VendorKind {
  readonly tells: 'version' | 'who' | 'nothing';
  readonly trims: boolean;
  readonly computes: boolean;
}

interface Answer {
  readonly record: Readonly<Record<string, Value>>;
  readonly version: number;
  readonly lastBy: 'us' | 'them';
  readonly readAt: number;
  readonly theirs: ReadonlySet<string>;
  readonly ours: readonly Values[];
  readonly touchedByThem: boolean;
  /** A write of ours is not settled. */
  readonly isInFlight: boolean;
}

const value = fc.oneof(fc.constantFrom('x', 'y', 'x ', '', '1.10', '1.1'), fc.constantFrom(1.1, 0), fc.constant(null));
const values = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { minKeys: 1, maxKeys: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ours' as const), values, slow: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('theirs' as const), values }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'read' as const }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'pull' as const }) },
);
const vendor: fc.Arbitrary<VendorKind> = fc.record({
  tells: fc.constantFrom('version', 'who', 'nothing'),
  trims: fc.boolean(),
  computes: fc.boolean(),
});

/** A vendor, its users and the hub, in any order. The model knows who changed what. */
class Model {
  private readonly record: Record<string, Value> = { a: 'x', b: 'x', c: 'x', total: 0 };
  private readonly lastSeen: Record<string, Value> = {};
  /** Since the last answer: fields whose present value somebody else has set, and all that we wrote. */
  private theirs = new Set<string>();
  private ours: Values[] = [];
  private touchedByThem = false;
  private version = 1;
  private lastBy: 'us' | 'them' = 'them';
  private clock = 0;
  private memory: RecordMemory = NOTHING_REMEMBERED;
  private unsettled: (() => void)[] = [];
  private inFlight: Values | null = null;
  private answer: Answer | null = null;

  constructor(private readonly vendor: VendorKind) {
    this.pull();
  }

  apply(next: Step): void {
    this.clock++;
    if (next.kind === 'read') this.answer ??= this.read();
    else if (next.kind === 'pull') this.pull();
    else this.change(next);
  }

  private change(next: Extract<Step, { kind: 'ours' | 'theirs' }>): void {
    const ours = next.kind === 'ours';
    for (const [name, given] of Object.entries(next.values)) {
      const kept = this.vendor.trims && typeof given === 'string' ? given.trim() : given;
      const same = JSON.stringify(kept) === JSON.stringify(this.record[name] ?? null);
      this.record[name] = kept;
      if (ours) this.theirs.delete(name);
      else if (!same) this.theirs.add(name);
    }
    if (this.vendor.computes) this.record['total'] = (this.record['total'] as number) + 1;
    this.version++;
    this.lastBy = ours ? 'us' : 'them';
    if (next.kind === 'theirs') {
      this.touchedByThem = true;
      return;
    }
    // Writes of one record are made one after the other: one is settled before the next begins.
    this.settle();
    this.ours.push(next.values);
    const version = this.vendor.tells === 'version' ? { version: String(this.version) } : {};
    const from = this.clock;
    this.unsettled.push(() => (this.memory = wrote(this.memory, next.values, { from, at: this.clock, ...version })));
    this.inFlight = next.values;
    if (!next.slow) this.settle();
  }

  private settle(): void {
    this.inFlight = null;
    for (const write of this.unsettled.splice(0)) write();
  }

  private read(): Answer {
    const { version, lastBy, clock: readAt, theirs, ours, touchedByThem } = this;
    const isInFlight = this.inFlight !== null;
    this.theirs = new Set();
    this.ours = this.mayStillCome();
    // What they put back beside a write that is under way is noticed at the next answer.
    this.touchedByThem &&= isInFlight;
    return { record: { ...this.record }, version, lastBy, readAt, theirs, ours, touchedByThem, isInFlight };
  }

  /** Somebody has undone what we wrote, and the vendor says that it was not us who came last. */
  private isPutBack({ record, lastBy, theirs, ours, isInFlight }: Answer): boolean {
    if (this.vendor.tells === 'nothing' || lastBy === 'us' || isInFlight || ours.length >= 5) return false;
    return [...theirs].some((name) => {
      const written = ours.findLast((one) => name in one);
      return written !== undefined && !mayBecome(written[name] ?? null, record[name] ?? null);
    });
  }

  /** A write that is under way while its record is read, of which nothing shows: for all the hub knows it is yet to come. */
  private mayStillCome(): Values[] {
    const write = this.inFlight;
    if (write === null) return [];
    const earlier = this.ours.filter((one) => one !== write);
    const shows = Object.keys(write).some((name) => {
      const now = this.record[name] ?? null;
      const isEarlier = earlier.some((one) => name in one && mayBecome(one[name] ?? null, now));
      return isOther(now, this.lastSeen[name]) && !isEarlier;
    });
    return shows ? [] : [write];
  }

  private pull(): void {
    const answer = this.answer ?? this.read();
    this.answer = null;
    // The guard waits for what is being written.
    this.settle();
    const { tells, computes } = this.vendor;
    const now = readingOf(
      pulled(answer.record, {
        version: tells === 'version' ? String(answer.version) : null,
        modifiedByUs: tells === 'who' ? answer.lastBy === 'us' : null,
      }),
      [],
      answer.readAt,
    );
    const verdict = judge(this.memory, now);
    // Before the answer our last write counts; after it any: then what they had set has been set by us as well.
    const last = (name: string): Values[] => answer.ours.filter((one) => name in one).slice(-1);
    const mayBeOurs = (name: string): boolean =>
      [...last(name), ...this.ours.filter((one) => name in one)].some((one) =>
        mayBecome(one[name] ?? null, answer.record[name] ?? null),
      );
    const news = [...answer.theirs].filter(
      (name) => isOther(answer.record[name], this.lastSeen[name]) && !mayBeOurs(name),
    );
    if (this.memory.seen !== null && this.isPutBack(answer)) expect(verdict).toBe('new');
    if (this.memory.seen !== null && news.length > 0) expect([news, verdict]).toEqual([news, 'new']);
    // A field that the vendor computes is recognised as ours by the version of our write alone.
    const recognisable =
      this.memory.seen !== null && (!computes || tells === 'version') && this.memory.writes.length < 5;
    if (!answer.touchedByThem && recognisable) expect(verdict).not.toBe('new');
    this.memory = remember(this.memory, now);
    Object.assign(this.lastSeen, answer.record);
  }
}

function isOther(now: unknown, before: unknown): boolean {
  return JSON.stringify(now ?? null) !== JSON.stringify(before ?? null);
}

/** Whether a vendor may give back `now` for what we wrote: then nobody can tell whether a person has set it again. */
function mayBecome(written: Value, now: Value): boolean {
  const isEmpty = (given: unknown): boolean => given === null || (typeof given === 'string' && given.trim() === '');
  if (written === now || (isEmpty(written) && (now === null || now === ''))) return true;
  if (typeof written === 'string' && typeof now === 'string') return written.trim() === now;
  return typeof written !== typeof now && written !== null && now !== null && Number(written) === Number(now);
}

describe('in any order of writes, changes, readings and pulls', () => {
  it('never holds back what somebody else changed, and never lets our own write through', () => {
    fc.assert(
      fc.property(vendor, fc.array(step, { maxLength: 25 }), (kind, steps) => {
        const model = new Model(kind);
        for (const next of steps) model.apply(next);
      }),
      { numRuns: 5_000 },
    );
  });
});
