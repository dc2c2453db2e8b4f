import { type VirtualClock } from '../../kernel/virtual-clock';
import { RecordStore } from './data/record-store';
import { RowLocks } from './data/row-locks';
import { seedOrg } from './data/seed-records';
import { BulkJobs } from './bulk/bulk-jobs';
import { ApiUsage } from './rest/api-usage';
import { QueryCursors } from './soql/query-cursors';
import { OutboundMessages } from './outbound/outbound-messages';
import { type SandboxSalesforceAccount } from './salesforce.accounts';
import { IdFactory } from './salesforce.ids';
import { OrgSchema } from './schema/org-schema';

export interface OrgSettings {
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
};

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
  readonly bulkJobs = new BulkJobs();
  readonly outbound = new OutboundMessages(this);
  readonly users: readonly OrgUser[];
  settings: OrgSettings;
  schema: OrgSchema;
  private invoiceNumber = 0;

  constructor(
    readonly account: SandboxSalesforceAccount,
    readonly clock: VirtualClock,
    defaults: OrgSettings,
    instance: string,
  ) {
    this.settings = { ...defaults };
    this.schema = new OrgSchema(this.settings);
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
    this.schema = new OrgSchema(this.settings);
  }

  /** The vendor's stamps have whole seconds. */
  stampMs(): number {
    return Math.floor(this.clock.now() / 1000) * 1000;
  }

  visibleAtMs(): number | undefined {
    return this.settings.visibilityLagMs > 0 ? this.clock.now() + this.settings.visibilityLagMs : undefined;
  }

  private user(index: number): OrgUser {
    const user = this.users[index];
    if (!user) throw new Error('an org is seeded with its users');
    return user;
  }
}
