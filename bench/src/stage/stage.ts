import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool, type PoolClient } from 'pg';
import { DATABASE_ROLES, migrate, provisionDatabase, QUEUE_SCHEMA, type DatabaseRole } from '@hub/database';
import { findFreePort, startPostgres, startRedis, type RunningPostgres, type RunningRedis } from '@hub/local-services';
import { API_NODE_FLAGS, newUuid, prepareQueue } from '@hub/platform';
import { issueKey, parseKey } from '@hub/tenancy';
import { SandboxControl } from '@hub/testing';
import { type BenchOptions, type QueueKind } from '../options';
import { type NodeProgram, startNodeProgram } from './node-program';

const DATABASE = 'hub';
const LOOPBACK = '127.0.0.1';
/** Above `dist/bench/src/stage`. */
const DIST = join(__dirname, '..', '..', '..');

export interface Served extends NodeProgram {
  readonly url: string;
}

/** Everything that a benchmark runs on: servers of this run alone, durable as in production, thrown away afterwards. */
export class Stage {
  private closing: Promise<void> | null = null;

  private constructor(
    private readonly folder: string,
    private readonly postgres: RunningPostgres,
    private readonly redis: RunningRedis,
    private readonly urls: Readonly<Record<DatabaseRole, string>>,
    private readonly masterKeys: string,
    private readonly auditSigningKey: string,
    readonly operatorKey: string,
    /** Superuser in the hub's database: for the books between runs, and for the baselines. */
    readonly admin: Pool,
    readonly adminUrl: string,
    private readonly nodeFlags: readonly string[],
  ) {}

