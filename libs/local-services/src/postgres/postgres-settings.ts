import { LocalServiceError } from '../errors/local-service.error';
import { LOOPBACK } from '../net/ports';

/** What makes the server private to this machine and this folder; a caller may not take it away. */
const PROTECTED = new Set([
  'listen_addresses',
  'port',
  'unix_socket_directories',
  'data_directory',
  'config_file',
  'hba_file',
  'ident_file',
  'external_pid_file',
]);

const DEFAULTS: Readonly<Record<string, string>> = {
  max_connections: '200',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '',
  log_min_messages: 'warning',
  // A failing statement and its DETAIL line quote passwords and customers' data; neither belongs in a log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  jit: 'off',
};

const NOT_DURABLE: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/**
 * Server arguments. No unix socket at all: its path may have 107 bytes at most, which a data folder easily exceeds,
 * and everything here connects through 127.0.0.1.
 * @throws LocalServiceError `INVALID_OPTION`
 */
export function postgresArguments(
  folder: string,
  port: number,
  durable: boolean,
  settings: Readonly<Record<string, string>> = {},
): string[] {
  for (const name of Object.keys(settings)) {
    if (!/^[a-z_][a-z0-9_.]*$/.test(name) || PROTECTED.has(name)) {
      throw new LocalServiceError(
        'INVALID_OPTION',
        `the Postgres setting "${name}" cannot be changed here`,
        `Remove it: the local server listens on ${LOOPBACK} only and keeps its files in its data folder.`,
      );
    }
  }
  const all = {
    ...DEFAULTS,
    ...(durable ? {} : NOT_DURABLE),
    ...settings,
    listen_addresses: LOOPBACK,
    port: String(port),
    unix_socket_directories: '',
  };
  return ['-D', folder, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
