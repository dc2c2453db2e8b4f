import { type ServiceExit } from '../process/child-service';

/** Where the server programs come from: the npm package, or an installation on this machine. */
export type PostgresSource = 'embedded' | 'system';

export interface StartPostgresOptions {
  /**
   * Folder for this server alone; created when absent. The database is in `pgdata` below it. Started by root, the
   * folder is opened for passing through (not listing), since the database then belongs to an unprivileged account.
   */
  readonly dataDir: string;
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Set when the cluster is created; a later start must give the same one. */
  readonly superuserPassword: string;
  /** Server settings on top of the defaults; addresses, port and folders cannot be changed. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False switches fsync off: for tests only, a power cut then destroys the data. True when absent. */
  readonly durable?: boolean;
  /** Stop the server when this process dies, `kill -9` included. True when absent. */
  readonly exitWithParent?: boolean;
  /** The caller's PATH; the usual system folders are searched after it. */
  readonly searchPath?: string;
  /** Restricts where the programs may come from; absent: embedded, then system. */
  readonly source?: PostgresSource;
  /** Where a usable copy of the embedded programs is kept when the installed one is not; default `dataDir/runtime`. */
  readonly cacheDir?: string;
  /** Receives progress and the server's own log, line by line. */
  readonly log?: (line: string) => void;
}

export interface RunningPostgres {
  readonly port: number;
  readonly pid: number;
  /** Superuser URL on 127.0.0.1; holds the password. */
  readonly url: string;
  /** Server version, for instance `18.4`. */
  readonly version: string;
  readonly source: PostgresSource;
  /** Settles when the server has ended, wanted or not. */
  readonly exited: Promise<ServiceExit>;
  /**
   * Fast shutdown (open transactions are rolled back), immediate shutdown after 10 s. Safe to call twice.
   * @throws LocalServiceError `STOP_FAILED`
   */
  stop(): Promise<void>;
}
