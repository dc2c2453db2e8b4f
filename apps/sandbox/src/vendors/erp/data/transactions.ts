import { type ErpSettings } from '../erp.settings';
import { serverFault } from '../soap/soap-fault';
import { type Change, type ErpStore, type Row } from './erp-store';
import { toStampMs } from './local-time';

/** Just below 2^53: a client that reads row versions as floating-point numbers confuses neighbours at once. */
const FIRST_VERSION = 9_007_199_254_740_990n;

export interface Author {
  readonly actor: string;
  /** Default: now, in whole seconds. */
  readonly modifiedMs?: number;
}

interface Held {
  readonly id: string;
  readonly changes: readonly Change[];
  readonly modifiedBy: string;
  readonly modifiedMs: number;
  /** Handed out already when versions go by statement. */
  readonly rowVersion: bigint | undefined;
  readonly dueMs: number | undefined;
}

/** Writes as the database sees them: each gets one number, and stays invisible until it is committed. */
export class Transactions {
  private version = FIRST_VERSION;
  private held: Held[] = [];
  private lastHeld = 0;

  constructor(
    private readonly store: ErpStore,
    private readonly settings: () => ErpSettings,
    private readonly nowMs: () => number,
  ) {}

  /** Writes and commits at once. */
  commit(changes: readonly Change[], { actor, modifiedMs }: Author): Row[] {
    this.requireUnlocked(changes);
    const stamp = {
      rowVersion: ++this.version,
      modifiedMs: toStampMs(modifiedMs ?? this.nowMs()),
      modifiedBy: actor,
    };
    return this.store.apply(changes, stamp);
  }

  /**
   * Writes and leaves the transaction open: `ModifiedOn` is now, visible is nothing, and the rows are locked.
   * @param dueMs when it commits by itself
   */
  hold(changes: readonly Change[], { actor, modifiedMs }: Author, dueMs?: number): string {
    this.requireUnlocked(changes);
    const id = `tx_${++this.lastHeld}`;
    this.held.push({
      id,
      changes,
      modifiedBy: actor,
      modifiedMs: toStampMs(modifiedMs ?? this.nowMs()),
      rowVersion: this.settings().version_order === 'statement' ? ++this.version : undefined,
      dueMs,
    });
    return id;
  }

  /** Commits one open transaction, or all. */
  commitHeld(id?: string): string[] {
    return this.settle((held) => id === undefined || held.id === id);
  }

  /** Commits what is due. */
  commitDue(): void {
    this.settle(({ dueMs }) => dueMs !== undefined && dueMs <= this.nowMs());
  }

  open(): string[] {
    return this.held.map(({ id }) => id);
  }

  isLocked(rowId: number): boolean {
    return this.held.some(({ changes }) => changes.some(({ id }) => id === rowId));
  }

  private settle(wanted: (held: Held) => boolean): string[] {
    const done = this.held.filter(wanted);
    this.held = this.held.filter((held) => !wanted(held));
    for (const { changes, modifiedBy, modifiedMs, rowVersion } of done) {
      this.store.apply(changes, { rowVersion: rowVersion ?? ++this.version, modifiedMs, modifiedBy });
    }
    return done.map(({ id }) => id);
  }

  /** @throws SoapFault ERP-9001 while somebody else's open transaction has one of the rows */
  private requireUnlocked(changes: readonly Change[]): void {
    if (changes.some(({ id }) => id !== undefined && this.isLocked(id))) {
      throw serverFault('ERP-9001', 'Database lock: the record is in use by another session');
    }
  }
}
