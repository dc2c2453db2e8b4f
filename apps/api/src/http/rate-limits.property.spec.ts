import fc from 'fast-check';
import { type FastifyReply } from 'fastify';
import { type Problem } from '@hub/platform';
import { type KeyIdentity, type LimitDecision } from '@hub/tenancy';
import { type UsageMeter } from '../modules/usage/usage-meter';
import { HubProblem } from './hub-problem';
import { RateLimits } from './rate-limits';

interface Item {
  readonly value: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** RFC 8941, strictly, for what the draft allows: a list of quoted strings with whole numbers as parameters. */
function parseList(text: string): Item[] {
  let rest = text;
  const take = (pattern: RegExp): RegExpExecArray => {
    const match = pattern.exec(rest);
    if (match === null) throw new Error(`not a structured field: ${text}`);
    rest = rest.slice(match[0].length);
    return match;
  };
  const items: Item[] = [];
  for (;;) {
    const [, value = ''] = take(/^"([\x20-\x21\x23-\x5b\x5d-\x7e]*)"/);
    const parameters: Record<string, number> = {};
    while (rest.startsWith(';')) {
      const [, name = '', number = ''] = take(/^; *([a-z*][a-z0-9_\-.*]*)=(-?\d{1,15})/);
      parameters[name] = Number(number);
    }
    items.push({ value, parameters });
    if (rest === '') return items;
    take(/^[ \t]*,[ \t]*/);
  }
}

const decision: fc.Arbitrary<LimitDecision> = fc.record({
  allowed: fc.boolean(),
  remaining: fc.nat(20_000_000),
  waitMs: fc.integer({ min: 1, max: 61_000 }),
  binding: fc.constantFrom('burst' as const, 'sustained' as const),
});

/** What an answer of a limited route carries after this decision. */
async function headersOf(decided: LimitDecision, limit: number, events: number | null): Promise<Map<string, string>> {
  const headers = new Map<string, string>();
  const reply = { header: (name: string, value: string) => headers.set(name, value) } as unknown as FastifyReply;
  const identity = { tenantId: 'tenant', rateLimitPerMinute: limit } as unknown as KeyIdentity;
  const meter = { rateLimited: () => undefined } as unknown as UsageMeter;
  const limits = new RateLimits({ take: () => Promise.resolve(decided) }, meter);
  const taken = events === null ? limits.takeRead(identity, reply) : limits.takeEvents(identity, events, reply);
  const refused = await taken.then(
    () => null,
    (error: unknown) => error,
  );
  const isTooLarge = events !== null && events > 2 * limit;
  if (!decided.allowed) expect(problemOf(refused)?.code).toBe('rate_limited');
  else if (isTooLarge) expect(problemOf(refused)).toMatchObject({ code: 'batch_exceeds_limit' });
  else expect(refused).toBeNull();
  return headers;
}

function problemOf(thrown: unknown): Problem | null {
  return thrown instanceof HubProblem ? thrown.problem : null;
}

describe('RateLimit and RateLimit-Policy', () => {
  it('are structured fields, and speak of policies that are stated, whatever was decided', async () => {
    const limit = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 10_000_000 }));
    const events = fc.option(fc.integer({ min: 1, max: 1_000 }));
    await fc.assert(
      fc.asyncProperty(decision, limit, events, async (decided, perMinute, count) => {
        const headers = await headersOf(decided, perMinute, count);
        const policies = parseList(headers.get('ratelimit-policy') ?? '');
        const [state, ...others] = parseList(headers.get('ratelimit') ?? '');
        expect(others).toEqual([]);
        expect(policies.map(({ value }) => value)).toContain(state?.value);
        for (const { parameters } of policies) {
          expect(parameters['q']).toBeGreaterThanOrEqual(1);
          expect(parameters['w']).toBe(60);
        }
        expect(state?.parameters['r']).toBe(decided.remaining);
        const stated = policies.find(({ value }) => value === state?.value)?.parameters['q'] ?? 0;
        if (state?.value === 'sustained') expect(decided.remaining).toBeLessThanOrEqual(stated);
        // Never sooner than the wait that was decided, and no second later.
        expect(state?.parameters['t']).toBe(Math.ceil(decided.waitMs / 1_000));
      }),
      { numRuns: 300 },
    );
  });
});
