import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** Which file imports which at run time. Imports of types alone vanish in the build and are left out. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

export function* sourceFiles(folder: string): Generator<string> {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(full);
    else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts')) yield full;
  }
}

/** @param aliases absolute file of each `@hub/…` */
export function readImportGraph(files: readonly string[], aliases: Readonly<Record<string, string>>): ImportGraph {
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const specifiers = importedSpecifiers(fs.readFileSync(file, 'utf8'));
      const targets = specifiers
        .map((specifier) => resolve(file, specifier, aliases))
        .filter((target) => known.has(target));
      return [file, [...new Set(targets)]];
    }),
  );
}

function resolve(file: string, specifier: string, aliases: Readonly<Record<string, string>>): string {
  const alias = aliases[specifier];
  if (alias !== undefined) return alias;
  if (!specifier.startsWith('.')) return '';
  const base = path.resolve(path.dirname(file), specifier);
  return (
    [`${base}.ts`, path.join(base, 'index.ts'), base].find(
      (candidate) => candidate.endsWith('.ts') && fs.existsSync(candidate),
    ) ?? ''
  );
}

export function importedSpecifiers(code: string): string[] {
  const source = ts.createSourceFile('x.ts', code, ts.ScriptTarget.ES2022);
  return source.statements.flatMap((statement) => {
    const isImport = ts.isImportDeclaration(statement) && !isTypeImport(statement.importClause);
    const isExport = ts.isExportDeclaration(statement) && !isTypeExport(statement);
    if ((!isImport && !isExport) || statement.moduleSpecifier === undefined) return [];
    return ts.isStringLiteral(statement.moduleSpecifier) ? [statement.moduleSpecifier.text] : [];
  });
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.length > 0 &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

function isTypeExport(statement: ts.ExportDeclaration): boolean {
  if (statement.isTypeOnly) return true;
  const clause = statement.exportClause;
  return (
    clause !== undefined &&
    ts.isNamedExports(clause) &&
    clause.elements.length > 0 &&
    clause.elements.every((element) => element.isTypeOnly)
  );
}

/** One circle for each group of files that reach each other, each as the path that closes it. */
export function circles(graph: ImportGraph): string[][] {
  const found: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const visit = (file: string): void => {
    state.set(file, 'open');
    path.push(file);
    for (const target of graph.get(file) ?? []) {
      if (state.get(target) === 'open') found.push([...path.slice(path.indexOf(target)), target]);
      else if (!state.has(target)) visit(target);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return found;
}
