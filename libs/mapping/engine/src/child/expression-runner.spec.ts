import { ExpressionRunner } from './expression-runner';

let runner: ExpressionRunner;
beforeAll(async () => {
  runner = await ExpressionRunner.create({ maxExpressionBytes: 8192, maxOutputBytes: 10_000 });
});

const run = (expression: string, input: unknown = {}, bindings: object | null = null): Promise<unknown> =>
  runner
    .run(expression, JSON.stringify(input), bindings && JSON.stringify(bindings), 10_000)
    .then((outcome) => (outcome.ok ? (JSON.parse(outcome.value) as unknown) : outcome.error));

describe('ExpressionRunner', () => {
  it('binds variables and keeps the compiled expression free of them', async () => {
    expect(await run('$event.id & x', { x: 1 }, { event: { id: 'e' } })).toBe('e1');
    expect(await run('$event.id & x', { x: 1 })).toBe('1');
  });

  it('hands large numbers over as text', async () => {
    const outcome = await runner.run('{"id": id, "n": n + 1}', '{"id": 12345678901234567890, "n": 1}', null, 1_000);
    expect(outcome).toEqual({ ok: true, value: '{"id":"12345678901234567890","n":2}' });
  });

  it.each([
    ['$uppercase(1)', 'mapping_runtime', { offset: 0, line: 1, column: 1 }, 'uppercase'],
    ['{\n  "a": $nope(1)\n}', 'mapping_runtime', { offset: 9, line: 2, column: 8 }, 'nope'],
    ['"a" + 1', 'mapping_runtime', { offset: 4, line: 1, column: 5 }, '+'],
    ['$error("own words")', 'mapping_runtime', { offset: 0, line: 1, column: 1 }, 'error'],
    ['$assert(false, "must hold")', 'mapping_runtime', { offset: 0, line: 1, column: 1 }, 'assert'],
    ['1 + $required(a, "a")', 'mapping_runtime', { offset: 4, line: 1, column: 5 }, 'required'],
    ['$pad("x", 500000000)', 'mapping_memory', { offset: 0, line: 1, column: 1 }, 'pad'],
  ])('reports %j', async (expression, code, position, token) => {
    expect(await run(expression)).toMatchObject({ code, position, token });
  });

  it('reports the words given to $error and names a function that does not exist', async () => {
    expect(await run('$error("own words")')).toMatchObject({ message: 'own words' });
    expect(await run('$nope(1)')).toMatchObject({ message: 'There is no function $nope.' });
  });

  it('holds $eval to the limits of the expression', async () => {
    expect(await run('$eval("1 + a", {"a": 2})')).toBe(3);
    expect(await run('$eval($join([1..9000].("(")))')).toMatchObject({
      code: 'mapping_runtime',
      message: expect.stringContaining('larger than'),
    });
    expect(await run('$eval($join([1..4000].("(")))')).toMatchObject({
      code: 'mapping_runtime',
      message: expect.stringContaining('nested'),
    });
    expect(await run('$eval("$pad(\\"x\\", 5e8)")')).toMatchObject({ code: 'mapping_memory' });
    expect(await run('$eval("/(a)\\\\1/")')).toMatchObject({ code: 'mapping_runtime' });
  });

  it.each([
    '$spread([$sum]).implementation',
    '$spread([function($x){$x}]).environment',
    '$spread({"f": [$sum]}).f.implementation',
    '$merge([{"a": $sum}]).a.signature',
    '[$sum].*',
    '[function($x){$x}].**.environment',
  ])('does not show the inside of a function: %s', async (expression) =>
    expect(await run(expression)).toMatchObject({ code: 'mapping_no_output' }),
  );

  it('spreads objects and lists as JSONata does', async () => {
    expect(await run('$spread([{"a": 1, "b": 2}, {"a": 3}])')).toEqual([{ a: 1 }, { b: 2 }, { a: 3 }]);
    expect(await run('$spread("x")')).toBe('x');
    expect(await run('$spread({"__proto__": 1})')).toEqual(JSON.parse('{"__proto__":1}'));
    expect(await run('$pad("x", 3, "-") & $pad("x", -3)')).toBe('x--  x');
  });

  it('holds each run to its own limit, also when the expression was compiled under another one', async () => {
    const loop = '($f := function($n) { $n < 0 ? 0 : $f($n + 1) }; $f(start))';
    expect(await runner.run(loop, '{"start":-5}', null, 10_000)).toEqual({ ok: true, value: '0' });
    expect(await runner.run(loop, '{"start":1}', null, 50)).toMatchObject({ error: { code: 'mapping_timeout' } });
    expect(await runner.run(`${loop} `, '{"start":1}', null, 50)).toMatchObject({ error: { code: 'mapping_timeout' } });
  });

  it('shows one time through one evaluation', async () => {
    expect(await run('($a := $millis(); $sum([1..20000]); [$a = $millis(), $now() = $now()])')).toEqual([true, true]);
  });

  it('refuses input that is no JSON or nested beyond the stack', async () => {
    for (const text of ['{', '['.repeat(100_000)]) {
      const outcome = await runner.run('a', text, null, 1_000);
      expect(outcome).toMatchObject({ ok: false, error: { code: 'mapping_runtime' } });
    }
  });

  it('leaves no trace of one run in the next', async () => {
    await run('($sum := function($x) { "mine" }; $x := 1; $sum([1]))');
    expect(await run('{"s": $sum([1, 2]), "x": $exists($x)}')).toEqual({ s: 3, x: false });
    for (const probe of [
      '{"__proto__": {"polluted": 1}}',
      '$merge([{"constructor": {"prototype": {"polluted": 1}}}])',
      '$ ~> |$|{"__proto__": {"polluted": 1}}|',
    ])
      await run(probe, { a: 1 });
    expect(await run('polluted', {})).toMatchObject({ code: 'mapping_no_output' });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