  static async open({ profile, nodeFlags, statements }: BenchOptions): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'hub-bench-'));
    const postgres = await startPostgres({
      dataDir: join(folder, 'postgres'),
      superuserPassword: randomBytes(18).toString('hex'),
      durable: true,
      settings: statements ? { shared_preload_libraries: 'pg_stat_statements' } : {},
      searchPath: process.env['PATH'],
    });
    const redis = await startRedis({ dataDir: join(folder, 'redis'), searchPath: process.env['PATH'] });
    if (redis === null) throw new Error('The benchmarks need redis-server or valkey-server on the PATH.');
    const passwords = Object.fromEntries(
      Object.keys(DATABASE_ROLES).map((role) => [role, randomBytes(18).toString('hex')]),
    ) as Record<DatabaseRole, string>;
    const urls = await provisionDatabase({ adminUrl: postgres.url, database: DATABASE, passwords });
    await migrate(urls.owner);
    const adminUrl = new URL(postgres.url);
    adminUrl.pathname = `/${DATABASE}`;
    const admin = new Pool({ connectionString: adminUrl.toString(), max: 2 });
    if (statements) await admin.query('create extension pg_stat_statements');
    await prepareQueue({ kind: 'postgres', url: urls.queue, schema: QUEUE_SCHEMA });
    const profiling = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`, '--cpu-prof-interval=500'];
    const masterKeys = `bench:${randomBytes(32).toString('base64')}`;
    const auditSigningKey = randomBytes(32).toString('base64');
    const operatorKey = issueKey('op').key;
    const parsed = parseKey(operatorKey);
    await admin.query(`insert into operator_keys (id, prefix, name, secret_hash) values ($1, $2, 'bench', $3)`, [
      newUuid(),
      parsed?.prefix,
      parsed?.hash,
    ]);
    return new Stage(
      folder,
      postgres,
      redis,
      urls,
      masterKeys,
      auditSigningKey,
      operatorKey,
      admin,
      adminUrl.toString(),
      [...nodeFlags, ...profiling],
    );
  }

  get redisUrl(): string {
    return this.redis.url;
  }
  get postgresPid(): number {
    return this.postgres.pid;
  }
  get redisPid(): number {
    return this.redis.pid;
  }
  get versions(): string {
    return `PostgreSQL ${this.postgres.version}, Redis ${this.redis.version}, Node.js ${process.versions.node}`;
  }

  async startApi(queue: QueueKind): Promise<Served> {
    const [port, metricsPort] = [await findFreePort(), await findFreePort()];
    const url = `http://${LOOPBACK}:${port}`;
    const program = await startNodeProgram({
      name: 'api',
      script: join(DIST, 'apps', 'api', 'src', 'main.js'),
      env: {
        ...this.hubEnvironment(queue),
        HUB_PORT: String(port),
        HUB_METRICS_PORT: String(metricsPort),
        HUB_DB_ACCEPT_URL: this.urls.accept,
        HUB_DB_OPERATOR_URL: this.urls.operator,
      },
      readyUrl: `${url}/health/ready`,
      nodeFlags: [...API_NODE_FLAGS, ...this.nodeFlags],
    });
    return { ...program, url };
  }

  async startWorker(queue: QueueKind): Promise<Served> {
    const port = await findFreePort();
    const url = `http://${LOOPBACK}:${port}`;
    const program = await startNodeProgram({
      name: 'worker',
      script: join(DIST, 'apps', 'worker', 'src', 'main.js'),
      env: {
        ...this.hubEnvironment(queue),
        HUB_METRICS_PORT: String(port),
        HUB_DB_DISPATCHER_URL: this.urls.dispatcher,
        HUB_DB_ACCEPT_URL: this.urls.accept,
      },
      readyUrl: `${url}/health/ready`,
      nodeFlags: this.nodeFlags,
    });
    return { ...program, url };
  }

  /** The stand-ins for the vendors, Salesforce among them. @param args further ones for its command line */
  async startSandbox(
    args: readonly string[],
  ): Promise<{ readonly control: SandboxControl; readonly pid: number; stop(): Promise<void> }> {
    const [index, salesforce] = [await findFreePort(), await findFreePort()];
    const token = randomBytes(16).toString('hex');
    const urls = { index_url: `http://${LOOPBACK}:${index}`, salesforce_url: `http://${LOOPBACK}:${salesforce}` };
    const ports = ['--index-port', String(index), '--salesforce-port', String(salesforce)];
    const program = await startNodeProgram({
      name: 'sandbox',
      script: join(DIST, 'apps', 'sandbox', 'src', 'main.js'),
      args: [...ports, `--control-token=${token}`, '--exit-with-parent', ...args],
      env: {},
      readyUrl: urls.index_url,
    });
    return { control: new SandboxControl(urls, token), pid: program.pid, stop: () => program.stop() };
  }

  /** One of the bench's own programs: a baseline or the sink. It answers `GET /` when it is ready. */
  async startOwn(script: string, env: Readonly<Record<string, string>> = {}): Promise<Served> {
    const port = await findFreePort();
    const url = `http://${LOOPBACK}:${port}`;
    const program = await startNodeProgram({
      name: script,
      script: join(DIST, 'bench', 'src', 'programs', `${script}.js`),
      env: { BENCH_PORT: String(port), ...env },
      readyUrl: url,
    });
    return { ...program, url };
  }

  /** Empties events and what hangs on them, hub and baselines alike, so that every run starts from the same tables. */
  async clear(): Promise<void> {
    await this.admin.query('truncate events, deliveries, attempts, hub_events, event_keys');
    await this.admin.query(`delete from ${QUEUE_SCHEMA}.job`).catch(() => undefined);
    const found = await this.admin.query(`select to_regclass('bench_events') is not null as made`);
    if (found.rows[0]?.made === true) await this.admin.query('truncate bench_events');
    await this.admin.query('checkpoint');
    await this.admin.query('select pg_stat_statements_reset()').catch(() => undefined);
  }

  /** Forgets every tenant and all that is theirs, after {@link clear}: the next one begins on a hub without others. */
  async clearTenants(): Promise<void> {
    await this.admin.query('truncate tenants cascade');
    await this.admin.query('vacuum');
  }

  /** Runs it in one transaction of the superuser. */
  async inTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.admin.connect();
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  /** Folder of this run, deleted at its end. */
  get scratch(): string {
    return this.folder;
  }

  /** What Postgres did since {@link clear}, costliest first; empty unless it was asked to keep count. */
  async statements(): Promise<string[]> {
    const made = await this.admin.query(`select to_regclass('pg_stat_statements') is not null as made`);
    if (made.rows[0]?.made !== true) return [];
    const { rows } = await this.admin.query<{ calls: string; total: number; mean: number; query: string }>(
      `select calls, total_exec_time + total_plan_time as total, mean_exec_time as mean, query
       from pg_stat_statements order by 2 desc limit 22`,
    );
    return rows.map(
      ({ calls, total, mean, query }) =>
        `${total.toFixed(0).padStart(7)} ms ${String(calls).padStart(7)} × ${mean.toFixed(3).padStart(8)} ms  ${query.replace(/\s+/g, ' ').slice(0, 130)}`,
    );
  }

  /** May be called twice: an interrupted benchmark fails and then closes its stage as well. */
  close(): Promise<void> {
    return (this.closing ??= this.closeOnce());
  }

  private async closeOnce(): Promise<void> {
    await this.admin.end();
    await this.redis.stop();
    await this.postgres.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private hubEnvironment(queue: QueueKind): Record<string, string> {
    return {
      HUB_HOST: LOOPBACK,
      HUB_DB_APP_URL: this.urls.app,
      HUB_MASTER_KEYS: this.masterKeys,
      HUB_AUDIT_SIGNING_KEY: this.auditSigningKey,
      HUB_OBJECT_STORE: `folder:${join(this.folder, 'objects')}`,
      HUB_EGRESS_ALLOW: '127.0.0.0/8',
      HUB_LOG_LEVEL: 'warn',
      HUB_EXIT_WITH_PARENT: 'true',
      ...(queue === 'redis'
        ? { REDIS_URL: this.redis.url }
        : { HUB_DB_QUEUE_URL: this.urls.queue, HUB_QUEUE_SCHEMA: QUEUE_SCHEMA }),
    };
  }
}
