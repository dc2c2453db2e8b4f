import { type LinkQuestion, type MappingError, type MappingErrorCode } from '../mapping-engine.types';

const MAX_MESSAGE = 500;

interface Thrown {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly position?: unknown;
  readonly token?: unknown;
  readonly error?: unknown;
  readonly link?: LinkQuestion;
}

function asThrown(value: unknown): Thrown {
  return typeof value === 'object' && value !== null ? value : {};
}

export function positionAt(expression: string, offset: number): NonNullable<MappingError['position']> {
  const clamped = Math.min(Math.max(0, Math.trunc(offset)), expression.length);
  const before = expression.slice(0, clamped);
  return { offset: clamped, line: before.split('\n').length, column: clamped - before.lastIndexOf('\n') };
}

/** JSONata points behind the token (and behind the bracket of a call); editors underline from its start. */
function tokenStart(expression: string, end: number, token: string | undefined): number {
  if (token === undefined || token === '') return end;
  const start = expression.lastIndexOf(token, end - token.length);
  if (start < 0 || !/^["'`]?\s*\(?$/.test(expression.slice(start + token.length, end))) return end;
  return /["'`$]/.test(expression.charAt(start - 1)) ? start - 1 : start;
}

function located(expression: string, thrown: Thrown): Pick<MappingError, 'position' | 'token'> {
  const given = typeof thrown.token === 'number' ? String(thrown.token) : thrown.token;
  const token = typeof given === 'string' && given !== '(end)' ? given.slice(0, 100) : undefined;
  const position =
    typeof thrown.position === 'number'
      ? positionAt(expression, tokenStart(expression, thrown.position, token))
      : undefined;
  return { ...(position ? { position } : {}), ...(token === undefined ? {} : { token }) };
}

function codeOf(code: string): MappingErrorCode {
  if (code === 'D1012') return 'mapping_timeout';
  if (code === 'HUB_MEMORY') return 'mapping_memory';
  if (code === 'HUB_LINK') return 'mapping_link_missing';
  if (code === 'HUB_SKIP') return 'mapping_skipped';
  return code === 'HUB_REGEX' || /^S0/.test(code) ? 'mapping_syntax' : 'mapping_runtime';
}

/** What `$eval` passes on as it is, instead of as a failure of its own. */
const THROUGH_EVAL: ReadonlySet<unknown> = new Set(['D1012', 'HUB_MEMORY', 'HUB_LINK', 'HUB_SKIP', 'D3121']);

/** Messages of JSONata that speak of its options or of nothing in particular. */
const CLEARER: { readonly [code: string]: string } = {
  D1011: 'The recursion went too deep. Check that it ends; a call in tail position does not count.',
  D1012: 'The expression was cut after its time limit. Check for an endless loop.',
  D2015: 'A list went beyond 100,000 elements.',
  T1006: 'This is not a function.',
};

function messageOf(code: string, thrown: Thrown): string {
  if (code === 'T1006' && typeof thrown.token === 'string')
    return `There is no function $${thrown.token.slice(0, 100)}.`;
  return CLEARER[code] ?? (typeof thrown.message === 'string' ? thrown.message : 'The expression failed.');
}

/**
 * Whatever a parse or a run threw, as an error to show. Limits hit inside `$eval` are limits, not failures of `$eval`.
 * Faults of the interpreter itself (a TypeError deep inside) get a plain message: theirs would show internals.
 */
export function toMappingError(expression: string, value: unknown): MappingError {
  if (value instanceof RangeError)
    return {
      code: 'mapping_runtime',
      message: 'The expression went beyond a bound: nesting, recursion, or the length of a text or list.',
    };
  const thrown = asThrown(value);
  if (value instanceof SyntaxError)
    return {
      code: 'mapping_syntax',
      message: `Not a valid regular expression: ${value.message}`.slice(0, MAX_MESSAGE),
    };
  const inner = asThrown(thrown.error);
  if (thrown.code === 'D3121' && THROUGH_EVAL.has(inner.code)) {
    return { ...toMappingError(expression, inner), ...located(expression, thrown) };
  }
  if (typeof thrown.code !== 'string')
    return { code: 'mapping_runtime', message: 'The expression failed on this input.' };
  return {
    code: codeOf(thrown.code),
    message: messageOf(thrown.code, thrown).slice(0, MAX_MESSAGE),
    ...located(expression, thrown),
    ...(thrown.link === undefined ? {} : { link: thrown.link }),
  };
}
