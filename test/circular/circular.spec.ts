import path from 'node:path';
import { compilerOptions } from '../../tsconfig.base.json';
import { circles, importedSpecifiers, readImportGraph, sourceFiles } from './import-graph';

const ROOT = path.resolve(__dirname, '..', '..');

describe('imports', () => {
  it('never run in circles', () => {
    const files = ['apps', 'libs', 'bench'].flatMap((folder) => [...sourceFiles(path.join(ROOT, folder))]);
    const aliases = Object.fromEntries(
      Object.entries(compilerOptions.paths).map(([alias, [target]]) => [alias, path.join(ROOT, target ?? '')]),
    );
    const graph = readImportGraph(files, aliases);
    const edges = [...graph.values()].reduce((sum, targets) => sum + targets.length, 0);
    expect(edges).toBeGreaterThan(files.length);
    expect(circles(graph).map((circle) => circle.map((file) => path.relative(ROOT, file)).join(' → '))).toEqual([]);
  });

  it('would be reported if they did', () => {
    const graph = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d']],
      ['d', ['e']],
      ['e', ['b']],
      ['f', ['f']],
    ]);
    expect(circles(graph)).toEqual([
      ['b', 'd', 'e', 'b'],
      ['f', 'f'],
    ]);
    expect(circles(new Map([...graph, ['e', []], ['f', []]]))).toEqual([]);
  });

  it('count when they exist at run time', () => {
    const code = `
      import './effect';
      import value, { type T1 } from './value';
      import { type T2, other } from './other';
      import * as all from './all';
      import type { T3 } from './types';
      import { type T4, type T5 } from './more-types';
      export * from './everything';
      export type { T6 } from './exported-type';
      export { type T7 } from './another-type';
      export { thing } from './thing';
      export const local = 1;`;
    expect(importedSpecifiers(code)).toEqual(['./effect', './value', './other', './all', './everything', './thing']);
  });
});
