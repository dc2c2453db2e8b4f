import { entityType } from '../schema/entity-registry';
import { EntityStore, nameKey, type Stored } from './entity-store';

const CUSTOMER = entityType('Customer');

const stored = (id: string, DisplayName: string, syncToken = 0): Stored => ({
  type: CUSTOMER,
  id,
  syncToken,
  createdMs: 0,
  updatedMs: syncToken,
  actor: { id: '1', name: 'A' },
  body: { DisplayName },
});
const key = (DisplayName: string): string => nameKey(CUSTOMER, { DisplayName }) ?? '';

describe('the store of a company', () => {
  it('takes everything back when a transaction fails: records, names and announcements', () => {
    const store = new EntityStore();
    store.transaction(() => store.put(stored('1', 'Old'), 0));
    const attempt = (): unknown =>
      store.transaction(() => {
        store.put(stored('1', 'Renamed', 1), 0);
        store.put(stored('2', 'Old'), 0);
        store.remove(stored('2', 'Old'), 5, 0);
        store.record({ entity: 'Customer', id: '1', kind: 'Update', atMs: 1 });
        throw new Error('refused');
      });
    expect(attempt).toThrow('refused');
    expect([...store.all('Customer')].map(({ id, body }) => [id, body.DisplayName])).toEqual([['1', 'Old']]);
    expect([...store.tombstones('Customer')]).toEqual([]);
    expect([store.ownerOfName(key('old')), store.ownerOfName(key('Renamed'))]).toEqual(['1', undefined]);
    expect(store.transaction(() => undefined).changes).toEqual([]);
  });

  it('searches see the state before a write until it has travelled', () => {
    const store = new EntityStore();
    const seen = (nowMs: number): unknown[] =>
      [...store.visible('Customer', nowMs)].map(({ body }) => body.DisplayName);
    store.put(stored('1', 'A'), 0);
    store.put(stored('1', 'B', 1), 100);
    store.put(stored('1', 'C', 2), 100);
    store.put(stored('2', 'New'), 100);
    expect(seen(99)).toEqual(['A']);
    expect(seen(100)).toEqual(['C', 'New']);
    store.remove(stored('1', 'C', 2), 150, 200);
    expect(seen(150)).toEqual(['C', 'New']);
    expect(seen(200)).toEqual(['New']);
  });
});
