import { type VirtualClock } from '../../kernel/virtual-clock';
import { ErpStore, ENTITY_TYPES, type Row } from './data/erp-store';
import { isWithin, lastTimeOfDay, localDate } from './data/local-time';
import { MessageCache } from './data/message-cache';
import { Transactions } from './data/transactions';
import { type SandboxErpAccount } from './erp.accounts';
import { type ErpSettings } from './erp.settings';
import { serverFault } from './soap/soap-fault';

const LOCK_MS = 15 * 60_000;
/** A person at the customer who works in the system's own screens. */
export const COLLEAGUE = 'MMUELLER';
const NIGHT_JOB = 'BATCH';

export interface ErpUser {
  readonly name: string;
  password: string;
  failures: number;
  lockedUntilMs: number;
}

type NumberRange = 'Customer' | 'Payment' | `Invoice:${string}`;

/** One company's system: its data, its user, its limits and habits. Nothing in here is shared with the other one. */
export class ErpCompany {
  readonly store = new ErpStore();
  readonly messages = new MessageCache();
  readonly transactions: Transactions;
  readonly user: ErpUser;
  private readonly numbers = new Map<NumberRange, number>();
  private sessions = 0;
  private nightDoneMs: number;

  constructor(
    readonly account: SandboxErpAccount,
    readonly clock: VirtualClock,
    public settings: ErpSettings,
  ) {
    this.transactions = new Transactions(
      this.store,
      () => this.settings,
      () => clock.now(),
    );
    this.user = { name: account.username, password: account.password, failures: 0, lockedUntilMs: 0 };
    this.nightDoneMs = clock.now();
  }

  get code(): string {
    return this.account.companyCode;
  }

  today(): string {
    return localDate(this.clock.now(), this.settings.time_zone);
  }

  change(settings: Partial<ErpSettings>): void {
    this.settings = { ...this.settings, ...settings };
  }

  /** What happened without anybody's call: commits that are due, and the nightly job. */
  catchUp(): void {
    this.transactions.commitDue();
    const { nightly_window, nightly_touch_all, time_zone } = this.settings;
    const now = this.clock.now();
    if (!nightly_window || !nightly_touch_all || now < this.nightDoneMs) {
      this.nightDoneMs = now;
      return;
    }
    const ended = lastTimeOfDay(now, time_zone, nightly_window.to);
    if (ended > this.nightDoneMs) this.touchAll(ended);
    this.nightDoneMs = now;
  }

  /** The batch that rewrites every row and changes nothing. Open transactions keep their rows to themselves. */
  touchAll(modifiedMs = this.clock.now()): Row[] {
    const rows = ENTITY_TYPES.flatMap((entity) => this.store.all(entity));
    const free = rows.filter(({ id }) => !this.transactions.isLocked(id));
    return this.transactions.commit(
      free.map(({ entity, id, fields }) => ({ entity, id, fields })),
      { actor: NIGHT_JOB, modifiedMs },
    );
  }

  /** @throws SoapFault ERP-9002 during the nightly batch */
  requireDaytime(): void {
    const { nightly_window: window, time_zone } = this.settings;
    if (window && isWithin(this.clock.now(), time_zone, window)) {
      throw serverFault('ERP-9002', `nightly batch running until ${window.to}`);
    }
  }

  /**
   * Runs work inside one of the licensed sessions. A caller who hangs up does not end their session: the work does.
   * @throws SoapFault ERP-9429 when all sessions are taken
   */
  async inSession<T>(work: () => Promise<T>): Promise<T> {
    if (this.sessions >= this.settings.session_limit) {
      throw serverFault('ERP-9429', `session limit of ${this.settings.session_limit} reached`);
    }
    this.sessions++;
    try {
      return await work();
    } finally {
      this.sessions--;
    }
  }

  /** Fixed width with leading zeros, which are part of the number. */
  nextCustomerNumber(): string {
    return this.nextNumber('Customer', 6);
  }

  nextInvoiceNumber(date: string): string {
    const year = this.settings.invoice_numbering === 'per_year' ? date.slice(0, 4) : '';
    return this.nextNumber(`Invoice:${year}`, 8);
  }

  nextPaymentNumber(): string {
    return `ZE${this.nextNumber('Payment', 6)}`;
  }

  /** Whether that form of password can be checked here at all. */
  acceptsToken(isDigest: boolean): boolean {
    const { auth_modes, passwords_hashed } = this.settings;
    return isDigest ? auth_modes.includes('wsse_digest') && !passwords_hashed : auth_modes.includes('wsse_text');
  }

  /** Whether the password is right, counting wrong ones: too many lock the user, right password or not. */
  checkUser(isRight: (password: string) => boolean): boolean {
    const { user, settings, clock } = this;
    if (clock.now() < user.lockedUntilMs) return false;
    if (isRight(user.password)) {
      user.failures = 0;
      return true;
    }
    user.failures++;
    if (settings.lockout_after > 0 && user.failures >= settings.lockout_after) {
      user.lockedUntilMs = clock.now() + LOCK_MS;
      user.failures = 0;
    }
    return false;
  }

  private nextNumber(range: NumberRange, width: number): string {
    const next = (this.numbers.get(range) ?? 0) + 1;
    this.numbers.set(range, next);
    return String(next).padStart(width, '0');
  }
}
