import { EntityStore, type Actor, type Change, type Stored } from './data/entity-store';
import { RequestCache } from './rest/request-cache';
import { Throttle } from './rest/throttle';
import { type SandboxQuickBooksAccount } from './quickbooks.accounts';
import { type Clock } from './quickbooks.time';
import { type ValueObject } from './quickbooks.values';
import { type EntityType } from './schema/schema.types';

/** What the vendor lets a customer switch in the company's settings, and what a test may bend. */
export interface CompanySettings {
  multiCurrency: boolean;
  homeCurrency: string;
  /** Document numbers are the customer's own; off: the vendor counts. */
  customTxnNumbers: boolean;
  /** With custom numbers: a number used before is refused. */
  warnDuplicateDocNumber: boolean;
  /** `us`: lines say TAX or NON. `global`: each line names a tax code and the form how tax is counted. */
  taxModel: 'us' | 'global';
  /** US only: the vendor computes tax itself and overrides what is sent. */
  automatedSalesTax: boolean;
  /** Per cent on taxable lines under automated sales tax. */
  salesTaxPercent: string;
  /** Transactions on or before this date refuse changes. */
  bookCloseDate: string | null;
  /** Names of the company's custom fields on sales forms; the first has DefinitionId 1. At most three. */
  customFieldNames: readonly string[];
  subscription: 'active' | 'suspended';
  displayNameMax: number;
  /** How long after a write queries and CDC still see the state before it. */
  visibilityLagMs: number;
  requestIdTtlMs: number;
  requestsPerMinute: number;
  requestsPerSecond: number;
  concurrentRequests: number;
  batchesPerMinute: number;
  throttleStatus: 429 | 403;
  /** The vendor documents none; some gateways send it. */
  retryAfterSeconds: number | null;
  /** Added to each data call after its work is done, so that parallel calls really overlap. */
  responseDelayMs: number;
  authErrorFormat: 'json' | 'xml';
}

export const DEFAULT_COMPANY_SETTINGS: CompanySettings = {
  multiCurrency: false,
  homeCurrency: 'USD',
  customTxnNumbers: false,
  warnDuplicateDocNumber: true,
  taxModel: 'us',
  automatedSalesTax: true,
  salesTaxPercent: '0',
  bookCloseDate: null,
  customFieldNames: [],
  subscription: 'active',
  displayNameMax: 100,
  visibilityLagMs: 0,
  requestIdTtlMs: 24 * 3_600_000,
  requestsPerMinute: 500,
  requestsPerSecond: 10,
  concurrentRequests: 10,
  batchesPerMinute: 40,
  throttleStatus: 429,
  retryAfterSeconds: null,
  responseDelayMs: 0,
  authErrorFormat: 'json',
};

/** The records a company starts with are older than what change data capture looks back to. */
const COMPANY_AGE_MS = 45 * 24 * 3_600_000;

/** One customer's QuickBooks: its data, settings and limits. Nothing in here is shared with another company. */
export class Company {
  readonly store = new EntityStore();
  readonly clock: Clock;
  readonly requests: RequestCache;
  readonly throttle: Throttle;
  settings: CompanySettings;
  /** Last number given to a sales form by the vendor itself. */
  lastDocNumber = 1000;
  settingsChangedMs: number;
  settingsVersion = 0;
  private backdatedMs = 0;
  private listener: (changes: readonly Change[]) => void = () => undefined;

  constructor(
    readonly account: SandboxQuickBooksAccount,
    clock: Clock,
    settings: CompanySettings,
  ) {
    this.clock = { now: () => clock.now() - this.backdatedMs };
    this.settings = { ...settings };
    this.settingsChangedMs = clock.now() - COMPANY_AGE_MS;
    this.requests = new RequestCache(clock);
    this.throttle = new Throttle(clock);
  }

  /** Does its writes as if they had been made when the company was young. */
  inThePast(work: () => void): void {
    this.backdatedMs = COMPANY_AGE_MS;
    try {
      work();
    } finally {
      this.backdatedMs = 0;
    }
  }

  get realmId(): string {
    return this.account.realmId;
  }

  /** The administrator who connected the hub. */
  get administrator(): Actor {
    return { id: '9130000000000001', name: `Books Admin` };
  }

  /** A person at the customer who works in the vendor's own screens. */
  get colleague(): Actor {
    return { id: '9130000000000002', name: 'Robin Ledger' };
  }

  /** A change of what customers can switch themselves shows in `Preferences`. */
  change(settings: Partial<CompanySettings>): void {
    this.settings = { ...this.settings, ...settings };
    this.settingsChangedMs = this.clock.now();
    this.settingsVersion++;
  }

  onChange(listener: (changes: readonly Change[]) => void): void {
    this.listener = listener;
  }

  /** All or nothing; what changed is announced once it is final. */
  write<T>(work: () => T): T {
    const { result, changes } = this.store.transaction(work);
    if (changes.length > 0) this.listener(changes);
    return result;
  }

  /** @returns the new record, with the vendor's next id of that family */
  insert(type: EntityType, body: ValueObject, actor: Actor): Stored {
    const nowMs = this.clock.now();
    const id = this.store.nextId(type.family);
    const stored = { type, id, syncToken: 0, createdMs: nowMs, updatedMs: nowMs, actor, body };
    this.store.put(stored, this.hiddenUntilMs());
    this.store.record({ entity: type.name, id, kind: 'Create', atMs: nowMs });
    return stored;
  }

  replace(old: Stored, body: ValueObject, actor: Actor, kind: Change['kind'] = 'Update'): Stored {
    const atMs = this.clock.now();
    const stored = { ...old, body, actor, syncToken: old.syncToken + 1, updatedMs: atMs };
    this.store.put(stored, this.hiddenUntilMs());
    this.store.record({ entity: old.type.name, id: old.id, kind, atMs });
    return stored;
  }

  remove(old: Stored): void {
    const atMs = this.clock.now();
    this.store.remove(old, atMs, this.hiddenUntilMs());
    this.store.record({ entity: old.type.name, id: old.id, kind: 'Delete', atMs });
  }

  /** Flags a record without a new version, as the vendor's bank screens do. */
  setLock(old: Stored, lock: Stored['lock']): void {
    this.store.put({ ...old, lock }, 0);
  }

  private hiddenUntilMs(): number {
    return this.settings.visibilityLagMs > 0 ? this.clock.now() + this.settings.visibilityLagMs : 0;
  }
}
