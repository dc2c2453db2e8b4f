import fs from 'node:fs';
import path from 'node:path';
import { ID_PREFIXES } from '@hub/platform';
import { ID_PLACES, WITHOUT_PLACE } from '../apps/portal/src/lib/id-places';

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
  it('knows each kind of id that the hub gives out, or why it leads nowhere', () => {
    const known = [...Object.keys(ID_PLACES), ...Object.keys(WITHOUT_PLACE)];
    expect(known.sort()).toEqual(Object.values(ID_PREFIXES).sort());
  });

  it('leads to pages that there are', () => {
    const declared = declaredPaths().map((one) => one.replaceAll(/\$\w+/g, ULID));
    const places = Object.values(ID_PLACES).map((place) => place.path?.(ULID) ?? place.page);
    expect(declared).toEqual(expect.arrayContaining(places));
  });
});
