import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@hub/testing';
import { createMappingEngine } from './mapping-engine';
import {
  type MappingEngine,
  type MappingEngineEvent,
  type MappingEngineOptions,
  type MappingRequest,
} from './mapping-engine.types';
import { type MappingOutcome } from './pool/pool.types';

/** Compares each of 100,000 numbers with all before it: no guardrail of JSONata looks in, so only the parent ends it. */
const HANG = '$distinct([1..100000])';
/** 268 million characters as a tree of references, then each as a list element. */
const HEAP_BOMB = '$length($split($reduce([1..24], function($a, $i) { $a & $a }, "xxxxxxxxxxxxxxxx"), ""))';

const engines: MappingEngine[] = [];
let events: MappingEngineEvent[] = [];

function engine(options: MappingEngineOptions = {}): MappingEngine {
  events = [];
  const seen = events;
  const created = createMappingEngine({ timeLimitMs: 400, ...options, onEvent: (event) => seen.push(event) });
  engines.push(created);
  return created;
}

const request = (expression: string, input: unknown = {}, more: Partial<MappingRequest> = {}): MappingRequest => ({
  expression,
  inputText: JSON.stringify(input),
  ...more,
});

const shown = (outcome: MappingOutcome | undefined): string =>
  outcome === undefined ? 'nothing' : outcome.ok ? outcome.value.outputText : outcome.error.code;

const startedPids = (): number[] => events.flatMap((event) => (event.kind === 'child_started' ? [event.pid] : []));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

afterEach(async () => {
  await Promise.all(engines.splice(0).map((created) => created.close()));
});

describe('attacks', () => {
  it.each<[string, string, string[]]>([
    ['infinite tail recursion', '($f := function($n) { $f($n + 1) }; $f(1))', ['mapping_timeout']],
    ['a function that calls itself', '(function($f) { $f($f) })(function($f) { $f($f) })', ['mapping_timeout']],
    ['deep recursion', '($f := function($n) { 1 + $f($n + 1) }; $f(1))', ['mapping_runtime']],
    [
      'a text doubled to 268 million characters',
      '$reduce([1..24], function($a, $i) { $a & $a }, "xxxxxxxxxxxxxxxx")',
      ['mapping_output_too_large'],
    ],
    ['a text doubled beyond what V8 holds', '$reduce([1..40], function($a, $i) { $a & $a }, "x")', ['mapping_runtime']],
    ['a wide $pad', '$pad("x", 500000000)', ['mapping_memory']],
    ['a wide $pad to the left', '$pad("x", -500000000)', ['mapping_memory']],
    ['a catastrophic pattern', `$contains("${'a'.repeat(31)}!", /^(a+)+$/)`, ['false']],
    ['nested repetition', `$contains("${'a'.repeat(200)}!", /^(([a-z])+.)+[A-Z]([a-z])+$/)`, ['false']],
    ['a huge range', '$count([1..10000000])', ['mapping_runtime']],
    ['ranges of ranges', '[1..99999].([1..99999])', ['mapping_timeout', 'mapping_runtime', 'mapping_memory']],
    ['an endless loop in $eval', '$eval("($f := function($n) { $f($n + 1) }; $f(1))")', ['mapping_timeout']],
    [
      'an endless loop in $eval in $eval',
      '$eval("$eval(\\"($f := function($n) { $f($n + 1) }; $f(1))\\")")',
      ['mapping_timeout'],
    ],
    ['a native loop that no guardrail sees', HANG, ['mapping_timeout']],
    ['an output that is too large', '[1..20].$pad("x", 100000)', ['mapping_output_too_large']],
    ['an infinite number', '1 / 0', ['mapping_runtime']],
    ['a pattern that RE2 cannot run', '$contains("a", /(a)\\1/)', ['mapping_syntax']],
    ['an expression that is too large', `"${'x'.repeat(9000)}"`, ['mapping_expression_too_large']],
    ['brackets without end', '('.repeat(8000), ['mapping_syntax']],
  ])('%s hurts only itself', async (_, expression, expected) => {
    const mapping = engine({ poolSize: 1 });
    const [attack, neighbour] = await Promise.all([
      mapping.evaluate(request(expression)),
      mapping.evaluate(request('a + 1', { a: 1 })),
    ]);
    expect(expected).toContain(shown(attack));
    expect(shown(neighbour)).toBe('2');
  });

  it('ends most loops without losing the child', async () => {
    const mapping = engine({ poolSize: 1, timeLimitMs: 1_000 });
    expect(shown(await mapping.evaluate(request('($f := function($n) { $f($n + 1) }; $f(1))')))).toBe(
      'mapping_timeout',
    );
    expect(events.map((event) => event.kind)).toEqual(['child_started']);
  });

  it('dies of a full heap alone, and says so', async () => {
    const mapping = engine({ poolSize: 1, timeLimitMs: 20_000 });
    expect(shown(await mapping.evaluate(request(HEAP_BOMB)))).toBe('mapping_memory');
    expect(events).toContainEqual(expect.objectContaining({ kind: 'child_killed', reason: 'memory' }));
    expect(shown(await mapping.evaluate(request('1')))).toBe('1');
  });

  it.each([
    '{"__proto__": {"polluted": true}}',
    '$merge([{"__proto__": {"polluted": true}}, {"constructor": {"prototype": {"polluted": true}}}])',
    '$ ~> | $ | {"__proto__": {"polluted": true}} |',
    '$eval("{\\"__proto__\\": {\\"polluted\\": true}}")',
    'a.__proto__.polluted',
    '$lookup(a, "__proto__")',
    '$lookup(a, "constructor").constructor("return process")()',
    '$spread([$sum]).implementation.constructor',
    '$spread([function($x) { $x }]).environment.base',
    '($sum := function() { "mine" }; $string := $sum; $sum())',
    'process.env',
    'globalThis',
    'require("fs")',
  ])('leaves nothing behind: %s', async (expression) => {
    const mapping = engine({ poolSize: 1 });
    const attack = shown(await mapping.evaluate(request(expression, { a: { b: 1 } })));
    expect(attack).not.toMatch(/function|native|PATH|implementation/);
    const [plain, sum] = await mapping.evaluateMany([
      request('{"p": polluted, "q": a.polluted}', { a: {} }),
      request('$sum([1, 2]) & $string(3)'),
    ]);
    expect([shown(plain), shown(sum)]).toEqual(['{}', '"33"']);
    expect(startedPids()).toHaveLength(1);
  });
});

