import { renderOutput } from './output-json';

const render = (value: unknown, maxBytes = 1000): unknown => {
  const rendered = renderOutput(value, maxBytes);
  return rendered.ok ? rendered.value : rendered.error.code;
};

describe('renderOutput', () => {
  it('drops what JSON cannot carry', () => {
    const lambda = { _jsonata_lambda: true, environment: {} };
    expect(render({ a: 1, f: () => 1, l: lambda, u: undefined, r: /x/, toJSON: () => 'hijacked' })).toBe('{"a":1}');
    expect(render([1, undefined, lambda, null])).toBe('[1,null,null,null]');
  });

  it('makes plain arrays of sequences', () => {
    expect(render(Object.assign([1, 2], { sequence: true, keepSingleton: true, push: () => 0 }))).toBe('[1,2]');
  });

  it('has no output for undefined and for functions', () => {
    expect([render(undefined), render(() => 1), render({ _jsonata_function: true })]).toEqual(
      Array(3).fill('mapping_no_output'),
    );
  });

  it('keeps null, false, zero and empty text: they are outputs', () => {
    expect([render(null), render(false), render(0), render('')]).toEqual(['null', 'false', '0', '""']);
  });

  it.each([NaN, Infinity, -Infinity, { a: [NaN] }])('refuses %p', (value) =>
    expect(render(value)).toBe('mapping_runtime'),
  );

  it('refuses nesting that would overflow the stack of whoever reads it', () => {
    let nested: unknown = 1;
    for (let depth = 0; depth < 5000; depth++) nested = [nested];
    expect(render(nested)).toBe('mapping_runtime');
  });

  it('counts shared values each time, and stops before it has written them out', () => {
    let value: unknown = ['x'];
    for (let depth = 0; depth < 100; depth++) value = [value, value];
    expect(render(value)).toBe('mapping_output_too_large');
  });

  it('never flattens a text that is too long', () => {
    let text = 'xxxxxxxxxx';
    for (let times = 0; times < 25; times++) text += text;
    expect(render({ text })).toBe('mapping_output_too_large');
  });

  it('measures in bytes, exactly', () => {
    expect(render('é'.repeat(49), 100)).toBe(`"${'é'.repeat(49)}"`);
    expect(render('é'.repeat(50), 100)).toBe('mapping_output_too_large');
    expect(render('x'.repeat(98), 100)).toBe(`"${'x'.repeat(98)}"`);
    expect(render(Array(50).fill(1), 101)).toBe(JSON.stringify(Array(50).fill(1)));
  });

  it('keeps a member named __proto__ a member', () => {
    expect(render(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
  });
});
