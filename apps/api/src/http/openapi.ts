import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { type ProblemMembers } from '@hub/platform';

/**
 * A schema without its id, for a class of its own: the document would otherwise hold it twice, under the id and under
 * the class's name, and refuses to.
 */
export function topLevel<S extends z.ZodType>(schema: S): S {
  return schema.meta({});
}

/** What only the page after a vendor's sign-in tells, which is no JSON. */
type ToldOnPages = 'account' | 'connection';

/** All that problems may carry beside what each has: one that is not described here does not compile. */
const MEMBERS = {
  routes: z
    .int()
    .optional()
    .describe('With `connection_in_use`: how many enabled routes lead there. With `mapping_in_use`: how many use it.'),
  syncs: z
    .int()
    .optional()
    .describe('With `connection_in_use`: how many syncs pull from there. With `mapping_in_use`: how many use it.'),
  disabled_routes: z.int().optional().describe('With `mapping_not_used`: how many disabled routes use the mapping.'),
  tracking_id: z
    .string()
    .optional()
    .describe('With `event_id_reused`: the event that has the id. With `event_archived`: the archived one.'),
  most_events: z
    .int()
    .optional()
    .describe('With `batch_exceeds_limit`: how many are admitted at once, when none were sent for a minute.'),
  count: z.int().optional().describe('With `count_changed`: how many match now.'),
  limit: z.int().optional().describe('With `too_many_golden_cases`: how many a mapping may have.'),
  replayed_by: z.string().optional().describe('With `already_replayed`: the delivery that its story goes on with.'),
  run_status: z.enum(['queued', 'running']).optional().describe('With `run_under_way`: where the other run is.'),
  published_version: z
    .int()
    .nullable()
    .optional()
    .describe('With `published_version_changed`: the one that is published now; `null` when none is.'),
  golden_cases: z.int().optional().describe('With `golden_cases_failed`: how many were run.'),
  golden_cases_failed: z.int().optional().describe('With `golden_cases_failed`: how many of them failed.'),
  environment: z.string().optional().describe('With `sign_in_not_set_up`: the one of the vendor that is meant.'),
  tenant_slug: z.string().optional().describe('With `sso_required`: whose sign-in page it is.'),
  category: z
    .string()
    .optional()
    .describe('Where the vendor refused or was not there: what kind of failure it is, as with deliveries.'),
  vendor_code: z.string().optional().describe('With `category`: its code.'),
  scope: z.string().optional().describe('With `missing_scope`: what the key lacks.'),
  line: z.int().optional().describe('With `invalid_json` and faults of a mapping: where, from 1.'),
  column: z.int().optional().describe('With `line`, from 1.'),
  offset: z.int().optional().describe('With faults of a mapping: where in the expression, from 0.'),
  token: z.string().optional().describe('With faults of a mapping: what stands there.'),
  violated_policy: z
    .enum(['sustained', 'burst', 'api'])
    .optional()
    .describe('With `rate_limited`: which limit of `RateLimit-Policy` it was.'),
} satisfies Record<Exclude<keyof ProblemMembers, ToldOnPages>, z.ZodType>;

/** RFC 9457, as every error of the API is shaped. */
export class ProblemResponse extends createZodDto(
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string().describe('Stable, snake_case: switch on this.'),
    request_id: z.string(),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('JSON pointer into the body, or #query/… and #header/….'),
          code: z.string(),
          message: z.string(),
          id: z.string().optional().describe('With `connection_in_use`: the route or sync.'),
        }),
      )
      .optional()
      .describe('At most 100 of the faults. When there are more, one with the code `more_faults` follows.'),
    ...MEMBERS,
  }),
) {}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request has faults; each is named.',
  401: 'No valid key.',
  403: 'The key lacks the scope.',
  404: 'No such thing, or not yours.',
  409: 'It conflicts with what is there.',
  413: 'The body is too large.',
  415: 'Not a content type that is taken here.',
  422: 'Understood, but it cannot be done as asked.',
  429: 'The rate limit is used up; see Retry-After.',
  500: 'Something went wrong on our side; quote the request id to support.',
  503: 'Not available right now; see Retry-After.',
};

/** A problem answer, as the document describes it. */
export function describeProblem(status: number): { description: string; content: Record<string, { schema: object }> } {
  return {
    description: DESCRIPTIONS[status] ?? 'A problem.',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemResponse' } } },
  };
}

/** Declares the problem answers that an operation may give. */
export const ProblemResponses = (...statuses: number[]): MethodDecorator & ClassDecorator =>
  applyDecorators(...statuses.map((status) => ApiResponse({ status, ...describeProblem(status) })));
