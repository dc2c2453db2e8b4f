import { type MappingEngine, type MappingError } from '@hub/mapping-engine';
import { err, ok, pointerToken, problem, type InputFault, type Problem, type Result } from '@hub/platform';
import { type LookupTables } from './mapping.types';

/** Bounds of a mapping's lookup tables, all tables together. */
const TABLE_LIMITS = { tables: 50, entries: 5_000, bytes: 256 * 1024 } as const;

const TABLE_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/**
 * What must hold before a version is saved: the expression parses, and the tables are flat and within their bounds.
 * @param tables as the caller sent them, unchecked.
 */
export function checkMappingContent(
  engine: MappingEngine,
  expression: string,
  tables: unknown,
): Result<LookupTables, Problem> {
  const checked = checkExpression(engine, expression, '/expression');
  if (!checked.ok) return checked;
  return checkTables(tables);
}

/**
 * Parses without running.
 * @returns a 422 whose code is the engine's, with a fault at `pointer` and the place as `offset`, `line` and `column`.
 */
export function checkExpression(engine: MappingEngine, expression: string, pointer: string): Result<null, Problem> {
  if (UNSTORABLE.test(expression)) {
    const fault = { pointer, code: 'invalid_text', message: 'Must not contain NUL or broken Unicode' };
    return err(problem('unprocessable', 'mapping_syntax', 'The expression is not text.', { faults: [fault] }));
  }
  const checked = engine.check(expression);
  return checked.ok ? checked : err(problemOfMapping(checked.error, pointer));
}

/** A mapping error for the one who wrote the expression. An engine that is stopping or full is the hub's fault: 503. */
export function problemOfMapping(error: MappingError, pointer: string): Problem {
  if (error.code === 'mapping_unavailable') {
    return problem('unavailable', error.code, error.message, { retryAfterSeconds: 1 });
  }
  const { position, token } = error;
  return problem('unprocessable', error.code, error.message, {
    faults: [{ pointer, code: error.code, message: error.message }],
    extra: {
      ...(position === undefined ? {} : { offset: position.offset, line: position.line, column: position.column }),
      ...(token === undefined ? {} : { token }),
    },
  });
}

/** @returns a 422 `invalid_tables` with a fault for each thing wrong, at most 50 of them. */
export function checkTables(tables: unknown): Result<LookupTables, Problem> {
  if (!isObject(tables)) return err(invalid([fault('/tables', 'invalid_type', 'Must be an object of tables')]));
  const bytes = Buffer.byteLength(JSON.stringify(tables));
  if (bytes > TABLE_LIMITS.bytes) {
    return err(invalid([fault('/tables', 'too_large', `Must be at most ${TABLE_LIMITS.bytes} bytes of JSON in all`)]));
  }
  const names = Object.keys(tables);
  const faults: InputFault[] = [];
  if (names.length > TABLE_LIMITS.tables) {
    faults.push(fault('/tables', 'too_many', `Must be at most ${TABLE_LIMITS.tables} tables`));
  }
  let entries = 0;
  for (const name of names) {
    const table = tables[name];
    faults.push(...tableFaults(name, table));
    entries += isObject(table) ? Object.keys(table).length : 0;
  }
  if (entries > TABLE_LIMITS.entries) {
    faults.push(fault('/tables', 'too_many', `Must have at most ${TABLE_LIMITS.entries} entries in all`));
  }
  return faults.length === 0 ? ok(tables as LookupTables) : err(invalid(faults.slice(0, 50)));
}

function tableFaults(name: string, table: unknown): InputFault[] {
  const pointer = `/tables/${pointerToken(name)}`;
  if (!TABLE_NAME.test(name)) {
    const rule = 'A table name starts with a letter and has at most 64 letters, digits, "_" or "-"';
    return [fault('/tables', 'invalid_name', rule)];
  }
  if (!isObject(table)) return [fault(pointer, 'invalid_type', 'Must be an object of keys and values')];
  const faults: InputFault[] = [];
  for (const [key, value] of Object.entries(table)) {
    if (UNSTORABLE.test(key) || (typeof value === 'string' && UNSTORABLE.test(value))) {
      faults.push(fault(pointer, 'invalid_text', 'Must not contain NUL or broken Unicode'));
    } else if (typeof value === 'object' && value !== null) {
      faults.push(
        fault(`${pointer}/${pointerToken(key)}`, 'invalid_type', 'Must be text, a number, true, false or null'),
      );
    }
  }
  return faults;
}

function invalid(faults: readonly InputFault[]): Problem {
  return problem('unprocessable', 'invalid_tables', 'The lookup tables cannot be used.', { faults });
}

function fault(pointer: string, code: string, message: string): InputFault {
  return { pointer, code, message };
}

function isObject(value: unknown): value is { readonly [member: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
