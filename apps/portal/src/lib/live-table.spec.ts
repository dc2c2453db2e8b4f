import { QueryClient, type InfiniteData } from '@tanstack/react-query';
import { LiveTable } from './live-table';
import { type ListPage } from './pages';
import { type ServerSent } from './server-sent';

interface Row {
  readonly id: string;
  readonly status?: string;
}

const KEY = ['rows', { type: 'a' }];
const message = (event: string, data: unknown): ServerSent => ({ id: null, event, data: JSON.stringify(data) });
const came = (...ids: string[]): ServerSent[] => ids.map((id) => message('accepted', { id }));

describe('a list that is followed', () => {
  let client: QueryClient;
  let table: LiveTable<Row>;
  beforeEach(() => {
    client = new QueryClient();
    client.setQueryData<InfiniteData<ListPage<Row>>>(KEY, {
      pages: [{ data: [{ id: 'c' }, { id: 'a' }], next_cursor: 'x' }],
      pageParams: [undefined],
    });
    table = new LiveTable(client, [...KEY], { idOf: ({ id }) => id, fits: ({ status }) => status !== 'gone' });
  });
  const data = () => client.getQueryData<InfiniteData<ListPage<Row>>>(KEY);
  const shown = (): string =>
    data()
      ?.pages.map((page) => page.data.map(({ id }) => id).join(''))
      .join('|') ?? '';

  it('shows at once what comes', () => {
    table.onMessages(came('d', 'e', 'd'));
    expect([shown(), table.waiting()]).toEqual(['edca', 0]);
  });

  it('holds new rows back while somebody reads, changes the others in their places, and lets go when he is done', () => {
    const told = jest.fn();
    table.subscribe(told);
    table.onReading(true);
    table.onMessages([
      ...came('d', 'e'),
      message('changed', { id: 'c', status: 'succeeded' }),
      message('changed', { id: 'e', status: 'gone' }),
    ]);
    expect([shown(), table.waiting(), data()?.pages[0]?.data[0]]).toEqual(['ca', 1, { id: 'c', status: 'succeeded' }]);
    expect(told).toHaveBeenCalledTimes(1);
    table.onReading(false);
    expect([shown(), table.waiting()]).toEqual(['dca', 0]);
    expect(told).toHaveBeenCalledTimes(2);
  });

  it.each([
    [[message('open', { resumed: false })], true],
    [[message('open', { resumed: true })], false],
    [[message('skipped', {})], true],
    [came('d'), false],
  ])('loads the list again when it may have missed something: %j', (messages, isLoaded) => {
    const invalidate = jest.spyOn(client, 'invalidateQueries').mockResolvedValue();
    table.onMessages(messages);
    expect(invalidate).toHaveBeenCalledTimes(isLoaded ? 1 : 0);
  });

  it('holds no more than it can show', () => {
    const invalidate = jest.spyOn(client, 'invalidateQueries').mockResolvedValue();
    table.onMessages(came(...Array.from({ length: 1_001 }, (_, n) => `e${String(n).padStart(4, '0')}`)));
    expect(invalidate).toHaveBeenCalledTimes(1);
    table.onReading(true);
    table.onMessages(came(...Array.from({ length: 1_200 }, (_, n) => `f${String(n).padStart(4, '0')}`)));
    expect(table.waiting()).toBe(1_000);
  });
});