describe('evaluate', () => {
  it('gives text for text, with bindings, and never changes a number silently', async () => {
    const mapping = engine();
    const outcome = await mapping.evaluate({
      expression: '{"id": id, "of": $event.type, "sum": $add(amount, "0.1")}',
      inputText: '{"id": 98765432109876543210, "amount": "0.2"}',
      bindings: { event: { type: 'order.created' } },
    });
    expect(outcome).toEqual({
      ok: true,
      value: { outputText: '{"id":"98765432109876543210","of":"order.created","sum":"0.3"}' },
    });
  });

  it('says where an expression failed', async () => {
    const outcome = await engine().evaluate(request('{\n  "a": $uppercase(a)\n}', { a: 1 }));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'mapping_runtime', position: { offset: 9, line: 2, column: 8 }, token: 'uppercase' },
    });
    expect(JSON.stringify(outcome)).not.toMatch(/\.js|stack/);
  });

  it('takes a shorter limit from the request and never a longer one', async () => {
    const mapping = engine({ poolSize: 1, timeLimitMs: 400 });
    const order: string[] = [];
    await Promise.all([
      mapping
        .evaluate(request(HANG, {}, { timeoutMs: 60_000 }))
        .then((outcome) => order.push(`long ${shown(outcome)}`)),
      mapping.evaluate(request(HANG, {}, { timeoutMs: 1 })).then((outcome) => order.push(`short ${shown(outcome)}`)),
    ]);
    expect(order).toEqual(['long mapping_timeout', 'short mapping_timeout']);
  });

  it('refuses input that is too large or no JSON', async () => {
    const mapping = engine({ maxInputBytes: 100 });
    expect(shown(await mapping.evaluate({ expression: '1', inputText: JSON.stringify('x'.repeat(100)) }))).toBe(
      'mapping_runtime',
    );
    expect(shown(await mapping.evaluate({ expression: '1', inputText: '1', bindings: { a: 'x'.repeat(100) } }))).toBe(
      'mapping_runtime',
    );
    expect(shown(await mapping.evaluate({ expression: '1', inputText: '{' }))).toBe('mapping_runtime');
    expect(shown(await mapping.evaluate({ expression: 'nothing', inputText: '{}' }))).toBe('mapping_no_output');
  });

  it('checks without a child', () => {
    const mapping = engine({ poolSize: 1 });
    expect(mapping.check('{"a": $money(b, "EUR")}')).toEqual({ ok: true, value: null });
    expect(mapping.check('{"a": ')).toMatchObject({
      ok: false,
      error: { code: 'mapping_syntax', position: { line: 1 } },
    });
  });

  it('keeps this process free while children burn', async () => {
    const mapping = engine({ poolSize: 2 });
    await mapping.evaluateMany([request('1'), request('1')]);
    const order: string[] = [];
    const hanging = mapping.evaluate(request(HANG)).then(() => order.push('hanging'));
    await mapping.evaluate(request('1')).then(() => order.push('neighbour'));
    for (let turn = 0; turn < 1_000; turn++) await new Promise((resolve) => setImmediate(resolve));
    order.push('1000 turns of the event loop');
    await hanging;
    expect(order).toEqual(['neighbour', '1000 turns of the event loop', 'hanging']);
  });
});

