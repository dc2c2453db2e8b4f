import 'reflect-metadata';
import { type DataSource } from 'typeorm';
import { CreateTenancy20261121000100 } from './migrations/20261121000100-create-tenancy';
import { CreateConfiguration20261121000200 } from './migrations/20261121000200-create-configuration';
import { CreateDelivery20261121000300 } from './migrations/20261121000300-create-delivery';
import { HardenDelivery20261121000400 } from './migrations/20261121000400-harden-delivery';
import { CreateSignIn20261121000500 } from './migrations/20261121000500-create-sign-in';
import { CreateSyncs20261121000600 } from './migrations/20261121000600-create-syncs';
import { CreateLinks20261121000700 } from './migrations/20261121000700-create-links';
import { CreateAudit20261121000800 } from './migrations/20261121000800-create-audit';
import { CreateReplays20261121000810 } from './migrations/20261121000810-create-replays';
import { CreateMappingChanges20261121000820 } from './migrations/20261121000820-create-mapping-changes';
import { CreateAlerts20261121000830 } from './migrations/20261121000830-create-alerts';
import { CreateWebhooks20261121000840 } from './migrations/20261121000840-create-webhooks';
import { CreateArchive20261121000850 } from './migrations/20261121000850-create-archive';
import { CreatePeople20261121000860 } from './migrations/20261121000860-create-people';
import { CreateDailyLooks20261121000870 } from './migrations/20261121000870-create-daily-looks';
import { CreateSingleSignOn20261121000880 } from './migrations/20261121000880-create-single-sign-on';
import { AdmitPeopleToVendors20261121000890 } from './migrations/20261121000890-admit-people-to-vendors';
import { CreateProcesses20261121000900 } from './migrations/20261121000900-create-processes';
import { CreateSavedFilters20261121000920 } from './migrations/20261121000920-create-saved-filters';
import { MeasureConnections20261121000930 } from './migrations/20261121000930-measure-connections';
import { EraseTenants20261121000940 } from './migrations/20261121000940-erase-tenants';
import { SealSamples20261121000950 } from './migrations/20261121000950-seal-samples';
import { ListTenantsOnce20261121000960 } from './migrations/20261121000960-list-tenants-once';
import { HardenEndings20261121000970 } from './migrations/20261121000970-harden-endings';
import { ExportAuditOfTenants20261121000971 } from './migrations/20261121000971-export-audit-of-tenants';
import { ReplayCancelled20261121000972 } from './migrations/20261121000972-replay-cancelled';
import { TellWorse20261121000973 } from './migrations/20261121000973-tell-worse';
import { GroupNotices20261122000981 } from './migrations/20261122000981-group-notices';
import { MeasureBooks20261122000990 } from './migrations/20261122000990-measure-books';
import { KeepKeysOfEvents20261122000995 } from './migrations/20261122000995-keep-keys-of-events';
import { AllowDeletions20261122000997 } from './migrations/20261122000997-allow-deletions';
import { HardenAudit20261122000998 } from './migrations/20261122000998-harden-audit';
import { KeepWhatOpens20261122000999 } from './migrations/20261122000999-keep-what-opens';
import { CarryRecordsAgain20261122001001 } from './migrations/20261122001001-carry-records-again';
import { KeysWithoutTenant20261122001002 } from './migrations/20261122001002-keys-without-tenant';
import { FindNotices20261122001003 } from './migrations/20261122001003-find-notices';
import { SinceWhenAConnectionStands20261122001020 } from './migrations/20261122001020-since-when-a-connection-stands';
import { FindWhatIsHeld20261122001021 } from './migrations/20261122001021-find-what-is-held';
import { KeepOpenReplays20261122001030 } from './migrations/20261122001030-keep-open-replays';
import { ProveEmails20261122001040 } from './migrations/20261122001040-prove-emails';
import { BindSignIns20261122001060 } from './migrations/20261122001060-bind-sign-ins';
import { FindOldWrappings20261122001070 } from './migrations/20261122001070-find-old-wrappings';
import { CountGuessesInSessions20261122001080 } from './migrations/20261122001080-count-guesses-in-sessions';
import { LimitSendings20261122001081 } from './migrations/20261122001081-limit-sendings';
import { PurgePeopleInOrder20261123001100 } from './migrations/20261123001100-purge-people-in-order';
import { OneRequestAKey20261123001140 } from './migrations/20261123001140-one-request-a-key';
import { KeepWhatIsTold20261123001150 } from './migrations/20261123001150-keep-what-is-told';

