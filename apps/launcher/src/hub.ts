import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type QueueBackend } from '@hub/platform';
import { type DataFolder } from './data-folder/data-folder';
import { DevFile, type DevFileContent } from './data-folder/dev-file';
import { Secrets } from './data-folder/secrets-file';
import { writeOAuthApps } from './seed/oauth-apps';
import { oauthAppsOf, readSandboxAccounts, type SandboxAccounts } from './seed/sandbox-accounts';
import { reissueKey } from './seed/reissue-key';
import { seedOperator, type SeededPerson } from './seed/seed-people';
import { seedTenants, type SeededTenant } from './seed/seed-tenants';
import { addressesOf } from './services/addresses';
import { type ChildFacts } from './services/child-environment';
import { createOutput, type ChildOutput } from './services/child-output';
import { prepareDatabase, preparePostgresQueue, type PreparedDatabase } from './services/database';
import { apiService, sandboxService, workerService, type ProgramOptions } from './services/hub-children';
import { localPostgres } from './services/postgres.service';
import { checkRedis, localRedis, NoRedisError } from './services/redis.service';
import { type LauncherSettings } from './settings/launcher-settings';
import { Supervisor, type SupervisorEvent } from './supervisor/supervisor';
import { type Terminal } from './terminal/terminal';

export type ServiceName = 'api' | 'worker' | 'sandbox' | 'redis' | 'postgres';

/** Whoever takes new work first, what holds the data last. */
const STOP_ORDER: readonly ServiceName[] = ['api', 'worker', 'sandbox', 'redis', 'postgres'];
const REDIS_HINT = 'install redis for about 14 times the queue throughput';

export interface HubOptions {
  readonly settings: LauncherSettings;
  readonly folder: DataFolder;
  readonly terminal: Terminal;
  readonly verbose: boolean;
  /** Folder of the compiled programs. */
  readonly distFolder: string;
  readonly onEvent: (event: SupervisorEvent<ServiceName>) => void;
}

export interface ReadyHub {
  readonly dev: DevFileContent;
  /** Of the Redis that the launcher runs; null when there is none or it is somebody else's. */
  readonly redisVersion: string | null;
}

interface ReadyQueue {
  readonly backend: QueueBackend;
  readonly redisVersion: string | null;
}

/** A whole hub on this machine: everything it consists of, started in order and kept running. */
export class Hub {
  private readonly supervisor: Supervisor<ServiceName>;
  private readonly devFile: DevFile;
  private isStopping = false;

  constructor(private readonly options: HubOptions) {
    this.devFile = new DevFile(options.folder.devFile);
    this.supervisor = new Supervisor<ServiceName>({
      stopOrder: STOP_ORDER,
      onEvent: (event) => {
        options.onEvent(event);
        if (event.kind === 'restarted') void this.devFile.updatePids(this.pids()).catch(() => undefined);
      },
    });
  }

  get defeated(): Supervisor<ServiceName>['defeated'] {
    return this.supervisor.defeated;
  }

  /** @throws LauncherError, LocalServiceError; what runs by then is ended by {@link stop} */
  async start(): Promise<ReadyHub> {
    const { settings, folder, terminal } = this.options;
    // What a killed run left behind is no description of this one.
    await this.devFile.remove();
    const secrets = await Secrets.open(folder.secretsFile, await exists(join(folder.postgres, 'pgdata', 'PG_VERSION')));
    // The hub's registrations at the simulated vendors are settings of API and worker: the vendors come first.
    const [[database, redis], accounts] = await both(
      both(this.startDatabase(secrets), this.startRedis(secrets)),
      this.startSandbox(secrets),
    );
    await writeOAuthApps(folder.oauthAppsFile, oauthAppsOf(accounts, addressesOf(settings).vendors));
    const queue = await this.prepareQueue(redis, database);
    const facts: ChildFacts = {
      settings,
      databaseUrls: database.urls,
      queue: queue.backend,
      masterKeys: secrets.masterKeys,
      auditSigningKey: secrets.auditSigningKey,
      oauthAppsFile: folder.oauthAppsFile,
      objectsFolder: folder.objects,
    };
    await both(this.startApi(facts), this.startWorker(facts));
    const tenants = await terminal.step(
      'example tenants',
      () => this.seed(secrets, database, accounts),
      (seeded) => seededText(seeded),
    );
    const operator = await seedOperator(addressesOf(settings).api, secrets);
    const dev = this.describe(secrets, facts, { tenants, operator });
    // A wish to stop that came meanwhile has removed the file already.
    if (!this.isStopping) await this.devFile.publish(dev);
    return { dev, redisVersion: queue.redisVersion };
  }

  /** Ends everything in order. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.devFile.remove();
    await this.supervisor.stop();
  }

  /** Ends everything at once. */
  kill(): void {
    this.supervisor.kill();
  }

  private output(name: ServiceName): ChildOutput {
    const { terminal, folder, verbose } = this.options;
    return createOutput(name, { terminal, logs: folder.logs, verbose });
  }

  private async startDatabase(secrets: Secrets): Promise<PreparedDatabase> {
    const { settings, folder, terminal } = this.options;
    let adminUrl = settings.databaseUrl;
    if (adminUrl === null) {
      const postgres = localPostgres({
        dataDir: folder.postgres,
        superuserPassword: secrets.superuserPassword,
        searchPath: settings.searchPath,
        output: this.output('postgres'),
      });
      await terminal.step(
        'Postgres',
        () => this.supervisor.start(postgres),
        () =>
          `Postgres ${postgres.current()?.version} (${postgres.current()?.source}) on port ${postgres.current()?.port}`,
      );
      adminUrl = postgres.current()?.url ?? null;
    }
    if (adminUrl === null) throw new Error('Postgres is ready and has no address');
    const url = adminUrl;
    return terminal.step(
      'roles, database, migrations',
      () => prepareDatabase(url, secrets.rolePasswords, secrets.operatorKey),
      ({ migrations }) =>
        migrations.length === 0 ? 'database is up to date' : `database: ${migrations.length} migrations`,
    );
  }

