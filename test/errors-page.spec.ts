import fs from 'node:fs';
import path from 'node:path';
import { type ProblemKind } from '@hub/platform';
import ts from 'typescript';
import { statusOf } from '../apps/api/src/http/problem-document';
import { sourceFiles } from './circular/import-graph';

const ROOT = path.resolve(__dirname, '..');
const PAGE = fs.readFileSync(path.join(ROOT, 'docs/errors.md'), 'utf8');

/** By kind and file, codes that do not stand in the call of `problem` itself. Whoever makes another such call names its codes here. */
const NOT_IN_THE_CALL: Readonly<Record<string, readonly string[]>> = {
  'bad_request apps/api/src/http/body-parser.ts': ['too_deep', 'too_many_members'],
  'unauthenticated apps/api/src/http/request-hooks.ts': [
    'expired_api_key',
    'malformed_api_key',
    'missing_api_key',
    'revoked_api_key',
    'tenant_suspended',
    'unknown_api_key',
    'unknown_operator_key',
    'wrong_kind_of_key',
  ],
  'conflict apps/api/src/modules/connections/connections.service.ts': ['credentials_missing'],
  'unprocessable apps/api/src/modules/events/refusal.ts': ['unstorable_event'],
  'conflict apps/api/src/modules/tenants-admin/tenants-admin.service.ts': ['legal_hold', 'not_suspended'],
  'unprocessable libs/mapping/store/src/mapping-content.ts': [
    'mapping_expression_too_large',
    'mapping_link_missing',
    'mapping_memory',
    'mapping_no_output',
    'mapping_output_too_large',
    'mapping_runtime',
    'mapping_skipped',
    'mapping_syntax',
    'mapping_timeout',
  ],
  'unavailable libs/mapping/store/src/mapping-content.ts': ['mapping_unavailable'],
  'conflict libs/mapping/store/src/publish/publish.repository.ts': ['golden_cases_changed'],
};
/** Told with another status than their kind has. */
const OTHER_STATUS: Readonly<Record<string, number>> = {
  internal_error: 500,
  headers_too_large: 431,
  request_timeout: 408,
};

interface Call {
  readonly file: string;
  readonly kind: string;
  /** `null` when they do not stand in the call. */
  readonly codes: readonly string[] | null;
}

function callsIn(file: string): Call[] {
  const source = ts.createSourceFile(file, fs.readFileSync(path.join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest);
  const calls: Call[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'problem') {
      const [kind, code] = node.arguments;
      if (kind !== undefined && ts.isStringLiteral(kind) && code !== undefined)
        calls.push({ file, kind: kind.text, codes: literals(code) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls;
}

function literals(node: ts.Expression): string[] | null {
  if (ts.isStringLiteral(node)) return [node.text];
  if (!ts.isConditionalExpression(node)) return null;
  const [one, other] = [literals(node.whenTrue), literals(node.whenFalse)];
  return one === null || other === null ? null : [...one, ...other];
}

describe('docs/errors.md', () => {
  const files = ['apps/api/src', 'apps/worker/src', 'libs'].flatMap((folder) => [
    ...sourceFiles(path.join(ROOT, folder)),
  ]);
  const calls = files
    .filter((file) => !/spec\.ts$/.test(file))
    .map((file) => path.relative(ROOT, file))
    .flatMap(callsIn);
  const listed = [...PAGE.matchAll(/^\| (\d{3}) +\| `([a-z0-9_]+)` +\|/gm)].map(
    ([, status, code]) => `${status} ${code}`,
  );

  it('names no code twice', () => {
    expect(listed.length).toBeGreaterThan(100);
    expect([...new Set(listed)]).toEqual(listed);
  });

  it('lists each code with each status that it is told with, and no other', () => {
    expect(calls.length).toBeGreaterThan(100);
    const told = calls.flatMap(({ file, kind, codes }) =>
      (codes ?? NOT_IN_THE_CALL[`${kind} ${file}`] ?? [`of a call in ${file}`]).map(
        (code) => `${OTHER_STATUS[code] ?? statusOf({ kind: kind as ProblemKind, code, detail: '' })} ${code}`,
      ),
    );
    expect(listed.toSorted()).toEqual([...new Set(told)].sort());
  });
});
