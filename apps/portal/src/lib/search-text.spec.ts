import { textParam } from './search-params';
import { parseSearch, stringifySearch } from './search-text';

describe('what an address says', () => {
  it.each([
    '12345678901234567890',
    '0.10',
    '1e5',
    '1005',
    'true',
    'false',
    'null',
    '"quoted"',
    '{"a":1}',
    '[1]',
    'a&b=c d',
  ])('is read as it was written: %s', (text) => {
    expect(textParam(parseSearch(stringifySearch({ q: text })), 'q')).toBe(text);
    expect(textParam(parseSearch(`?q=${encodeURIComponent(text)}`), 'q')).toBe(text);
  });

  it('keeps its figures and what is on', () => {
    expect(parseSearch(stringifySearch({ version: 3, live: true, none: undefined }))).toEqual({
      version: 3,
      live: true,
    });
  });
});
