import {
  Pool,
  types,
  type PoolClient,
  type PoolConfig,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import { type Logger, silentLogger } from '@hub/platform';
import { hangUp, SilenceWatch, socketOf } from './silence-watch';
import { DatabaseUnavailableError, fromDriver } from './sql-errors';

/**
 * A process that freezes inside a transaction keeps its locks: on event ids, which others then wait for, or on rows of a
 * connection. The server ends the transaction before they are missed; a healthy process is idle inside one for
 * milliseconds. `TenantDb` grants more to whoever states a reason.
 */
const FROZEN_AFTER_MS = 8_000;

const INT8_OID = 20;
/** Counts and sequence numbers of ours stay far below 2^53, so they may be numbers. */
const typeParsers: PoolConfig['types'] = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): unknown =>
    oid === INT8_OID ? Number : (types.getTypeParser as (oid: number, format?: string) => unknown)(oid, format),
};

/** A statement inside a transaction. `name` makes it a prepared statement: planned once for each connection. */
export interface Tx {
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[], name?: string): Promise<Row[]>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly applicationName: string;
  /** Cut a statement after this many milliseconds; 0 for never. Default 30,000. */
  readonly statementTimeoutMs?: number;
  /**
   * For pools that run the same few prepared statements on partitioned tables: planned once, by index, whatever the
   * statistics say. Planning a claim anew costs more than running it, and a plan made while a table was empty would scan it.
   */
  readonly fixedPlans?: boolean;
  readonly logger?: Logger;
}

/** A prepared statement: planned once for each connection. */
export interface NamedStatement {
  readonly name: string;
  readonly sql: string;
  readonly values: readonly unknown[];
}

const FIXED_PLANS = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'max_parallel_workers_per_gather=0',
];

/** One pool of one role. Transactions are the only way to a connection, so that no setting outlives its transaction. */
export class Database {
  private readonly pool: Pool;
  private readonly watch: SilenceWatch;
  private readonly clients = new Set<PoolClient>();
  /** Opened before a connection was found dead: not to be used again. */
  private readonly suspects = new WeakSet<PoolClient>();

  constructor(options: DatabaseOptions) {
    const logger = options.logger ?? silentLogger;
    this.pool = new Pool({
      connectionString: options.url,
      max: options.poolSize,
      options: ['jit=off', ...(options.fixedPlans === true ? FIXED_PLANS : [])]
        .map((setting) => `-c ${setting}`)
        .join(' '),
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      idle_in_transaction_session_timeout: FROZEN_AFTER_MS,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      types: typeParsers,
      // A statement is sent when it is given, not once the one before was answered; the server keeps their order.
      pipeline: true,
    });
    // Without a listener, a connection that the server closes takes the whole process down. The pool listens while one is
    // idle. Ours stays, and is there before the pool takes its own away: a server that stops may say so in the very packet
    // with which it lets a connection in.
    this.pool.on('error', (error) => logger.warn('idle database connection lost', { error }));
    this.pool.on('connect', (client) => {
      client.on('error', ignoreLoss);
      this.clients.add(client);
    });
    this.pool.on('remove', (client) => void this.clients.delete(client));
    this.watch = new SilenceWatch(options.url, logger, () => {
      for (const client of this.clients) this.suspects.add(client);
    });
  }