const MIGRATIONS = [
  CreateTenancy20261121000100,
  CreateConfiguration20261121000200,
  CreateDelivery20261121000300,
  HardenDelivery20261121000400,
  CreateSignIn20261121000500,
  CreateSyncs20261121000600,
  CreateLinks20261121000700,
  CreateAudit20261121000800,
  CreateReplays20261121000810,
  CreateMappingChanges20261121000820,
  CreateAlerts20261121000830,
  CreateWebhooks20261121000840,
  CreateArchive20261121000850,
  CreatePeople20261121000860,
  CreateDailyLooks20261121000870,
  CreateSingleSignOn20261121000880,
  AdmitPeopleToVendors20261121000890,
  CreateProcesses20261121000900,
  CreateSavedFilters20261121000920,
  MeasureConnections20261121000930,
  EraseTenants20261121000940,
  SealSamples20261121000950,
  ListTenantsOnce20261121000960,
  HardenEndings20261121000970,
  ExportAuditOfTenants20261121000971,
  ReplayCancelled20261121000972,
  TellWorse20261121000973,
  GroupNotices20261122000981,
  MeasureBooks20261122000990,
  KeepKeysOfEvents20261122000995,
  AllowDeletions20261122000997,
  HardenAudit20261122000998,
  KeepWhatOpens20261122000999,
  CarryRecordsAgain20261122001001,
  KeysWithoutTenant20261122001002,
  FindNotices20261122001003,
  SinceWhenAConnectionStands20261122001020,
  FindWhatIsHeld20261122001021,
  KeepOpenReplays20261122001030,
  ProveEmails20261122001040,
  BindSignIns20261122001060,
  FindOldWrappings20261122001070,
  CountGuessesInSessions20261122001080,
  LimitSendings20261122001081,
  PurgePeopleInOrder20261123001100,
  OneRequestAKey20261123001140,
  KeepWhatIsTold20261123001150,
];

/** The library is loaded by whoever migrates, and by no process that serves. */
async function ownerDataSource(ownerUrl: string): Promise<DataSource> {
  const typeorm = await import('typeorm');
  return new typeorm.DataSource({
    type: 'postgres',
    url: ownerUrl,
    synchronize: false,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    poolSize: 1,
  });
}

/**
 * Brings the schema up to date as `hub_owner`. Two at once are harmless: an advisory lock lets one through.
 * @returns names of the migrations that ran.
 */
export async function migrate(ownerUrl: string): Promise<string[]> {
  return withOwner(ownerUrl, async (source) => (await source.runMigrations()).map((migration) => migration.name));
}

/** Takes the newest migration back: used by the test that proves every migration can be undone. */
export async function revertNewestMigration(ownerUrl: string): Promise<void> {
  await withOwner(ownerUrl, (source) => source.undoLastMigration());
}

export const MIGRATION_COUNT = MIGRATIONS.length;

async function withOwner<T>(ownerUrl: string, work: (source: DataSource) => Promise<T>): Promise<T> {
  const lockHolder = await ownerDataSource(ownerUrl);
  const source = await ownerDataSource(ownerUrl);
  await lockHolder.initialize();
  try {
    await lockHolder.query(`select pg_advisory_lock(hashtext('hub_migrate'))`);
    await source.initialize();
    return await work(source);
  } finally {
    if (source.isInitialized) await source.destroy();
    await lockHolder.destroy();
  }
}
