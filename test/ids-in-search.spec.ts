import fs from 'node:fs';
import path from 'node:path';
import { ID_PREFIXES } from '@hub/platform';
import { ID_PLACES, PLACES_OF_WHOLE, type IdPlace } from '../apps/portal/src/lib/id-places';

const FEATURES = path.resolve(__dirname, '../apps/portal/src/features');
const ULID = '01m7yp9qmteh0ad3tymx2ea6dw';

function declaredPaths(): string[] {
  const files = fs
    .readdirSync(FEATURES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.routes.tsx'));
  return files.flatMap((file) =>
    [...fs.readFileSync(path.join(FEATURES, file), 'utf8').matchAll(/^ +path: '([^']+)'/gm)].map(([, one = '']) => one),
  );
}

describe('the search of the portal', () => {
  it('knows each kind of id that the hub gives out, or what that is a part of', () => {
    const known = [...Object.keys(ID_PLACES), ...Object.keys(PLACES_OF_WHOLE)];
    expect(known.sort()).toEqual(Object.values(ID_PREFIXES).sort());
  });

  it('leads to pages that there are', () => {
    const declared = declaredPaths().map((one) => one.replaceAll(/\$\w+/g, ULID));
    const all: readonly (IdPlace | null)[] = [...Object.values(ID_PLACES), ...Object.values(PLACES_OF_WHOLE)];
    const places = all.flatMap((place) => place?.path?.(ULID) ?? place?.page ?? []);
    expect(declared).toEqual(expect.arrayContaining(places));
  });
});
