import { type VirtualClock } from '../../kernel/virtual-clock';
import { RecordStore } from './data/record-store';
import { RowLocks } from './data/row-locks';
import { seedOrg } from './data/seed-records';
import { BulkJobs } from './bulk/bulk-jobs';
import { ApiUsage } from './rest/api-usage';
import { LongCalls } from './rest/long-calls';
import {
  type ApiAccess,
  type Automation,
  type DuplicateRule,
  type UserAccess,
  type ValidationRule,
} from './rules/org-rules';
import { QueryCursors } from './soql/query-cursors';
import { OutboundMessages } from './outbound/outbound-messages';
import { type SandboxSalesforceAccount } from './salesforce.accounts';
import { IdFactory } from './salesforce.ids';
import { type FieldEdit } from './schema/field-edits';
import { CORPORATE_CURRENCY, CURRENCY_FIELD } from './schema/currencies';
import { OrgSchema } from './schema/org-schema';

export interface OrgSettings extends UserAccess {
  /** Each use of a refresh token returns a new one and kills the old. */
  refreshTokenRotation: boolean;
  sessionLifetimeMs: number;
  /** How long after a write queries and getUpdated still see the state before it. */
  visibilityLagMs: number;
  /** How long a write holds its row and its parents' rows; 0 turns lock contention off. */
  lockHoldMs: number;
  /** Rows per query page at most. */
  queryPageSize: number;
  dailyApiLimit: number;
  uniqueExternalIds: boolean;
  hiddenFields: readonly string[];
  /** Time from UploadComplete to InProgress, and from there to JobComplete. */
  bulkStepMs: number;
  /** The org has several currencies: its records say in which they are. */
  multiCurrency: boolean;
  apiAccess: ApiAccess;
  /** Long calls that may be under way at once; with as many, every call is refused. */
  concurrentCallLimit: number;
  /** How long a call takes before it counts as long. */
  longCallMs: number;
  /** Long calls of other integrations, for as long as this is set. */
  backgroundLongCalls: number;
  /** What every data call takes, in real time. */
  callDelayMs: number;
  dataStorageMb: number;
  duplicateRules: readonly DuplicateRule[];
  validationRules: readonly ValidationRule[];
  automations: readonly Automation[];
}

export const DEFAULT_ORG_SETTINGS: Omit<OrgSettings, 'dailyApiLimit'> = {
  refreshTokenRotation: false,
  sessionLifetimeMs: 2 * 60 * 60 * 1000,
  visibilityLagMs: 0,
  lockHoldMs: 0,
  queryPageSize: 2_000,
  uniqueExternalIds: true,
  hiddenFields: [],
  bulkStepMs: 200,
  multiCurrency: false,
  apiAccess: 'enabled',
  concurrentCallLimit: 5,
  longCallMs: 20_000,
  backgroundLongCalls: 0,
  callDelayMs: 0,
  dataStorageMb: 10_240,
  duplicateRules: [],
  validationRules: [],
  automations: [],
  readOnlyObjects: [],
  readOnlyRecords: [],
  hiddenRecords: [],
};

/** What nearly every record takes of the storage, whatever is in it. */
const RECORD_KB = 2;

export interface OrgUser {
  readonly id: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
}

/** One customer's Salesforce: its data, users, limits and settings. Nothing in here is shared with another org. */
export class SalesforceOrg {
  readonly store: RecordStore;
  readonly ids: IdFactory;
  readonly usage: ApiUsage;
  readonly cursors = new QueryCursors();
  readonly locks = new RowLocks();
  readonly longCalls = new LongCalls();
  readonly bulkJobs = new BulkJobs();
  readonly outbound = new OutboundMessages(this);
  readonly users: readonly OrgUser[];
  settings: OrgSettings;
  schema: OrgSchema;
  private invoiceNumber = 0;
  private fieldEdits: readonly FieldEdit[] = [];

  constructor(
    readonly account: SandboxSalesforceAccount,
    readonly clock: VirtualClock,
    defaults: OrgSettings,
    instance: string,
  ) {
    this.settings = { ...defaults };
    this.schema = this.schemaNow();
    this.store = new RecordStore(this.schema);
    this.ids = new IdFactory(instance, 1_000_000);
    this.usage = new ApiUsage(clock);
    this.users = seedOrg(this);
    this.store.onCommit = (written) => this.outbound.note(written);
  }

  get id(): string {
    return this.account.orgId;
  }

  /** The user the hub connects as. */
  get integrationUser(): OrgUser {
    return this.user(0);
  }

  /** A person at the customer who works in the vendor's own screens. */
  get colleague(): OrgUser {
    return this.user(1);
  }

  nextInvoiceName(): string {
    return `INV-${String(++this.invoiceNumber).padStart(5, '0')}`;
  }

  change(settings: Partial<OrgSettings>): void {
    this.settings = { ...this.settings, ...settings };
    this.schema = this.schemaNow();
    if (settings.multiCurrency === true) this.store.fill(CURRENCY_FIELD, CORPORATE_CURRENCY);
  }

  /** What an admin of the org does in its set-up pages. */
  editField(edit: FieldEdit): void {
    this.fieldEdits = [...this.fieldEdits, edit];
    this.schema = this.schemaNow();
  }

  /** Of the data storage; records in the recycle bin take none. */
  get storageLeftMb(): number {
    return this.settings.dataStorageMb - (this.store.live * RECORD_KB) / 1024;
  }

  /** For one more record. */
  get hasRoom(): boolean {
    return this.storageLeftMb * 1024 >= RECORD_KB;
  }

  /** The vendor's stamps have whole seconds. */
  stampMs(): number {
    return Math.floor(this.clock.now() / 1000) * 1000;
  }

  visibleAtMs(): number | undefined {
    return this.settings.visibilityLagMs > 0 ? this.clock.now() + this.settings.visibilityLagMs : undefined;
  }

  private schemaNow(): OrgSchema {
    return new OrgSchema({ ...this.settings, fieldEdits: this.fieldEdits });
  }

  private user(index: number): OrgUser {
    const user = this.users[index];
    if (!user) throw new Error('an org is seeded with its users');
    return user;
  }
}
