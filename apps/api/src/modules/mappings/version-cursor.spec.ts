import { z } from 'zod';
import { pathVersion, versionCursor, versionPageQuery } from './version-cursor';

const query = z.strictObject(versionPageQuery);

describe('the cursor of versions', () => {
  it('leads back to the number that it was made of', () => {
    expect(query.parse({ cursor: versionCursor(12) })).toEqual({ limit: 50, cursor: 12 });
    expect(query.parse({})).toEqual({ limit: 50 });
  });

  it.each(['12', 'v12', versionCursor(0), versionCursor(-1), versionCursor(1e10), ''])('is refused as %j', (cursor) =>
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
