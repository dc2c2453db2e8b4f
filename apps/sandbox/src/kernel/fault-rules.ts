import { z } from 'zod';
import { seededRandom } from './deterministic';
import { EarlierAnswers } from './earlier-answers';

const MATCH = z.strictObject({
  method: z.string().toUpperCase().optional(),
  /** Regular expression, searched in path and query. */
  path: z.string().optional(),
  /** Plain substring of the raw body. */
  body: z.string().optional(),
  /** Only the n-th matching request, counted from 1. */
  nth: z.number().int().min(1).optional(),
});

const headers = z.record(z.string(), z.string()).optional();
/** With `after_commit` the vendor does the work first and only then misbehaves. */
const after_commit = z.boolean().default(false);

const ACTION = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('status'),
    status: z.number().int().min(200).max(599),
    body: z.string().default(''),
    headers,
    after_commit,
  }),
  z.strictObject({ type: z.literal('latency'), ms: z.number().int().min(0).max(600_000) }),
  z.strictObject({ type: z.literal('hang'), after_commit }),
  z.strictObject({ type: z.literal('reset'), after_commit }),
  z.strictObject({ type: z.literal('drop_after_commit') }),
  /** The line is cut at once, and the work goes on: it is done this much later. */
  z.strictObject({ type: z.literal('late_commit'), ms: z.number().int().min(0).max(600_000) }),
  z.strictObject({ type: z.literal('truncate'), bytes: z.number().int().min(0).optional() }),
  z.strictObject({ type: z.literal('html'), status: z.number().int().min(200).max(599).default(503), after_commit }),
  z.strictObject({ type: z.literal('empty'), status: z.number().int().min(200).max(599).optional() }),
  z.strictObject({ type: z.literal('slow_drip'), ms_per_byte: z.number().min(0.1).max(10_000).default(50) }),
  z.strictObject({ type: z.literal('wrong_content_type'), content_type: z.string().default('text/html') }),
  z.strictObject({
    type: z.literal('retry_after'),
    status: z.number().int().min(400).max(599).default(503),
    seconds: z.number().int().min(0),
    body: z.string().default(''),
  }),
  z.strictObject({ type: z.literal('duplicate_response') }),
  /** Until the rule goes, a question is answered as it was when the rule met it first. What it does, is done. */
  z.strictObject({ type: z.literal('stale_read') }),
]);

export const FAULT_RULE = z.strictObject({
  match: MATCH.default({}),
  times: z.number().int().min(1).optional(),
  /** Let this many matching requests pass first. */
  after: z.number().int().min(0).default(0),
  probability: z.number().min(0).max(1).default(1),
  action: ACTION,
});

export type FaultRuleInput = z.infer<typeof FAULT_RULE>;
export type FaultAction = FaultRuleInput['action'];
export type DisruptiveAction = Exclude<FaultAction, { type: 'latency' }>;

interface ActiveRule {
  readonly id: string;
  readonly input: FaultRuleInput;
  readonly path: RegExp | undefined;
  matched: number;
  fired: number;
}

export interface FaultDecision {
  readonly latencyMs: number;
  readonly action: DisruptiveAction | undefined;
}

const NO_FAULT: FaultDecision = { latencyMs: 0, action: undefined };

/**
 * Decides what goes wrong with a request. Latencies add up; of the disruptive actions the first rule that
 * matches wins, and later ones keep their budget.
 */
export class FaultRules {
  readonly earlier = new EarlierAnswers();
  private rules: ActiveRule[] = [];
  private nextId = 1;
  private random: () => number;

  constructor(private readonly seed: number) {
    this.random = seededRandom(seed);
  }

  /** @throws SyntaxError when `match.path` is no regular expression */
  add(input: FaultRuleInput): string {
    const path = input.match.path === undefined ? undefined : new RegExp(input.match.path);
    const id = `fault_${this.nextId++}`;
    this.rules.push({ id, input, path, matched: 0, fired: 0 });
    return id;
  }

  remove(id: string): boolean {
    const before = this.rules.length;
    this.rules = this.rules.filter((rule) => rule.id !== id);
    return this.rules.length < before;
  }

  clear(): void {
    this.rules = [];
    this.random = seededRandom(this.seed);
  }

  list(): { id: string; matched: number; fired: number; rule: FaultRuleInput }[] {
    return this.rules.map(({ id, matched, fired, input }) => ({ id, matched, fired, rule: input }));
  }

  decide(method: string, pathAndQuery: string, body: Buffer): FaultDecision {
    if (this.rules.length === 0) return NO_FAULT;
    let latencyMs = 0;
    let action: DisruptiveAction | undefined;
    for (const rule of this.rules) {
      if (!matches(rule, method, pathAndQuery, body)) continue;
      const wanted = rule.input.action;
      if (wanted.type !== 'latency' && action) continue;
      rule.matched++;
      if (!this.hasBudget(rule)) continue;
      rule.fired++;
      if (wanted.type === 'latency') latencyMs += wanted.ms;
      else action = wanted;
    }
    return { latencyMs, action };
  }

  private hasBudget({ input, matched, fired }: ActiveRule): boolean {
    if (matched <= input.after) return false;
    if (input.match.nth !== undefined && matched !== input.match.nth) return false;
    if (input.times !== undefined && fired >= input.times) return false;
    return input.probability >= 1 || this.random() < input.probability;
  }
}

function matches(rule: ActiveRule, method: string, pathAndQuery: string, body: Buffer): boolean {
  const { match } = rule.input;
  if (match.method !== undefined && match.method !== method) return false;
  if (rule.path && !rule.path.test(pathAndQuery)) return false;
  return match.body === undefined || body.includes(match.body);
}
