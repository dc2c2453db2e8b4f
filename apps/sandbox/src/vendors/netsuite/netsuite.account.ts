import { type VirtualClock } from '../../kernel/virtual-clock';
import { AsyncJobs } from './async/async-jobs';
import { RecordStore, type StoredRecord } from './data/record-store';
import { ConcurrencyLimiter, type OverLimit } from './limits/concurrency-limiter';
import { type SandboxNetSuiteAccount } from './netsuite.accounts';
import { type ErrorCodeStyle } from './netsuite.errors';
import { UserTime, type DateFormat } from './netsuite.time';
import { AccountSchema, type SchemaSettings } from './schema/account-schema';

export interface AccountSettings extends SchemaSettings {
  /** Calls the account serves at once: REST, SOAP and RESTlets of every integration together. */
  concurrencyLimit: number;
  /** Places taken by the customer's other integrations. */
  backgroundConcurrency: number;
  overLimit: OverLimit;
  /** How long a call above the limit is held before INVALID_LOGIN, in real milliseconds. */
  overLimitHoldMs: number;
  /** How long a write, and a read, keeps its place and its record, in real milliseconds. */
  writeDelayMs: number;
  readDelayMs: number;
  /** A change to a record whose last change is still being worked on is refused. */
  lockConflicts: boolean;
  /** How long after a write lists and SuiteQL still show the state before it. */
  visibilityLagMs: number;
  errorCodes: ErrorCodeStyle;
  /** Numbers instead of names as `entityId`; without it two companies cannot have one name. */
  autoNumbering: boolean;
  /** Last day whose accounting period is closed. */
  closedThrough: string;
  timeZone: string;
  dateFormat: DateFormat;
  /** SuiteQL shows moments to the minute, as the record API always does. */
  suiteQlMinutePrecision: boolean;
  /** Rows without an unambiguous ORDER BY come in another order each time. */
  unstableOrder: boolean;
  /** Money comes with the noise of binary fractions. */
  floatNoise: boolean;
  /** Record types that the integration role may not touch. */
  deniedRecordTypes: readonly string[];
  /** Whether the integration role has the permission SuiteAnalytics Workbook. */
  suiteQlPermission: boolean;
  disabledRoles: readonly string[];
  tbaEnabled: boolean;
  refreshTokenLifetimeMs: number;
  /** Time an asynchronous job waits, and then works, on the virtual clock. */
  asyncStepMs: number;
}

export const DEFAULT_SETTINGS: Omit<AccountSettings, 'writeDelayMs' | 'concurrencyLimit'> = {
  backgroundConcurrency: 0,
  overLimit: 'reject',
  overLimitHoldMs: 60_000,
  readDelayMs: 0,
  lockConflicts: true,
  visibilityLagMs: 0,
  errorCodes: 'flat',
  autoNumbering: false,
  closedThrough: '1970-01-01',
  timeZone: 'UTC',
  dateFormat: 'M/D/YYYY',
  suiteQlMinutePrecision: false,
  unstableOrder: true,
  floatNoise: false,
  deniedRecordTypes: [],
  suiteQlPermission: true,
  disabledRoles: [],
  tbaEnabled: true,
  refreshTokenLifetimeMs: 7 * 24 * 3_600_000,
  asyncStepMs: 200,
  customFields: [],
  hiddenFields: [],
  requiredFields: [],
  offFormFields: [],
};

export interface AccountUser {
  readonly entityId: string;
  readonly username: string;
  readonly name: string;
  readonly roleId: string;
  readonly roleName: string;
  readonly isAdministrator: boolean;
}

export interface TbaToken {
  readonly clientId: string;
  readonly secret: string;
  readonly user: AccountUser;
}

/** One customer's NetSuite: its data, people, limits and settings. Nothing in here is shared with another account. */
export class NetSuiteAccount {
  readonly store = new RecordStore();
  readonly jobs = new AsyncJobs();
  readonly limiter = new ConcurrencyLimiter();
  readonly tbaTokens = new Map<string, TbaToken>();
  readonly users: readonly AccountUser[];
  /** Records whose last change is still being worked on, as `type/id`. */
  readonly busy = new Set<string>();
  settings: AccountSettings;
  schema: AccountSchema;
  time: UserTime;
  private numbers = new Map<string, number>();
  private stampOverrideMs: number | undefined;

  constructor(
    readonly credentials: SandboxNetSuiteAccount,
    readonly clock: VirtualClock,
    settings: AccountSettings,
  ) {
    this.settings = settings;
    this.schema = new AccountSchema(settings);
    this.time = new UserTime(settings.timeZone, settings.dateFormat);
    const domain = credentials.username.split('@')[1] ?? 'example.com';
    this.users = [
      {
        entityId: '5',
        username: credentials.username,
        name: 'Integration User',
        roleId: '1012',
        roleName: 'Integration Hub',
        isAdministrator: false,
      },
      {
        entityId: '6',
        username: `sam@${domain}`,
        name: 'Sam Sales',
        roleId: '3',
        roleName: 'Administrator',
        isAdministrator: true,
      },
    ];
  }

  get id(): string {
    return this.credentials.accountId;
  }

  get companyName(): string {
    return this.credentials.companyName;
  }

  /** The user the hub connects as. */
  get integrationUser(): AccountUser {
    return this.user(0);
  }

  /** A person at the customer who works in the vendor's own screens. */
  get colleague(): AccountUser {
    return this.user(1);
  }

  change(settings: Partial<AccountSettings>): void {
    this.settings = { ...this.settings, ...settings };
    this.schema = new AccountSchema(this.settings);
    this.time = new UserTime(this.settings.timeZone, this.settings.dateFormat);
  }

  /** Stamps have whole seconds; the record API shows whole minutes of them. */
  stampMs(): number {
    return this.stampOverrideMs ?? Math.floor(this.clock.now() / 1000) * 1000;
  }

  /** Lets `work` write as if it were that moment: how the account comes by its past. */
  backdated(atMs: number, work: () => void): void {
    this.stampOverrideMs = Math.floor(atMs / 1000) * 1000;
    try {
      work();
    } finally {
      this.stampOverrideMs = undefined;
    }
  }

  /** What lists and SuiteQL see of the record just replaced until the new state reaches them. */
  lag(before: StoredRecord | undefined): StoredRecord['lag'] {
    const { visibilityLagMs } = this.settings;
    if (visibilityLagMs === 0) return undefined;
    const now = this.clock.now();
    const shown = before?.lag && now < before.lag.visibleAtMs ? before.lag.before : before;
    return { visibleAtMs: now + visibilityLagMs, before: shown };
  }

  nextNumber(prefix: string, first: number): string {
    const number = this.numbers.get(prefix) ?? first;
    this.numbers.set(prefix, number + 1);
    return `${prefix}${number}`;
  }

  today(): string {
    return this.time.isoDate(this.stampMs());
  }

  private user(index: number): AccountUser {
    const user = this.users[index];
    if (!user) throw new Error('an account has its users');
    return user;
  }
}
