import { LRUCache } from 'lru-cache';
import { atMost } from './at-most';

describe('a cache of at most so many entries', () => {
  it('lets go of the one that was not used for longest', () => {
    const cache = new LRUCache<string, number>({ ...atMost(2), ttl: 60_000 });
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect([...cache.keys()].sort()).toEqual(['a', 'c']);
  });

  it('counts an entry that is set again once', () => {
    const cache = new LRUCache<string, { n: number }>(atMost(2));
    cache.set('a', { n: 1 });
    cache.set('b', { n: 1 });
    cache.set('b', { n: 2 });
    cache.set('b', { n: 3 });
    expect(cache.get('a')).toEqual({ n: 1 });
    expect(cache.get('b')).toEqual({ n: 3 });
  });
});
