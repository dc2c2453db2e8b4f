import { type Result } from '@hub/platform';
import jsonata from 'jsonata';
import { type MappingError } from '../mapping-engine.types';
import { CodedFailure } from './coded-failure';
import { checkBounds } from './expression-bounds';
import { toMappingError } from './mapping-errors';
import { failure, success } from './outcome';
import { Re2Regex } from './re2-regex';
import { regexSize } from './regex-size';

/** JSONata keeps this very object and reads it at every run, so its owner may change `timeout` between runs. */
export interface Guardrails {
  readonly RegexEngine: RegExpConstructor;
  timeout: number;
  stack: number;
  sequence: number;
}

/** JSONata is handed a constructor that does the part of `RegExp` it uses. */
export const REGEX_ENGINE = Re2Regex as unknown as RegExpConstructor;

/** JSONata points behind the literal and adds the flag `g` to it. */
function literalLength({ source, flags }: RegExp): number {
  return source.length + flags.length + 1;
}

/** One pattern is bounded on its own; 600 of them in one expression would still compile for seconds. */
const MAX_REGEX_SIZE_TOGETHER = 20_000;

/** Regular expressions are compiled when reached; a mapping must not be saved with one that can never run. */
function checkRegexes(ast: unknown): void {
  const seen = new Set<object>();
  const open: unknown[] = [ast];
  let size = 0;
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null || seen.has(node)) continue;
    seen.add(node);
    const { type, value, position } = node as { type?: unknown; value?: unknown; position?: unknown };
    if (type === 'regex' && value instanceof RegExp) {
      size += regexSize(value.source);
      try {
        if (size > MAX_REGEX_SIZE_TOGETHER)
          throw new CodedFailure('HUB_REGEX', 'The regular expressions are too large together.');
        new Re2Regex(value);
      } catch (refusal) {
        throw refusal instanceof CodedFailure && typeof position === 'number'
          ? Object.assign(refusal, { position: Math.max(0, position - literalLength(value)) })
          : refusal;
      }
    } else open.push(...(Object.values(node) as unknown[]));
  }
}

/** Parses and checks without running anything. Never throws. */
export function parseExpression(
  expression: string,
  maxBytes: number,
  guardrails: Partial<Guardrails> = { RegexEngine: REGEX_ENGINE },
): Result<jsonata.Expression, MappingError> {
  const bounds = checkBounds(expression, maxBytes);
  if (!bounds.ok) return bounds;
  try {
    const parsed = jsonata(expression, guardrails);
    checkRegexes(parsed.ast());
    return success(parsed);
  } catch (thrown) {
    const error = toMappingError(expression, thrown);
    return failure({ ...error, code: 'mapping_syntax' });
  }
}