describe('evaluateMany', () => {
  it('answers in order, and poison in the middle costs only itself', async () => {
    const mapping = engine({ poolSize: 2 });
    const poison = new Map([
      [40, HANG],
      [41, '$pad("x", 5e8)'],
      [42, '1 / 0'],
      [90, HANG],
      [91, '((('],
      [150, '($f := function($n) { $f($n) }; $f(1))'],
    ]);
    const outcomes = await mapping.evaluateMany(
      Array.from({ length: 300 }, (_, n) => request(poison.get(n) ?? 'n * 2', { n })),
    );
    const expected = Array.from({ length: 300 }, (_, n) => String(n * 2));
    for (const n of [40, 90, 150]) expected[n] = 'mapping_timeout';
    [expected[41], expected[42], expected[91]] = ['mapping_memory', 'mapping_runtime', 'mapping_syntax'];
    expect(outcomes.map(shown)).toEqual(expected);
  });

  it('blames the item that fills the heap and no other', async () => {
    const mapping = engine({ poolSize: 1, timeLimitMs: 20_000 });
    const outcomes = await mapping.evaluateMany([0, 1, 2, 3, 4].map((n) => request(n === 2 ? HEAP_BOMB : 'n', { n })));
    expect(outcomes.map(shown)).toEqual(['0', '1', 'mapping_memory', '3', '4']);
  });

  it('shares bindings of one batch without mixing them up', async () => {
    const tables = { tables: { units: { kg: 'KGM' } } };
    const outcomes = await engine().evaluateMany([
      request('$lookupTable("units", "kg")', {}, { bindings: tables }),
      request('$x', {}, { bindings: { x: 1 } }),
      request('$lookupTable("units", "kg")', {}, { bindings: tables }),
      request('$exists($x)'),
    ]);
    expect(outcomes.map(shown)).toEqual(['"KGM"', '1', '"KGM"', 'false']);
  });

  it('takes an empty batch', async () => expect(await engine({ poolSize: 1 }).evaluateMany([])).toEqual([]));

  it('refuses what does not fit into the queue, and only that', async () => {
    const outcomes = await engine({ maxQueued: 3 }).evaluateMany([1, 2, 3, 4, 5].map((n) => request(String(n))));
    expect(outcomes.map(shown)).toEqual(['1', '2', '3', 'mapping_unavailable', 'mapping_unavailable']);
  });

  it('replaces children in turn without losing an item', async () => {
    const mapping = engine({ poolSize: 2, maxRunsPerChild: 50 });
    for (let round = 0; round < 5; round++) {
      const outcomes = await mapping.evaluateMany(Array.from({ length: 200 }, (_, n) => request('n', { n })));
      expect(outcomes.map(shown)).toEqual(Array.from({ length: 200 }, (_, n) => String(n)));
      await sleep(100);
    }
    await waitUntil('a child to be recycled', async () => events.some((event) => event.kind === 'child_recycled'));
    await mapping.close();
    expect(startedPids().filter(isAlive)).toEqual([]);
  });
});

describe('fairness', () => {
  it('serves others while one lane does nothing but hang', async () => {
    const mapping = engine({ poolSize: 2, timeLimitMs: 300 });
    let settled = 0;
    const bad = Array.from({ length: 40 }, () =>
      mapping.evaluate(request(HANG, {}, { lane: 'bad' })).then((outcome) => {
        settled++;
        return shown(outcome);
      }),
    );
    for (let n = 0; n < 15; n++)
      expect(shown(await mapping.evaluate(request('n', { n }, { lane: 'good' })))).toBe(String(n));
    // Without turns the first good request would wait for all forty.
    expect(settled).toBeLessThan(20);
    await mapping.close();
    expect(await Promise.all(bad)).toContain('mapping_unavailable');
  });

  it('lets a small request pass a large batch', async () => {
    const mapping = engine({ poolSize: 1 });
    const order: string[] = [];
    await Promise.all([
      mapping
        .evaluateMany(Array.from({ length: 5_000 }, (_, n) => request('n', { n })))
        .then(() => order.push('batch')),
      mapping.evaluate(request('1')).then(() => order.push('single')),
    ]);
    expect(order).toEqual(['single', 'batch']);
  });
});

