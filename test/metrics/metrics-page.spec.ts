import fs from 'node:fs';
import path from 'node:path';
import { sourceFiles } from '../circular/import-graph';

const ROOT = path.resolve(__dirname, '../..');
const PAGE = fs.readFileSync(path.join(ROOT, 'docs/metrics.md'), 'utf8');

/** Names in the first columns of the tables below a heading. */
function namesBelow(heading: string): string[] {
  const [, below = ''] = PAGE.split(`\n## ${heading}\n`);
  const [section = ''] = below.split(/\n## /);
  return [...section.matchAll(/^\| `(hub_[a-z_]+)`/gm)].map(([, name = '']) => name).sort();
}

/** Files that make metrics: all of them write the names out. */
function makersOf(folder: string): string[] {
  return [...sourceFiles(path.join(ROOT, folder))].filter(
    (file) => !/spec\.ts$/.test(file) && fs.readFileSync(file, 'utf8').includes("from 'prom-client'"),
  );
}

function namesIn(folder: string): string[] {
  const texts = makersOf(folder).map((file) => fs.readFileSync(file, 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/'(hub_[a-z_]+)'/g)].map(([, name = '']) => name)).sort();
}

describe('docs/metrics.md', () => {
  it.each([
    ['API', 'apps/api/src'],
    ['Worker', 'apps/worker/src'],
  ])('lists each metric of the %s, and no other', (heading, folder) => {
    expect(namesIn(folder).length).toBeGreaterThan(3);
    expect(namesBelow(heading)).toEqual(namesIn(folder));
  });

  it('is about the only programs that make metrics', () => {
    const places = ['apps', 'libs'].flatMap(makersOf).map((file) => path.relative(ROOT, file));
    expect(places.filter((file) => !/^apps\/(api|worker)\/src\//.test(file))).toEqual([]);
  });
});
