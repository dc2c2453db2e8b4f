import { type OpenAPIObject } from '@nestjs/swagger';
import { WITH_IDS_OF_THEIR_OWN } from '../../http/idempotency-key.guard';
import { describeProblem } from '../../http/openapi';

export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];

/** A path that cannot be decoded, or a query that is none; and what nobody foresaw. */
const OF_ALL = [400, 500];
/** A body is looked at before anybody knows whether the operation wants one. */
const OF_UNSAFE = [...OF_ALL, 413, 415];
/** What `Idempotency-Key` may lead to: its first request is under way, or was another one. */
const OF_KEYED = [...OF_UNSAFE, 409, 422];
/** They refuse the header, or have ids of their own instead of it. */
const WITHOUT_KEY: ReadonlySet<string> = new Set([
  ...WITH_IDS_OF_THEIR_OWN,
  '/v1/connections/{id}/authorize',
  '/v1/connections/{id}/hook',
]);

/**
 * Declares, for each operation, the answers that come from the way in and not from its handler, so that no controller can
 * forget them.
 */
export function withCommonAnswers(document: OpenAPIObject): OpenAPIObject {
  for (const { path, method, operation } of operationsOf(document)) addAnswers(operation, answersOf(path, method));
  return document;
}

export function operationsOf({ paths }: OpenAPIObject): { path: string; method: Method; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );
}

/** Whether it honours `Idempotency-Key`. */
export function isKeyed(path: string, method: Method): boolean {
  return method !== 'get' && path.startsWith('/v1/') && !WITHOUT_KEY.has(path);
}

function answersOf(path: string, method: Method): readonly number[] {
  const found = path.includes('{') ? [404] : [];
  if (method === 'get') return [...OF_ALL, ...found];
  return [...found, ...(isKeyed(path, method) ? OF_KEYED : OF_UNSAFE)];
}

/** An operation that answers people with pages still gets the way in's problems, beside its own page of that status. */
function addAnswers(operation: Operation, statuses: readonly number[]): void {
  const responses = operation.responses as Record<string, { content?: Record<string, object> } | undefined>;
  for (const status of statuses) {
    const problem = describeProblem(status);
    const declared = (responses[String(status)] ??= problem);
    declared.content = { ...problem.content, ...declared.content };
  }
}