  /**
   * Runs `work` in a transaction. `preamble` is sent with `BEGIN` and the first statements of `work`, in one round trip and one
   * packet; it must be constant or made of checked values, because the simple protocol takes no parameters. Were it refused,
   * the statements behind it would be, too. Statements that do not wait for each other share a round trip as well: the first
   * that is refused is the one to tell of, since those behind it are refused with it.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, preamble = ''): Promise<T> {
    const client = await this.connect();
    let failure: Error | undefined;
    try {
      const result = await this.beginAndRun(client, preamble, work);
      await this.send(client, 'commit');
      return result;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      // A connection that cannot even roll back must not go back to the pool: its settings are unknown.
      const clean = await this.send(client, 'rollback').then(
        () => true,
        () => false,
      );
      if (clean) failure = undefined;
      throw error;
    } finally {
      client.release(failure);
    }
  }

  /**
   * A transaction of one statement, in one round trip: its begin, the statement and the commit are sent together. Resolves
   * once the commit is confirmed. A statement that fails leaves the server nothing to commit, and the commit that is already
   * on its way rolls back.
   *
   * @param preamble as of {@link transaction}
   */
  async exchange<Row extends QueryResultRow>(preamble: string, statement: NamedStatement): Promise<Row[]> {
    const client = await this.connect();
    const sent = this.watch.sent(client);
    let failure: Error | undefined;
    try {
      const [begun, done, ended] = await Promise.allSettled(inOnePacket(client, preamble, statement));
      for (const step of [begun, done, ended]) if (step.status === 'rejected') throw fromDriver(step.reason);
      if (ended.status === 'fulfilled' && ended.value.command !== 'COMMIT') throw new Error('nothing was committed');
      return done.status === 'fulfilled' ? (done.value.rows as Row[]) : [];
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) failure = error;
      throw error;
    } finally {
      this.watch.answered(sent);
      client.release(failure);
    }
  }

  /** One statement outside a transaction. */
  async query<Row extends QueryResultRow>(sql: string, values: readonly unknown[] = [], name?: string): Promise<Row[]> {
    const client = await this.connect();
    let failure: Error | undefined;
    try {
      return await this.send<Row>(client, { text: sql, values: values as unknown[], name });
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) failure = error;
      throw error;
    } finally {
      client.release(failure);
    }
  }

  async close(): Promise<void> {
    this.watch.close();
    await this.pool.end();
  }

  private async connect(): Promise<PoolClient> {
    try {
      for (;;) {
        const client = await this.pool.connect();
        if (!this.suspects.has(client)) return client;
        hangUp(client);
        client.release(true);
      }
    } catch (error) {
      throw fromDriver(error);
    }
  }

  private async beginAndRun<T>(client: PoolClient, preamble: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    // Nobody rolls back before the work has ended; and of two failures the first one is told, which the other follows from.
    const [begin, done] = await Promise.allSettled([
      this.send(client, `begin;${preamble}`),
      (async () => work(this.transactionOf(client)))(),
    ]);
    if (begin.status === 'rejected') throw begin.reason;
    if (done.status === 'rejected') throw done.reason;
    return done.value;
  }

  private transactionOf(client: PoolClient): Tx {
    return {
      query: <Row extends QueryResultRow>(sql: string, values: readonly unknown[] = [], name?: string) =>
        this.send<Row>(client, { text: sql, values: values as unknown[], name }),
    };
  }

  private async send<Row extends QueryResultRow>(
    client: PoolClient,
    statement: string | QueryConfig<unknown[]>,
  ): Promise<Row[]> {
    const sent = this.watch.sent(client);
    packTurn(client);
    try {
      return (await client.query<Row>(statement)).rows;
    } catch (error) {
      throw fromDriver(error);
    } finally {
      this.watch.answered(sent);
    }
  }
}

type Steps = readonly [Promise<QueryResult>, Promise<QueryResult>, Promise<QueryResult>];

function inOnePacket(client: PoolClient, preamble: string, { name, sql, values }: NamedStatement): Steps {
  packTurn(client);
  return [
    client.query(`begin;${preamble}`),
    client.query({ text: sql, values: values as unknown[], name }),
    client.query('commit'),
  ];
}

/** Whose statements of this turn of the event loop are being gathered. */
const gathering = new WeakSet<PoolClient>();

/** What a turn of the event loop sends on a connection leaves as one packet: each costs a wake-up at either end. */
function packTurn(client: PoolClient): void {
  const socket = socketOf(client);
  if (socket === undefined || gathering.has(client)) return;
  gathering.add(client);
  socket.cork();
  process.nextTick(() => {
    gathering.delete(client);
    socket.uncork();
  });
}

/** The next statement on it fails, and says so. */
function ignoreLoss(): void {}
