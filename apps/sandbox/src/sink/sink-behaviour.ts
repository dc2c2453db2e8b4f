import { z } from 'zod';

const budget = {
  /** How many requests it applies to; without it, all that follow. */
  times: z.number().int().min(1).optional(),
  /** Let this many requests pass first. */
  after: z.number().int().min(0).default(0),
  /** Waits this long before anything is answered. */
  latency_ms: z.number().int().min(0).max(600_000).default(0),
};
const status = z.number().int().min(200).max(599);
const headers = z.record(z.string(), z.string()).default({});

const RULE = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('respond'),
    status: status.default(200),
    body: z.string().default('{"received":true}'),
    headers,
    ...budget,
  }),
  z.strictObject({ kind: z.literal('hang'), ...budget }),
  z.strictObject({ kind: z.literal('reset'), ...budget }),
  z.strictObject({ kind: z.literal('drop_after_commit'), ...budget }),
  z.strictObject({
    kind: z.literal('slow_drip'),
    ms_per_byte: z.number().min(0.1).max(10_000).default(100),
    ...budget,
  }),
  z.strictObject({
    kind: z.literal('huge_body'),
    bytes: z.number().int().min(1).max(1_073_741_824).default(52_428_800),
    ...budget,
  }),
  z.strictObject({ kind: z.literal('redirect'), location: z.string(), status: status.default(302), ...budget }),
  z.strictObject({ kind: z.literal('garbage'), ...budget }),
  z.strictObject({ kind: z.literal('wrong_content_type'), content_type: z.string().default('text/html'), ...budget }),
]);

/** Rules are spent in order: a list of rules with `times` is a sequence, and after it the default answer returns. */
export const SINK_BEHAVIOUR = z.strictObject({ rules: z.array(RULE) });
export type SinkRule = z.infer<typeof RULE>;

interface ActiveRule {
  readonly rule: SinkRule;
  seen: number;
  fired: number;
}

export class SinkBehaviour {
  private readonly active: ActiveRule[];

  constructor(rules: readonly SinkRule[]) {
    this.active = rules.map((rule) => ({ rule, seen: 0, fired: 0 }));
  }

  next(): SinkRule | undefined {
    for (const entry of this.active) {
      const { rule } = entry;
      if (rule.times !== undefined && entry.fired >= rule.times) continue;
      entry.seen++;
      if (entry.seen <= rule.after) continue;
      entry.fired++;
      return rule;
    }
    return undefined;
  }

  describe(): { rule: SinkRule; fired: number }[] {
    return this.active.map(({ rule, fired }) => ({ rule, fired }));
  }
}

/** Whether a request that meets this rule counts as taken in by the receiving system. */
export function isAccepted(rule: SinkRule | undefined): boolean {
  if (!rule) return true;
  if (rule.kind === 'respond') return rule.status < 300;
  return (
    rule.kind === 'drop_after_commit' ||
    rule.kind === 'slow_drip' ||
    rule.kind === 'huge_body' ||
    rule.kind === 'wrong_content_type'
  );
}
