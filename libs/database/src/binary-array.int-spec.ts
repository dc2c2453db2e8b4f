import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { boolArray, hexArray, intArray, textArray, timestampArray, uuidArray } from './binary-array';

describe('binary arrays', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  const roundTrip = async (type: string, parameter: Buffer): Promise<unknown> => {
    const [row] = await database.app.query<{ value: unknown; length: number }>(
      `select $1::${type}[] as value, cardinality($1::${type}[]) as length`,
      [parameter],
    );
    return row?.value;
  };

  it.each<[string, Buffer, unknown[]]>([
    [
      'text',
      textArray(['', 'a', null, '"\\{},NULL', 'é漢😀', 'x'.repeat(100_000)]),
      ['', 'a', null, '"\\{},NULL', 'é漢😀', 'x'.repeat(100_000)],
    ],
    ['int', intArray([0, -1, null, 2_147_483_647, -2_147_483_648]), [0, -1, null, 2_147_483_647, -2_147_483_648]],
    ['bool', boolArray([true, null, false]), [true, null, false]],
    ['bytea', hexArray(['00ff', null, '']), [Buffer.from([0, 255]), null, Buffer.alloc(0)]],
    [
      'uuid',
      uuidArray(['018f2d9a-9af4-7be6-9ed9-1cbb2d1c5b2a', null, 'FFFFFFFF-0000-0000-0000-0123456789AB']),
      ['018f2d9a-9af4-7be6-9ed9-1cbb2d1c5b2a', null, 'ffffffff-0000-0000-0000-0123456789ab'],
    ],
    [
      'timestamptz',
      timestampArray([
        new Date('2026-11-20T10:00:00.123Z'),
        null,
        new Date('9999-12-31T23:59:59.999Z'),
        new Date('1969-12-31T23:59:59.001Z'),
      ]),
      [
        new Date('2026-11-20T10:00:00.123Z'),
        null,
        new Date('9999-12-31T23:59:59.999Z'),
        new Date('1969-12-31T23:59:59.001Z'),
      ],
    ],
  ])('of %s arrive as they were', async (type, parameter, values) => {
    expect(await roundTrip(type, parameter)).toEqual(values);
  });

  it.each<[string, Buffer]>([
    ['text', textArray([])],
    ['uuid', uuidArray([])],
    ['timestamptz', timestampArray([])],
  ])('of %s may be empty', async (type, parameter) => {
    expect(await roundTrip(type, parameter)).toEqual([]);
  });

  it('are refused as another type than their own', async () => {
    await expect(roundTrip('text', uuidArray(['018f2d9a-9af4-7be6-9ed9-1cbb2d1c5b2a']))).rejects.toMatchObject({
      code: '42804',
    });
  });

  it('hold no text that is not a UUID', () => {
    for (const text of [
      '',
      '018f2d9a-9af4-7be6-9ed9-1cbb2d1c5b2',
      '018f2d9a-9af4-7be6-9ed9-1cbb2d1c5b2g',
      '018f2d9a-9af4-7be6-9ed9-1cbb2d1c5bé0',
    ])
      expect(() => uuidArray([text])).toThrow('not a UUID');
  });

  it('hold no bytes that are not hex', () => {
    for (const text of ['abc', 'zz', '00gg']) expect(() => hexArray([text])).toThrow();
  });

  it('leave what no database holds to the database', async () => {
    await expect(roundTrip('text', textArray(['a\u0000b']))).rejects.toMatchObject({ code: '22021' });
  });
});