  /** Null: the queue goes to PostgreSQL. */
  private async startRedis(secrets: Secrets): Promise<{ url: string; version: string | null } | null> {
    const { settings, folder, terminal } = this.options;
    const { redisUrl } = settings;
    if (settings.forcePostgresQueue) return null;
    if (redisUrl !== null) {
      await terminal.step(
        'Redis',
        () => checkRedis(redisUrl),
        () => 'Redis of REDIS_URL answers',
      );
      return { url: redisUrl, version: null };
    }
    const redis = localRedis({
      dataDir: folder.redis,
      password: secrets.redisPassword,
      searchPath: settings.searchPath,
      output: this.output('redis'),
    });
    try {
      await terminal.step(
        'Redis',
        () => this.supervisor.start(redis),
        () => `Redis ${redis.current()?.version} on port ${redis.current()?.port}`,
      );
    } catch (error) {
      if (error instanceof NoRedisError) return null;
      throw error;
    }
    const url = redis.url();
    if (url === null) throw new Error('Redis is ready and has no address');
    return { url, version: redis.current()?.version ?? null };
  }

  private async prepareQueue(
    redis: { url: string; version: string | null } | null,
    database: PreparedDatabase,
  ): Promise<ReadyQueue> {
    if (redis !== null) return { backend: { kind: 'redis', url: redis.url }, redisVersion: redis.version };
    const why = this.options.settings.forcePostgresQueue ? 'as HUB_QUEUE says' : REDIS_HINT;
    const backend = await this.options.terminal.step(
      'queue',
      () => preparePostgresQueue(database),
      () => `queue on PostgreSQL (${why})`,
    );
    return { backend, redisVersion: null };
  }

  /** @returns what its vendors know of the hub */
  private async startSandbox(secrets: Secrets): Promise<SandboxAccounts> {
    const { settings, terminal } = this.options;
    const service = sandboxService(settings, secrets.sandboxControlToken, this.program('sandbox'));
    await terminal.step(
      'sandbox',
      () => this.supervisor.start(service),
      () => `sandbox on port ${settings.sandboxPort}, its vendors on the ports after it`,
    );
    return readSandboxAccounts(addressesOf(settings).vendors, secrets.sandboxControlToken);
  }

  private startApi(facts: ChildFacts): Promise<unknown> {
    const service = apiService(facts, this.program('api'));
    return this.options.terminal.step(
      'API',
      () => this.supervisor.start(service),
      () => `API on port ${facts.settings.apiPort}`,
    );
  }

  private startWorker(facts: ChildFacts): Promise<unknown> {
    const service = workerService(facts, this.program('worker'));
    return this.options.terminal.step(
      'worker',
      () => this.supervisor.start(service),
      () => 'worker',
    );
  }

  private async seed(secrets: Secrets, database: PreparedDatabase, accounts: SandboxAccounts): Promise<SeededTenant[]> {
    const { api, sandbox, vendors } = addressesOf(this.options.settings);
    return seedTenants({
      apiUrl: api,
      secrets,
      addresses: { sandboxUrl: sandbox, vendors },
      accounts,
      reissueKey: (tenantId) => reissueKey(database.urls.operator, tenantId),
    });
  }

  private describe(
    secrets: Secrets,
    facts: ChildFacts,
    { tenants, operator }: { readonly tenants: readonly SeededTenant[]; readonly operator: SeededPerson },
  ): DevFileContent {
    const addresses = addressesOf(this.options.settings);
    return {
      api_url: addresses.api,
      portal_url: addresses.api,
      metrics_url: `${addresses.metrics}/metrics`,
      worker_metrics_url: `${addresses.workerMetrics}/metrics`,
      sandbox_url: addresses.sandbox,
      salesforce_url: addresses.vendors.salesforce,
      quickbooks_url: addresses.vendors.quickbooks,
      netsuite_url: addresses.vendors.netsuite,
      erp_url: addresses.vendors.erp,
      sandbox_control_token: secrets.sandboxControlToken,
      database_url: facts.databaseUrls.app,
      redis_url: facts.queue.kind === 'redis' ? facts.queue.url : null,
      pids: this.pids(),
      operator_key: secrets.operatorKey,
      operator: { email: operator.email, password: operator.password },
      tenants: tenants.map(({ id, slug, tier, apiKey, people }) => ({
        id,
        slug,
        tier,
        api_key: apiKey,
        users: [...people],
      })),
    };
  }

  private pids(): DevFileContent['pids'] {
    const pid = (name: ServiceName): number | null => this.supervisor.pid(name);
    return {
      launcher: process.pid,
      api: pid('api'),
      worker: pid('worker'),
      sandbox: pid('sandbox'),
      postgres: pid('postgres'),
      redis: pid('redis'),
    };
  }

  private program(name: ServiceName): ProgramOptions {
    return { distFolder: this.options.distFolder, output: this.output(name) };
  }
}

/** Both at once; when one fails, the other has come to its end before the reason is passed on, and can be stopped. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}

function seededText(tenants: readonly SeededTenant[]): string {
  const fresh = tenants.filter(({ isNew }) => isNew).length;
  const names = tenants.map(({ slug }) => slug).join(' and ');
  return fresh === 0 ? `example tenants ${names} found again` : `example tenants ${names} with connections and routes`;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
