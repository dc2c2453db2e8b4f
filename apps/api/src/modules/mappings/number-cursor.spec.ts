import { z } from 'zod';
import { pathVersion, numberCursor, numberedPageQuery } from './number-cursor';

const query = z.strictObject(numberedPageQuery);

describe('the cursor of lists by number', () => {
  it('leads back to the number that it was made of', () => {
    expect(query.parse({ cursor: numberCursor(12) })).toEqual({ limit: 50, cursor: 12 });
    expect(query.parse({})).toEqual({ limit: 50 });
  });

  it.each(['12', 'v12', numberCursor(0), numberCursor(-1), numberCursor(1e10), ''])('is refused as %j', (cursor) =>
    expect(query.safeParse({ cursor }).success).toBe(false),
  );
});

it.each([
  ['1', 1],
  ['0', null],
  ['01', null],
  ['1.5', null],
  ['9999999999', null],
  ['latest', null],
])('the version %j of a path is %j', (text, version) => expect(pathVersion(text)).toBe(version));
