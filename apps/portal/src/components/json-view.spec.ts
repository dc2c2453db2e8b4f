/** @jest-environment jsdom */
import { pretty } from './json-view';

describe('JSON laid out to be read', () => {
  it('keeps every digit', () => {
    expect(pretty('{"a":12345678901234567.890,"b":[1e400,-0]}')).toBe(
      '{\n  "a": 12345678901234567.890,\n  "b": [\n    1e400,\n    -0\n  ]\n}',
    );
  });

  it('leaves strings alone, with what looks like structure in them', () => {
    expect(pretty('{"a":"{\\"x\\": [1,2]}","b":"\\\\"}')).toBe('{\n  "a": "{\\"x\\": [1,2]}",\n  "b": "\\\\"\n}');
  });

  it('writes empty lists and objects in one line', () => {
    expect(pretty('{"a":{ },"b":[\n]}')).toBe('{\n  "a": {},\n  "b": []\n}');
  });

  it('shows text that is no JSON as it is', () => {
    expect(pretty('<html>')).toBe('<html>');
    expect(pretty('{broken')).toBe('{broken');
  });
});
