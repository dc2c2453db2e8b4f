import { type MappingEngine } from '@hub/mapping-engine';
import { err, ok } from '@hub/platform';
import { checkMappingContent, checkTables, problemOfMapping } from './mapping-content';

function faults(tables: unknown): string[] {
  const checked = checkTables(tables);
  return checked.ok ? [] : (checked.error.faults ?? []).map((fault) => `${fault.pointer} ${fault.code}`);
}

const ENGINE: MappingEngine = {
  check: (expression) =>
    expression === 'good'
      ? ok(null)
      : err({
          code: 'mapping_syntax',
          message: 'Unexpected end',
          position: { offset: 3, line: 1, column: 4 },
          token: '(',
        }),
  evaluate: () => Promise.reject(new Error('not called')),
  evaluateMany: () => Promise.reject(new Error('not called')),
  close: () => Promise.resolve(),
};

describe('lookup tables', () => {
  it('are flat', () => {
    expect(faults({ carriers: { ups: 'UPS', dhl: 4, x: true, y: null }, empty: {} })).toEqual([]);
    expect(faults({ carriers: { 'a/b': { deep: 1 }, list: [] } })).toEqual([
      '/tables/carriers/a~1b invalid_type',
      '/tables/carriers/list invalid_type',
    ]);
    expect(faults({ carriers: [] })).toEqual(['/tables/carriers invalid_type']);
    expect(faults([])).toEqual(['/tables invalid_type']);
  });

  it.each(['__proto__', '1st', 'a b', '', 'x'.repeat(65)])('refuse the name %j', (name) => {
    expect(faults(JSON.parse(JSON.stringify({ x: 0 }).replace('"x":0', `${JSON.stringify(name)}:{}`)))).toEqual([
      '/tables invalid_name',
    ]);
  });

  it.each([{ t: { k: 'a\0b' } }, { t: { ['\ud800']: 1 } }])('refuse what the database cannot keep', (tables) => {
    expect(faults(tables)).toEqual(['/tables/t invalid_text']);
  });

  it('are bounded in number, entries and bytes', () => {
    const many = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, {}]));
    const entries = (count: number): object => ({
      t: Object.fromEntries(Array.from({ length: count }, (_, index) => [index, 1])),
    });
    expect(faults(many(50))).toEqual([]);
    expect(faults(many(51))).toEqual(['/tables too_many']);
    expect(faults(entries(5_000))).toEqual([]);
    expect(faults(entries(5_001))).toEqual(['/tables too_many']);
    const fits = 256 * 1024 - JSON.stringify({ t: { k: '' } }).length;
    expect(faults({ t: { k: 'x'.repeat(fits) } })).toEqual([]);
    expect(faults({ t: { k: 'x'.repeat(fits + 1) } })).toEqual(['/tables too_large']);
  });
});

describe('an expression', () => {
  it('passes when the engine can parse it', () => {
    expect(checkMappingContent(ENGINE, 'good', { t: {} })).toEqual({ ok: true, value: { t: {} } });
  });

  it('is refused with the place of the fault', () => {
    expect(checkMappingContent(ENGINE, 'bad(', {})).toEqual({
      ok: false,
      error: {
        kind: 'unprocessable',
        code: 'mapping_syntax',
        detail: 'Unexpected end',
        faults: [{ pointer: '/expression', code: 'mapping_syntax', message: 'Unexpected end' }],
        extra: { offset: 3, line: 1, column: 4, token: '(' },
      },
    });
  });

  it('is not blamed when the engine is full', () => {
    expect(problemOfMapping({ code: 'mapping_unavailable', message: 'full' }, '/expression').kind).toBe('unavailable');
  });
});
