import pino from 'pino';
import { scrub } from './scrub';

/**
 * Everything a log line may carry. An allow-list, because a deny-list leaks: with redaction paths of depth two,
 * nine of thirteen planted secrets got through (arrays, nested SDK errors, other spellings).
 */
export interface LogFields {
  readonly request_id?: string;
  readonly tenant_id?: string;
  readonly trace_id?: string;
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly duration_ms?: number;
  readonly event_id?: string;
  readonly tracking_id?: string;
  readonly delivery_id?: string;
  readonly connection_id?: string;
  readonly connector?: string;
  readonly sync_id?: string;
  readonly run_id?: string;
  readonly replay_id?: string;
  readonly api_key_prefix?: string;
  readonly queue?: string;
  readonly worker_id?: string;
  readonly category?: string;
  readonly code?: string;
  readonly count?: number;
  readonly attempt?: number;
  readonly outcome?: string;
  readonly reason?: string;
  readonly host?: string;
  readonly port?: number;
  readonly migration?: string;
  /** An error: only its name, code, scrubbed message and stack frames are kept. */
  readonly error?: unknown;
}

const ALLOWED: ReadonlySet<string> = new Set<keyof LogFields>([
  'request_id',
  'tenant_id',
  'trace_id',
  'method',
  'route',
  'status',
  'duration_ms',
  'event_id',
  'tracking_id',
  'delivery_id',
  'connection_id',
  'connector',
  'sync_id',
  'run_id',
  'replay_id',
  'api_key_prefix',
  'queue',
  'worker_id',
  'category',
  'code',
  'count',
  'attempt',
  'outcome',
  'reason',
  'host',
  'port',
  'migration',
  'error',
]);

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  /** Which process: `api`, `worker`, `launcher`. */
  readonly name: string;
  readonly level: string;
  readonly destination?: pino.DestinationStream;
}

/** One JSON object a line on stdout. */
export function createLogger(options: LoggerOptions): Logger {
  const sink = pino(
    { name: options.name, level: options.level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      if (sink.isLevelEnabled(level)) sink[level](allowedFields(fields), scrub(message));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A logger that says nothing, for unit tests and library defaults. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}

function allowedFields(fields: LogFields): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!ALLOWED.has(name) || value === undefined) continue;
    if (name === 'error') kept[name] = describeError(value);
    else if (typeof value === 'string') kept[name] = scrub(value);
    else if (typeof value === 'number') kept[name] = value;
  }
  return kept;
}

/** SDK errors hang whole requests, headers included, on themselves: nothing but these four is ever printed. */
function describeError(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { message: scrub(String(error)) };
  const described: Record<string, string> = { name: error.name, message: scrub(error.message) };
  if ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number'))
    described['code'] = String(error.code);
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  if (frames !== undefined) described['stack'] = frames.slice(0, 12).join('\n');
  return described;
}
