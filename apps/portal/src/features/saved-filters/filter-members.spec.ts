import { membersOf } from '../../lib/search-params';
import { isSame } from './filter-members';

describe('filters as they are saved', () => {
  it('are text, without what is not there', () => {
    expect(membersOf({ q: 'a', status: undefined, replayed: false })).toEqual({ q: 'a', replayed: 'false' });
  });

  it.each([
    [{ a: '1', b: '2' }, { b: '2', a: '1' }, true],
    [{ a: '1' }, { a: '1', b: '2' }, false],
    [{ a: '1' }, { b: '1' }, false],
    [{}, {}, true],
  ])('%j and %j are the same: %s', (one, other, same) => {
    expect(isSame(one, other)).toBe(same);
  });
});
