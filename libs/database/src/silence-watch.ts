import { type Socket } from 'node:net';
import { Client, type PoolClient } from 'pg';
import { type Logger } from '@hub/platform';

/** After so long without an answer the server is asked, over another connection, whether it is still at work. */
const SILENT_MS = 4_000;
const LOOK_EVERY_MS = 1_000;
const QUESTION_TIMEOUT_MS = 4_000;
/** A server that answers no question either is given up after so long. */
const GIVE_UP_MS = 8_000;

/** A statement whose answer is awaited. */
export interface Statement {
  readonly client: PoolClient;
  /** On the monotonic clock: when it was sent, or when the server was last seen at work on it. */
  since: number;
  /** The server was asked once and was not at work on it: its answer may have been on its way then. */
  doubted: boolean;
}

/** What the driver's clients carry beside their types. */
interface Session {
  /** Of the server's process at the other end. */
  readonly processID?: number | null;
  readonly connection?: { readonly stream?: Pick<Socket, 'cork' | 'destroy' | 'uncork'> };
}

/** The way to the server. */
export function socketOf(client: PoolClient): Pick<Socket, 'cork' | 'destroy' | 'uncork'> | undefined {
  return (client as unknown as Session).connection?.stream;
}

/** Closes the socket without a farewell, which on a dead connection would wait for ever. Whatever is awaited on it fails. */
export function hangUp(client: PoolClient): void {
  socketOf(client)?.destroy();
}

/**
 * Finds connections that are dead without having been closed: a firewall that has forgotten them, a host that is gone.
 * Nothing ever arrives on such a connection, not even a time limit's error, because the server keeps those limits; TCP
 * notices after a quarter of an hour. A plain time limit on this side was ruled out: it cannot tell a dead connection
 * from a statement that takes its time. `pg_stat_activity` can.
 */
export class SilenceWatch {
  private readonly underWay = new Set<Statement>();
  private readonly timer: NodeJS.Timeout;
  private looking = false;

  /** @param onCut called when a connection was found dead: its neighbours are likely to be, too. */
  constructor(
    private readonly url: string,
    private readonly logger: Logger,
    private readonly onCut: () => void,
  ) {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  sent(client: PoolClient): Statement {
    const statement = { client, since: performance.now(), doubted: false };
    this.underWay.add(statement);
    return statement;
  }

  answered(statement: Statement): void {
    this.underWay.delete(statement);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    const now = performance.now();
    const silent = [...this.underWay].filter(({ since }) => now - since >= SILENT_MS);
    if (silent.length === 0) return;
    this.looking = true;
    const atWork = await this.atWork(silent.map(processOf));
    this.looking = false;
    // Without those that were answered meanwhile.
    for (const statement of silent) if (this.underWay.has(statement)) this.judge(statement, atWork);
  }

  private judge(statement: Statement, atWork: ReadonlySet<number> | null): void {
    const now = performance.now();
    if (atWork === null) {
      if (now - statement.since >= GIVE_UP_MS) this.cut(statement);
    } else if (atWork.has(processOf(statement))) {
      statement.since = now;
      statement.doubted = false;
    } else if (statement.doubted) this.cut(statement);
    else statement.doubted = true;
  }

  /** Which of the server's processes are at work; `null` when the server cannot be asked. */
  private async atWork(numbers: readonly number[]): Promise<ReadonlySet<number> | null> {
    const client = new Client({
      connectionString: this.url,
      application_name: 'hub-silence-watch',
      connectionTimeoutMillis: QUESTION_TIMEOUT_MS,
      query_timeout: QUESTION_TIMEOUT_MS,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ pid: number }>(
        `select pid from pg_stat_activity where pid = any($1::int[]) and state <> 'idle' and state <> 'idle in transaction'`,
        [numbers],
      );
      return new Set(rows.map(({ pid }) => pid));
    } catch {
      return null;
    } finally {
      // Not waited for: the farewell may fall silent as well.
      void client.end().catch(() => undefined);
    }
  }

  private cut(statement: Statement): void {
    this.logger.warn('a database connection has fallen silent and is closed', { count: this.underWay.size });
    hangUp(statement.client);
    this.onCut();
  }
}

function processOf({ client }: Statement): number {
  return (client as unknown as Session).processID ?? 0;
}
