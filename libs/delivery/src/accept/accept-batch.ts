import { classifyDatabaseError, type Database, type Tx } from '@hub/database';
import { acceptPreamble } from './accept-preamble';
import { findOrInsertEvents, insertEvents, storeEvents } from './accept-statement';
import { type AcceptInput, type AcceptOutcome, type FilterVerdict } from './accept.types';

export interface AcceptBatchOptions {
  /** Most events in one transaction. */
  readonly maxBatch?: number;
  /** Transactions under way at once. Fewer than the pool has connections: filters, and batches that are all or none, need one too. */
  readonly maxInFlight?: number;
  /** Events that may wait; beyond it the hub says it is overloaded rather than growing without bound. */
  readonly maxWaiting?: number;
}

/** More events are waiting than the database can take: the caller is told to come back. */
export class AcceptOverloadedError extends Error {
  constructor() {
    super('too many events are waiting for the database');
    this.name = 'AcceptOverloadedError';
  }
}

/** So many waiting events begin a commit at once. A statement costs 0.8 ms before its first event: few large ones are cheaper. */
const EAGER_EVENTS = 300;

/** An entry some of whose events were there before. */
interface Left {
  readonly entry: Entry;
  readonly outcomes: readonly (AcceptOutcome | undefined)[];
}

interface Entry {
  readonly inputs: readonly AcceptInput[];
  readonly verdicts: readonly FilterVerdict[];
  readonly resolve: (outcomes: AcceptOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: every request that arrives while a commit is under way goes into the next one. No timer, so a lone
 * request waits for nobody, and a busy hub commits hundreds at once. The promise resolves only after the commit.
 *
 * A commit begins when the event loop has nothing more to read: requests that came in together go together. Begun at the
 * first of them, it would hold that one alone, and the others would wait for it.
 */
export class AcceptBatch {
  private readonly entries: Entry[] = [];
  private waiting = 0;
  private inFlight = 0;
  private isPumpDue = false;
  private readonly maxBatch: number;
  private readonly maxInFlight: number;
  private readonly maxWaiting: number;

  constructor(
    private readonly database: Database,
    options: AcceptBatchOptions = {},
  ) {
    this.maxBatch = options.maxBatch ?? 1_000;
    this.maxInFlight = options.maxInFlight ?? 2;
    this.maxWaiting = options.maxWaiting ?? 20_000;
  }

  /** Keeps the good ones when others are bad. Rejects only when the database cannot be asked, or there is no room. */
  accept(inputs: readonly AcceptInput[], verdicts: readonly FilterVerdict[] = []): Promise<AcceptOutcome[]> {
    if (inputs.length === 0) return Promise.resolve([]);
    if (this.waiting + inputs.length > this.maxWaiting) return Promise.reject(new AcceptOverloadedError());
    return new Promise((resolve, reject) => {
      this.entries.push({ inputs, verdicts, resolve, reject });
      this.waiting += inputs.length;
      this.pumpSoon();
    });
  }

  /**
   * All or none: commits only when no event is refused or reuses an id, in a transaction of its own. The outcomes tell
   * which it was; duplicates do no harm.
   */
  async acceptAtomically(
    inputs: readonly AcceptInput[],
    verdicts: readonly FilterVerdict[] = [],
  ): Promise<AcceptOutcome[]> {
    try {
      return await this.allOrNone(inputs, (tx) => insertEvents(tx, inputs, verdicts));
    } catch (error) {
      if (classifyDatabaseError(error) !== 'data') throw error;
      // Slow, but it tells which ones the database cannot hold.
      return this.allOrNone(inputs, (tx) => insertEach(tx, inputs, verdicts));
    }
  }

  /** Commits when every outcome is good; gives the outcomes either way. */
  private async allOrNone(
    inputs: readonly AcceptInput[],
    insert: (tx: Tx) => Promise<AcceptOutcome[]>,
  ): Promise<AcceptOutcome[]> {
    const undo = new AtomicConflict();
    try {
      return await this.transaction(inputs, async (tx) => {
        const outcomes = await insert(tx);
        if (!outcomes.some(isFault)) return outcomes;
        undo.outcomes = outcomes;
        throw undo;
      });
    } catch (error) {
      if (error === undo) return undo.outcomes;
      throw error;
    }
  }

  private pumpSoon(): void {
    if (this.inFlight >= this.maxInFlight) return;
    // That is company enough: were whatever has arrived gathered first, it would all be read, then all be written, and neither
    // the process nor the database would have anything to do meanwhile.
    if (this.waiting >= EAGER_EVENTS) return this.pump();
    if (this.isPumpDue) return;
    this.isPumpDue = true;
    setImmediate(() => {
      this.isPumpDue = false;
      this.pump();
    });
  }

  private pump(): void {
    while (this.inFlight < this.maxInFlight && this.entries.length > 0) {
      const batch = this.takeBatch();
      this.inFlight++;
      void this.commit(batch).finally(() => {
        this.inFlight--;
        this.pump();
      });
    }
  }

  private takeBatch(): Entry[] {
    let size = 0;
    let count = 0;
    for (const entry of this.entries) {
      if (count > 0 && size + entry.inputs.length > this.maxBatch) break;
      size += entry.inputs.length;
      count++;
    }
    this.waiting -= size;
    return this.entries.splice(0, count);
  }

  private async commit(batch: readonly Entry[]): Promise<void> {
    const inputs = batch.flatMap((entry) => entry.inputs);
    const verdicts = batch.flatMap((entry) => entry.verdicts);
    try {
      await this.answer(batch, await storeEvents(this.database, inputs, verdicts), verdicts);
    } catch (error) {
      if (classifyDatabaseError(error) === 'data' && inputs.length > 1) await this.commitOneByOne(batch);
      else if (classifyDatabaseError(error) === 'data') batch.forEach((entry) => entry.resolve([{ kind: 'refused' }]));
      else batch.forEach((entry) => entry.reject(error));
    }
  }

  /** Who has an event that was there before waits for what became of it; all the others' are stored, and they are told. */
  private async answer(
    batch: readonly Entry[],
    outcomes: readonly (AcceptOutcome | undefined)[],
    verdicts: readonly FilterVerdict[],
  ): Promise<void> {
    const lefts: Left[] = [];
    let start = 0;
    for (const entry of batch) {
      const own = outcomes.slice(start, start + entry.inputs.length);
      start += entry.inputs.length;
      if (isComplete(own)) entry.resolve(own);
      else lefts.push({ entry, outcomes: own });
    }
    if (lefts.length === 0) return;
    const missing = lefts.flatMap(({ entry, outcomes }) =>
      entry.inputs.filter((_, index) => outcomes[index] === undefined),
    );
    try {
      const found = (await this.transaction(missing, (tx) => findOrInsertEvents(tx, missing, verdicts))).values();
      for (const { entry, outcomes } of lefts) entry.resolve(outcomes.map((outcome) => outcome ?? next(found)));
    } catch (error) {
      lefts.forEach(({ entry }) => entry.reject(error));
    }
  }

  /** One row that the database refuses must not cost its neighbours, who may be of other companies, their answer. */
  private async commitOneByOne(batch: readonly Entry[]): Promise<void> {
    for (const entry of batch) {
      const outcomes: AcceptOutcome[] = [];
      try {
        for (const input of entry.inputs) {
          outcomes.push(await this.insertOrRefuse(input, verdictsOn(input, entry.verdicts)));
        }
        entry.resolve(outcomes);
      } catch (error) {
        entry.reject(error);
      }
    }
  }

  private async insertOrRefuse(input: AcceptInput, verdicts: readonly FilterVerdict[]): Promise<AcceptOutcome> {
    try {
      const [outcome] = await this.transaction([input], (tx) => insertEvents(tx, [input], verdicts));
      return outcome ?? { kind: 'refused' };
    } catch (error) {
      if (classifyDatabaseError(error) === 'data') return { kind: 'refused' };
      throw error;
    }
  }

  private transaction<T>(inputs: readonly AcceptInput[], work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(work, acceptPreamble(inputs.map((input) => input.tenantId)));
  }
}

function isComplete(outcomes: readonly (AcceptOutcome | undefined)[]): outcomes is AcceptOutcome[] {
  return !outcomes.includes(undefined);
}

function next(outcomes: Iterator<AcceptOutcome, undefined>): AcceptOutcome {
  const { value } = outcomes.next();
  if (value === undefined) throw new Error('fewer events were found than were missing');
  return value;
}

function isFault(outcome: AcceptOutcome): boolean {
  return outcome.kind === 'reused' || outcome.kind === 'refused';
}

/** One after the other inside one transaction, each undone by itself when the database refuses it. */
async function insertEach(
  tx: Tx,
  inputs: readonly AcceptInput[],
  verdicts: readonly FilterVerdict[],
): Promise<AcceptOutcome[]> {
  const outcomes: AcceptOutcome[] = [];
  for (const input of inputs) {
    await tx.query('savepoint one_event');
    try {
      outcomes.push(...(await insertEvents(tx, [input], verdictsOn(input, verdicts))));
      await tx.query('release savepoint one_event');
    } catch (error) {
      if (classifyDatabaseError(error) !== 'data') throw error;
      await tx.query('rollback to savepoint one_event');
      outcomes.push({ kind: 'refused' });
    }
  }
  return outcomes;
}

function verdictsOn(input: AcceptInput, verdicts: readonly FilterVerdict[]): FilterVerdict[] {
  return verdicts.filter((verdict) => verdict.trackingId === input.trackingId);
}

class AtomicConflict extends Error {
  outcomes: AcceptOutcome[] = [];
}
