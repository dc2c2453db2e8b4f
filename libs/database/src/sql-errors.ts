import { DatabaseError } from 'pg';

/** What a failed statement means to the caller. Decided by SQLSTATE, never by message text. */
export type DatabaseFailure = 'unavailable' | 'conflict' | 'data' | 'other';

/** The server could not be reached, dropped the connection, or the pool had none to give. */
export class DatabaseUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the database is not reachable', { cause });
    this.name = 'DatabaseUnavailableError';
  }
}

/** pg reports what the server said as `DatabaseError`; anything else it throws is about the connection. */
export function fromDriver(error: unknown): Error {
  return error instanceof DatabaseError ? error : new DatabaseUnavailableError(error);
}

/**
 * Class 08: connection; 53: insufficient resources (disk full, too many connections); 57: the server is stopping or
 * cut the statement; 58: system error; 40: serialisation or deadlock; 25006: read-only after a failover;
 * 28 and 3D: the server does not let us in, because a password has just been changed or the database is being restored;
 * 22 and 23: this row is at fault; 42501: row-level security refused it.
 */
export function classifyDatabaseError(error: unknown): DatabaseFailure {
  if (error instanceof DatabaseUnavailableError) return 'unavailable';
  if (!(error instanceof DatabaseError) || error.code === undefined) return 'other';
  if (/^(08|28|3D|40|53|57|58)/.test(error.code) || error.code === '25006') return 'unavailable';
  if (error.code === '23505') return 'conflict';
  return /^(22|23|42501)/.test(error.code) ? 'data' : 'other';
}

/** SQLSTATE 57014: the statement was cut by its time limit. */
export function isStatementTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '57014';
}

/** SQLSTATE 22021 and 22P05: NUL, or half a surrogate pair, which no text of PostgreSQL can hold. */
export function isUnstorableText(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '22021' || error.code === '22P05');
}

/** The violated constraint's name, where there is one. */
export function violatedConstraint(error: unknown): string | null {
  return error instanceof DatabaseError ? (error.constraint ?? null) : null;
}
