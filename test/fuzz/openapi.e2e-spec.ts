import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { faultRow } from '../faults/fault-row';
import { shortOrLong } from '../support/form';
import { type Operation } from './api-document';
import { startFuzzedApi, type FuzzedApi } from './fuzzed-api';
import { Requests, type Plan } from './requests';

/** Of each operation; `HUB_FUZZ_EXAMPLES` for another number, `HUB_FUZZ_SEED` to repeat a run of the long form. */
const EXAMPLES = Number(process.env['HUB_FUZZ_EXAMPLES'] ?? shortOrLong(8, 500));
const SEED = Number(process.env['HUB_FUZZ_SEED'] ?? shortOrLong(20_261_122, randomInt(2 ** 31 - 1)));
/** Requests are made a few at a time, so that later ones know of what earlier ones have made. */
const AT_ONCE = 4;
const MOST_SHOWN = 25;
const SLOW_MS = 20_000;
/** A fuzzer that never gets past the door proves nothing: so many of the operations have to succeed now and then. */
const LEAST_SUCCEEDING = shortOrLong(0.4, 0.7);

let fuzzed: FuzzedApi;
beforeAll(async () => {
  fuzzed = await startFuzzedApi();
}, 60_000);
afterAll(() => fuzzed?.close());

faultRow(
  `fuzz run over the OpenAPI document (seed ${SEED})`,
  '0 unhandled 5xx; every answer is declared: status, content type, schema of the body',
  async (told) => {
    const { operations } = fuzzed.api;
    const requests = new Requests(fuzzed.api, fuzzed.ids);
    const faults = new Map<string, string>();
    const succeeded = new Set<string>();
    for (let round = 0; round * AT_ONCE < EXAMPLES; round++) {
      for (const [index, operation] of operations.entries()) {
        const seed = SEED + round * operations.length + index;
        for (const plan of fc.sample(requests.of(operation), { seed, numRuns: AT_ONCE })) {
          const { status, fault } = await exchange(operation, plan);
          if (status < 400) succeeded.add(operation.name);
          if (fault !== null) faults.set(`${operation.name}: ${fault}`, `${plan.request.url} ${excerpt(plan)}`);
        }
      }
    }
    told.note(
      `${operations.length} operations, ${operations.length * EXAMPLES} requests, ${succeeded.size} operations succeeded too`,
    );
    const found = [...faults].map(([fault, request]) => `${fault}\n    after ${request}`);
    expect(found.slice(0, MOST_SHOWN)).toEqual([]);
    expect(succeeded.size / operations.length).toBeGreaterThanOrEqual(LEAST_SUCCEEDING);
  },
  shortOrLong(180_000, 7_200_000),
);

async function exchange(operation: Operation, plan: Plan): Promise<{ status: number; fault: string | null }> {
  const startedAt = performance.now();
  const operators = operation.path.startsWith('/admin/');
  const answer = await fuzzed.send(operation.method, operators, plan);
  let fault = fuzzed.api.faultOf(operation, answer);
  if (fault !== null) fault += ` (${codeOf(answer.text)})`;
  else if (performance.now() - startedAt > SLOW_MS) fault = `the answer took more than ${SLOW_MS} ms`;
  if (answer.status < 300 && answer.text.startsWith('{'))
    fuzzed.ids.learn(operation.path, JSON.parse(answer.text) as unknown);
  return { status: answer.status, fault };
}

function codeOf(text: string): string {
  return /"code":"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 80);
}

function excerpt({ caller, request }: Plan): string {
  return `by ${caller} ${JSON.stringify(request.headers).slice(0, 120)} ${(request.body ?? '').slice(0, 400)}`;
}
