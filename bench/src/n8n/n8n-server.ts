import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findFreePort } from '@hub/local-services';
import { startNodeProgram, type NodeProgram } from '../stage/node-program';
import { type Stage } from '../stage/stage';
import { benchWorkflow, WEBHOOK_PATH, WORKFLOW_ID } from './workflow';

export type N8nMode = 'regular' | 'queue';

export interface RunningN8n {
  readonly url: string;
  /** The main process and, in queue mode, the worker. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const TEMPLATE = 'n8n_template';
const DATABASE = 'n8n';
/** It loads hundreds of nodes, and its first start makes its tables. */
const READY_WITHIN_MS = 180_000;
const REDIS_DATABASE = '1';

/** n8n on the stage's PostgreSQL and Redis, with a database of its own that each start finds as the first import left it. */
export class N8nServer {
  private readonly encryptionKey = randomBytes(24).toString('hex');

  private constructor(
    private readonly program: string,
    private readonly stage: Stage,
    private readonly home: string,
  ) {}

  /** Makes the tables, the owner and the workflow, active. */
  static async prepare(stage: Stage, program: string, sinkUrl: string): Promise<N8nServer> {
    const home = join(stage.scratch, 'n8n');
    await mkdir(home, { recursive: true });
    const server = new N8nServer(program, stage, home);
    await stage.admin.query(`create database ${TEMPLATE}`);
    const file = join(home, 'workflow.json');
    await writeFile(file, JSON.stringify(benchWorkflow(sinkUrl)));
    await server.command(['import:workflow', `--input=${file}`]);
    await server.command(['update:workflow', `--id=${WORKFLOW_ID}`, '--active=true']);
    const first = await server.startMain('regular', TEMPLATE);
    try {
      await setUpOwner(first.url);
      await untilRegistered(first.url);
    } finally {
      await first.stop();
    }
    return server;
  }

  async start(mode: N8nMode): Promise<RunningN8n> {
    const { admin, redisUrl } = this.stage;
    await admin.query(`drop database if exists ${DATABASE} with (force)`);
    await admin.query(`create database ${DATABASE} template ${TEMPLATE}`);
    const redis = new Redis(redisUrl, { db: Number(REDIS_DATABASE) });
    await redis.flushdb();
    redis.disconnect();
    const main = await this.startMain(mode, DATABASE);
    const started: NodeProgram[] = [main];
    const stop = async (): Promise<void> => {
      for (const program of started.splice(0).reverse()) await program.stop();
    };
    try {
      if (mode === 'queue') started.push(await this.startWorker());
      await untilRegistered(main.url);
    } catch (error) {
      await stop();
      throw error;
    }
    return { url: main.url, pids: started.map(({ pid }) => pid), stop };
  }

  private async startMain(mode: N8nMode, database: string): Promise<NodeProgram & { readonly url: string }> {
    const [port, broker] = [await findFreePort(), await findFreePort()];
    const url = `http://${HOST}:${port}`;
    const program = await startNodeProgram({
      name: `n8n (${mode})`,
      script: this.program,
      args: ['start'],
      env: {
        ...this.environment(database),
        EXECUTIONS_MODE: mode,
        N8N_PORT: String(port),
        N8N_RUNNERS_BROKER_PORT: String(broker),
      },
      readyUrl: `${url}/healthz/readiness`,
      readyWithinMs: READY_WITHIN_MS,
    });
    return { ...program, url };
  }

  private async startWorker(): Promise<NodeProgram> {
    const [port, broker] = [await findFreePort(), await findFreePort()];
    return startNodeProgram({
      name: 'n8n worker',
      script: this.program,
      args: ['worker'],
      env: {
        ...this.environment(DATABASE),
        EXECUTIONS_MODE: 'queue',
        QUEUE_HEALTH_CHECK_ACTIVE: 'true',
        QUEUE_HEALTH_CHECK_PORT: String(port),
        N8N_RUNNERS_BROKER_PORT: String(broker),
      },
      readyUrl: `http://${HOST}:${port}/healthz`,
      readyWithinMs: READY_WITHIN_MS,
    });
  }

  private async command(args: readonly string[]): Promise<void> {
    const child = spawn(process.execPath, [this.program, ...args], {
      env: this.environment(TEMPLATE),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4_000)));
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`n8n ${args.join(' ')} ended with ${code}:\n${said}`);
  }

  /** It calls nobody and looks for nothing; how it keeps executions, and how many it runs at once, is left as it comes. */
  private environment(database: string): Record<string, string> {
    const postgres = new URL(this.stage.adminUrl);
    const redis = new URL(this.stage.redisUrl);
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.home,
      N8N_USER_FOLDER: this.home,
      N8N_ENCRYPTION_KEY: this.encryptionKey,
      N8N_LISTEN_ADDRESS: HOST,
      N8N_LOG_LEVEL: 'warn',
      N8N_DIAGNOSTICS_ENABLED: 'false',
      N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
      N8N_TEMPLATES_ENABLED: 'false',
      N8N_PERSONALIZATION_ENABLED: 'false',
      N8N_HIRING_BANNER_ENABLED: 'false',
      N8N_COMMUNITY_PACKAGES_ENABLED: 'false',
      N8N_SECURE_COOKIE: 'false',
      N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
      // In the process, as it was in every release before: the isolated one needs a native module that is not made for Node.js 20.
      N8N_EXPRESSION_ENGINE: 'legacy',
      DB_TYPE: 'postgresdb',
      DB_POSTGRESDB_HOST: postgres.hostname,
      DB_POSTGRESDB_PORT: postgres.port,
      DB_POSTGRESDB_USER: decodeURIComponent(postgres.username),
      DB_POSTGRESDB_PASSWORD: decodeURIComponent(postgres.password),
      DB_POSTGRESDB_DATABASE: database,
      QUEUE_BULL_REDIS_HOST: redis.hostname,
      QUEUE_BULL_REDIS_PORT: redis.port,
      QUEUE_BULL_REDIS_DB: REDIS_DATABASE,
      ...(redis.password === '' ? {} : { QUEUE_BULL_REDIS_PASSWORD: decodeURIComponent(redis.password) }),
    };
  }
}

/** Ready means that the database is; the routes come somewhat later. */
async function setUpOwner(url: string): Promise<void> {
  const owner = {
    email: 'bench@hub.example',
    firstName: 'Bench',
    lastName: 'Bench',
    password: `Aa1${randomBytes(12).toString('hex')}`,
  };
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const response = await fetch(`${url}/rest/owner/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(owner),
    });
    const text = await response.text();
    if (response.headers.get('content-type')?.includes('json') === true && response.ok) return;
    if (Date.now() > deadline) throw new Error(`n8n's owner was not set up: ${response.status} ${text}`);
    await delay(250);
  }
}

/** Ready is not yet active: workflows are switched on after the server listens. A GET has no webhook, but tells of the POST. */
async function untilRegistered(url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const response = await fetch(`${url}/webhook/${WEBHOOK_PATH}`);
    const text = await response.text();
    if (text.includes('Did you mean to make a POST request')) return;
    if (Date.now() > deadline) throw new Error(`n8n did not activate the workflow: ${response.status} ${text}`);
    await delay(250);
  }
}
