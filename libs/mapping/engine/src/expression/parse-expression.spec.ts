import { positionAt } from './mapping-errors';
import { parseExpression } from './parse-expression';

const check = (expression: string): unknown => {
  const parsed = parseExpression(expression, 8192);
  return parsed.ok ? 'ok' : parsed.error;
};

describe('parseExpression', () => {
  it.each(['a', '{"a": b.c[0]}', '"(((" & b', '/* ((( */ 1', '$f(/\\(/)', 'a % 2', '`odd (name`', "'it'"])(
    'accepts %s',
    (text) => expect(check(text)).toBe('ok'),
  );

  it.each([
    ['a +', { offset: 3, line: 1, column: 4 }, undefined],
    ['{\n  "a": 1 1\n}', { offset: 11, line: 2, column: 10 }, '1'],
    ['foo(', { offset: 4, line: 1, column: 5 }, undefined],
    ['a.\n\n  )', { offset: 6, line: 3, column: 3 }, ')'],
    ['"open', { offset: 5, line: 1, column: 6 }, undefined],
  ])('points at the fault in %j', (text, position, token) => {
    expect(check(text)).toMatchObject({ code: 'mapping_syntax', position, ...(token ? { token } : {}) });
  });

  it('says what is wrong in words, without a stack', () => {
    expect(check('a +')).toEqual({
      code: 'mapping_syntax',
      message: 'Unexpected end of expression',
      position: { offset: 3, line: 1, column: 4 },
    });
  });

  it('finds regular expressions that could never run, where they stand', () => {
    expect(check('{\n"a": $contains(b, /x(?=y)/)}')).toMatchObject({
      code: 'mapping_syntax',
      position: { offset: 20, line: 2, column: 19 },
    });
    expect(check('/(/')).toMatchObject({ code: 'mapping_syntax' });
    expect(check('function($x) { $x[a = /(b)\\1/] }')).toMatchObject({ code: 'mapping_syntax' });
  });

  it('bounds regular expressions one by one and together', () => {
    expect(check('/\\w{900}/')).toBe('ok');
    expect(check('/(\\w{900}){9}/')).toMatchObject({ code: 'mapping_syntax', position: { offset: 0 } });
    expect(check(`[${Array(30).fill('/\\w{900}/').join(',')}]`)).toMatchObject({ code: 'mapping_syntax' });
  });

  it('measures in bytes', () => {
    expect(check(`"${'x'.repeat(8190)}"`)).toBe('ok');
    expect(check(`"${'é'.repeat(5000)}"`)).toMatchObject({ code: 'mapping_expression_too_large' });
  });

  it.each([
    '('.repeat(4000),
    '['.repeat(4000),
    '{"a":'.repeat(1600),
    '-'.repeat(8000),
    'a.'.repeat(4000),
    'a?b:'.repeat(2000),
    'a.%'.repeat(2700),
    'function($a){'.repeat(600),
    '$a:='.repeat(2000),
    '((('.repeat(60) + 'a' + ')))'.repeat(60) + '('.repeat(201),
    '"'.repeat(8001),
    '/('.repeat(4000),
    '/*'.repeat(4000),
  ])('answers the hostile %.20s… without a throw', (text) => {
    expect(check(text)).toMatchObject({ code: 'mapping_syntax' });
  });

  it('clamps positions into the text', () => {
    expect(positionAt('ab\ncd', 99)).toEqual({ offset: 5, line: 2, column: 3 });
    expect(positionAt('ab\ncd', -1)).toEqual({ offset: 0, line: 1, column: 1 });
  });
});
