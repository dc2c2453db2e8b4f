import { type Result } from '@hub/platform';
import type jsonata from 'jsonata';
import { LRUCache } from 'lru-cache';
import { parseExpression, REGEX_ENGINE, type Guardrails } from '../expression/parse-expression';
import { toMappingError } from '../expression/mapping-errors';
import { failure } from '../expression/outcome';
import { IMPLEMENTED_FUNCTIONS } from '../functions/catalogue';
import { type MappingError } from '../mapping-engine.types';
import { sequenceBound } from './bounded-sequence';
import { parseInput } from './input-json';
import { renderOutput } from './output-json';
import { LINK_SESSION, type LinkSession } from './link-session';
import { defineFunctions, type FunctionDefinition } from './safe-builtins';

export interface RunnerLimits {
  readonly maxExpressionBytes: number;
  readonly maxOutputBytes: number;
}

/** Each call of a function of the expression costs about four levels; the stack of the process holds some ten times as many. */
const MAX_STACK = 1_000;
const MAX_SEQUENCE = 100_000;
/** Most runaways end cleanly a little before the parent's deadline, which costs the child. */
const GUARD_SHARE = 0.8;

/** Runs expressions one at a time inside the child process. */
export class ExpressionRunner {
  private readonly guardrails: Guardrails = {
    RegexEngine: REGEX_ENGINE,
    timeout: 1,
    stack: MAX_STACK,
    sequence: MAX_SEQUENCE,
  };
  private readonly boundSequences = sequenceBound(MAX_SEQUENCE);
  private readonly compiled = new LRUCache<string, Result<jsonata.Expression, MappingError>>({ max: 1_000 });

  private constructor(
    private readonly limits: RunnerLimits,
    private readonly functions: ReadonlyMap<string, FunctionDefinition>,
  ) {}

  static async create(limits: RunnerLimits): Promise<ExpressionRunner> {
    const functions = await defineFunctions(IMPLEMENTED_FUNCTIONS, {
      maxTextLength: limits.maxOutputBytes,
      maxExpressionBytes: limits.maxExpressionBytes,
    });
    return new ExpressionRunner(limits, functions);
  }

  private compile(expression: string): Result<jsonata.Expression, MappingError> {
    const known = this.compiled.get(expression);
    if (known) return known;
    const parsed = parseExpression(expression, this.limits.maxExpressionBytes, this.guardrails);
    if (parsed.ok) {
      this.boundSequences(parsed.value);
      for (const [name, definition] of this.functions) parsed.value.assign(name, definition);
    }
    this.compiled.set(expression, parsed);
    return parsed;
  }

  /**
   * Never throws. `bindingsText` is parsed for every run: JSONata marks arrays it passes through, and marks must not travel.
   * The outcome is void when `links` was asked for what it does not know.
   */
  async run(
    expression: string,
    inputText: string,
    bindingsText: string | null,
    timeoutMs: number,
    links: LinkSession | null = null,
  ): Promise<Result<string, MappingError>> {
    const parsed = this.compile(expression);
    if (!parsed.ok) return parsed;
    let input: unknown;
    try {
      input = parseInput(inputText);
    } catch {
      return failure({ code: 'mapping_runtime', message: 'The input is not JSON, or is nested too deep.' });
    }
    try {
      const bindings = bindingsText === null ? {} : (JSON.parse(bindingsText) as Record<string, unknown>);
      bindings[LINK_SESSION] = links;
      this.guardrails.timeout = Math.max(1, Math.floor(timeoutMs * GUARD_SHARE));
      const value: unknown = await parsed.value.evaluate(input, bindings);
      return renderOutput(value, this.limits.maxOutputBytes);
    } catch (thrown) {
      return failure(toMappingError(expression, thrown));
    }
  }
}
