import fs from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { compilerOptions } from '../../tsconfig.base.json';
import { importedSpecifiers, readImportGraph, sourceFiles } from '../circular/import-graph';
import { readCompose, ROOT } from './docker-files';

export const HUB_SERVICES = ['api', 'worker', 'migrate'];
/** Started as processes or threads of their own. */
const STARTED = ['libs/mapping/engine/src/child/mapping-child.ts', 'libs/mapping/engine/src/child/watchdog.ts'];

export function entryOf(command: readonly string[] | undefined): string {
  return command?.find((word) => word.startsWith('dist/')) ?? '';
}

/** Every source that the image's programs import, from each of their entries. */
export function reachableFiles(): string[] {
  const files = ['apps', 'libs'].flatMap((folder) => [...sourceFiles(path.join(ROOT, folder))]);
  const aliases = Object.fromEntries(
    Object.entries(compilerOptions.paths).map(([alias, [target]]) => [alias, path.join(ROOT, target ?? '')]),
  );
  const graph = readImportGraph(files, aliases);
  const { services } = readCompose();
  const entries = HUB_SERVICES.map((name) =>
    entryOf(services[name]?.command)
      .replace(/^dist\//, '')
      .replace(/\.js$/, '.ts'),
  );
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    if (!graph.has(file)) throw new Error(`${file} is not there`);
    reached.add(file);
    graph.get(file)?.forEach(visit);
  };
  [...entries, ...STARTED].forEach((file) => visit(path.join(ROOT, file)));
  return [...reached];
}

/** What these files import from packages, as they write it. */
export function importedPackages(files: readonly string[]): string[] {
  const imported = files.flatMap((file) => importedSpecifiers(fs.readFileSync(file, 'utf8')));
  return [
    ...new Set(imported.filter((name) => /^[^.]/.test(name) && !name.startsWith('@hub/') && !isBuiltin(name))),
  ].sort();
}

export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
