import { type Result } from '@hub/platform';
import { type MappingError } from '../mapping-engine.types';
import { positionAt } from './mapping-errors';
import { failure, success } from './outcome';

/** The parser recurses once per bracket; 8,000 of them overflow the stack. */
const MAX_NESTING = 200;
/** The parser takes time with the square of a path's length: 4,000 steps block for 140 ms, 1,500 for some 20 ms. */
const MAX_DOTS = 1_500;
/** Every `%` may be a parent step, and each walks back over the path before it. */
const MAX_PERCENTS = 300;

/** Texts and comments, then brackets. A quote inside a regular expression can mislead it; then the stack's own end is the bound. */
const TOKENS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\/\*[\s\S]*?\*\/|[([{]|[)\]}]/g;

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found++;
  return found;
}

function refuse(excess: string, position?: MappingError['position']): Result<null, MappingError> {
  return failure({
    code: 'mapping_syntax',
    message: `The expression is ${excess}.`,
    ...(position ? { position } : {}),
  });
}

/**
 * Bounds the work of the parser before it starts, in time linear in the text: `check` parses in the caller's process.
 * Dots and percent signs count wherever they stand, so that no trick with quotes hides them.
 */
export function checkBounds(expression: string, maxBytes: number): Result<null, MappingError> {
  if (expression.length > maxBytes || Buffer.byteLength(expression) > maxBytes)
    return failure({
      code: 'mapping_expression_too_large',
      message: `The expression is larger than ${maxBytes} bytes.`,
    });
  if (count(expression, '.') > MAX_DOTS || count(expression, '%') > MAX_PERCENTS) return refuse('too long a path');
  let depth = 0;
  for (const match of expression.matchAll(TOKENS)) {
    const token = match[0];
    if (token === '(' || token === '[' || token === '{') depth++;
    else if (token === ')' || token === ']' || token === '}') depth--;
    if (depth > MAX_NESTING) return refuse('nested too deep', positionAt(expression, match.index));
  }
  return success(null);
}