describe('deaths from outside', () => {
  it('runs the item once more in a fresh child, and gives up after the second death', async () => {
    const mapping = engine({ poolSize: 1, timeLimitMs: 30_000 });
    await mapping.evaluate(request('1'));
    const outcome = mapping.evaluate(request(HANG, {}, { timeoutMs: 30_000 }));
    const behind = mapping.evaluate(request('2'));
    const kill = async (index: number): Promise<void> => {
      await waitUntil('the next child', async () => startedPids().length > index);
      await sleep(100);
      process.kill(startedPids()[index] ?? 0, 'SIGKILL');
    };
    await kill(0);
    expect(shown(await behind)).toBe('2');
    await kill(1);
    expect(shown(await outcome)).toBe('mapping_memory');
    expect(shown(await mapping.evaluate(request('3')))).toBe('3');
  });

  it('loses nothing of a batch when its child is killed', async () => {
    const mapping = engine({ poolSize: 1 });
    await mapping.evaluate(request('1'));
    const batch = mapping.evaluateMany(Array.from({ length: 3_000 }, (_, n) => request('n', { n })));
    await sleep(20);
    process.kill(startedPids()[0] ?? 0, 'SIGKILL');
    expect((await batch).map(shown)).toEqual(Array.from({ length: 3_000 }, (_, n) => String(n)));
    await waitUntil('the second child', async () => startedPids().length === 2);
  });

  it('replaces an idle child that was killed', async () => {
    const mapping = engine({ poolSize: 1 });
    await mapping.evaluate(request('1'));
    process.kill(startedPids()[0] ?? 0, 'SIGKILL');
    await waitUntil('the second child', async () => startedPids().length === 2);
    expect(shown(await mapping.evaluate(request('1')))).toBe('1');
  });

  it('stays alive when Ctrl-C reaches the whole process group', async () => {
    const mapping = engine({ poolSize: 1 });
    await mapping.evaluate(request('1'));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(startedPids()[0] ?? 0, signal);
    expect(shown(await mapping.evaluate(request('1')))).toBe('1');
    expect(startedPids()).toHaveLength(1);
  });
});

describe('start and stop', () => {
  it('answers running and waiting work when it closes, and leaves no child', async () => {
    const mapping = engine({ poolSize: 2, timeLimitMs: 30_000 });
    await mapping.evaluateMany([request('1'), request('1')]);
    await waitUntil('the second child', async () => startedPids().length === 2);
    const work = mapping.evaluateMany(Array.from({ length: 20 }, () => request(HANG)));
    await sleep(50);
    await mapping.close();
    expect(new Set((await work).map(shown))).toEqual(new Set(['mapping_unavailable']));
    expect(startedPids().filter(isAlive)).toEqual([]);
    expect(shown(await mapping.evaluate(request('1')))).toBe('mapping_unavailable');
    await mapping.close();
  });

  it('can be closed before its children have started', async () => {
    const mapping = engine({ poolSize: 2 });
    const early = mapping.evaluate(request('1'));
    await mapping.close();
    expect(shown(await early)).toBe('mapping_unavailable');
  });

  it('tells who waits when no child can start', async () => {
    const mapping = engine({ poolSize: 1, heapMb: 1 });
    expect(shown(await mapping.evaluate(request('1')))).toBe('mapping_unavailable');
    expect(events.filter((event) => event.kind === 'child_start_failed').length).toBeGreaterThanOrEqual(3);
  });

  it('gives children an empty environment', async () => {
    await engine({ poolSize: 1 }).evaluate(request('1'));
    const environ = `/proc/${startedPids()[0]}/environ`;
    // Systems without /proc show it in child-launch.int-spec.ts.
    if (fs.existsSync(environ)) expect(fs.readFileSync(environ, 'utf8')).toBe('TZ=UTC\0');
  });

  it('refuses options out of range', () => {
    expect(() => createMappingEngine({ poolSize: 0 })).toThrow('poolSize');
    expect(() => createMappingEngine({ timeLimitMs: 1.5 })).toThrow('timeLimitMs');
  });
});
