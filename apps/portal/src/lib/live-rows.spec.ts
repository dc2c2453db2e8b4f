import { holdsRow, mergeRows, type LiveRules } from './live-rows';
import { type ListPage } from './pages';

interface Row {
  readonly id: string;
  readonly status: string;
}

const RULES: LiveRules<Row> = { idOf: ({ id }) => id, fits: ({ status }) => status !== 'gone' };
const row = (id: string, status = 'pending'): Row => ({ id, status });
const page = (ids: string, next: string | null): ListPage<Row> => ({
  data: [...ids].map((id) => row(id)),
  next_cursor: next,
});
const shown = (pages: readonly ListPage<Row>[]): string[] => pages.map(({ data }) => data.map(({ id }) => id).join(''));

describe('rows that come while a list is open', () => {
  const pages = [page('hf', 'f'), page('db', 'b')];

  it('are put where they belong, newest first, whatever order they come in', () => {
    const merged = mergeRows(pages, [row('i'), row('j'), row('g'), row('e'), row('c')], RULES);
    expect(shown(merged)).toEqual(['jihgf', 'edcb']);
  });

  it('replace what was there, and are gone when they fit no longer', () => {
    const merged = mergeRows(pages, [row('f', 'succeeded'), row('d', 'gone'), row('x', 'gone')], RULES);
    expect(shown(merged)).toEqual(['hf', 'b']);
    expect(merged[0]?.data[1]).toEqual(row('f', 'succeeded'));
  });

  it('are not doubled, however often they come', () => {
    const once = mergeRows(pages, [row('i'), row('i')], RULES);
    expect(shown(mergeRows(once, [row('i')], RULES))).toEqual(['ihf', 'db']);
  });

  it('beyond the last page are left to the next one, and taken when there is none', () => {
    expect(shown(mergeRows(pages, [row('a')], RULES))).toEqual(['hf', 'db']);
    expect(shown(mergeRows([page('hf', null)], [row('a')], RULES))).toEqual(['hfa']);
    expect(shown(mergeRows([page('', null)], [row('a'), row('b')], RULES))).toEqual(['ba']);
  });

  it('leave what was given as it was', () => {
    mergeRows(pages, [row('i'), row('f', 'gone')], RULES);
    expect(shown(pages)).toEqual(['hf', 'db']);
    expect([holdsRow(pages, 'd', RULES), holdsRow(pages, 'i', RULES)]).toEqual([true, false]);
  });
});
