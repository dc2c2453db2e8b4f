import { findNewestFirst, type NewestFirst } from './newest-first';

/** Rows `count`, `count - 1`, … 1, of which those that `fits` takes are found; looking at one costs `rowMs`. */
function listOf(count: number, fits: (row: number) => boolean, rowMs: number) {
  let clock = 0;
  let seen = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => clock);
  const source: NewestFirst<{ id: string }> = {
    isIndexed: false,
    endOf: async (before, rows) => {
      const end = Number(before ?? count + 1) - rows;
      return end < 1 ? null : String(end);
    },
    find: async ({ before, from }, limit) => {
      const found: { id: string }[] = [];
      for (let row = Number(before ?? count + 1) - 1; row >= Number(from ?? 1) && found.length < limit; row--) {
        clock += rowMs;
        seen += 1;
        if (fits(row)) found.push({ id: String(row) });
      }
      return found;
    },
  };
  return { source, seen: () => seen, clock: () => clock };
}

describe('a list that no index serves', () => {
  afterEach(() => jest.restoreAllMocks());

  it('stops as soon as the page is full, and has one row more to say that there are others', async () => {
    const { source, seen } = listOf(1_000_000, (row) => row % 10 === 0, 0.001);
    const { rows, reached } = await findNewestFirst({ limit: 20, before: null }, source);
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 21 }, (_none, k) => String(1_000_000 - 10 * k)));
    expect(reached).toBeNull();
    expect(seen()).toBeLessThan(2_000);
  });

  it.each([0.000_1, 0.001, 0.01, 0.1])(
    'is answered in time where hardly any row fits, however long a row takes: %d ms',
    async (rowMs) => {
      const rare = listOf(300_000, (row) => row === 7 || row === 299_990, rowMs);
      const first = await findNewestFirst({ limit: 20, before: null }, rare.source);
      expect(first.rows).toContainEqual({ id: '299990' });
      // The first stretch is a guess; all others are as long as what is left allows.
      expect(rare.clock()).toBeLessThanOrEqual(Math.max(110, 2_000 * rowMs));
      const found = [...first.rows];
      for (let { reached } = first; reached !== null;) {
        const next = await findNewestFirst({ limit: 20, before: reached }, rare.source);
        expect(Number(next.reached ?? 0)).toBeLessThan(Number(reached));
        found.push(...next.rows);
        reached = next.reached;
      }
      expect(found.map(({ id }) => id)).toEqual(['299990', '7']);
      expect(rare.seen()).toBe(300_000);
    },
  );

  it('is asked for at once where an index serves it', async () => {
    const { source, seen } = listOf(3, () => true, 0);
    const endOf = jest.spyOn(source, 'endOf');
    const { rows } = await findNewestFirst({ limit: 20, before: '3' }, { ...source, isIndexed: true });
    expect(rows).toEqual([{ id: '2' }, { id: '1' }]);
    expect(seen()).toBe(2);
    expect(endOf).not.toHaveBeenCalled();
  });

  it('goes on from the cursor, and ends where the rows end', async () => {
    const { source } = listOf(50, () => true, 1);
    expect(await findNewestFirst({ limit: 20, before: '11' }, source)).toEqual({
      rows: Array.from({ length: 10 }, (_none, k) => ({ id: String(10 - k) })),
      reached: null,
    });
  });
});
