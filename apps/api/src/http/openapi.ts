import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

/**
 * A schema without its id, for a class of its own: the document would otherwise hold it twice, under the id and under
 * the class's name, and refuses to.
 */
export function topLevel<S extends z.ZodType>(schema: S): S {
  return schema.meta({});
}

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
    routes: z.int().optional().describe('With `connection_in_use`: how many enabled routes lead there.'),
    syncs: z.int().optional().describe('With `connection_in_use`: how many syncs pull from there.'),
    tracking_id: z
      .string()
      .optional()
      .describe('With `event_id_reused`: the event that has the id. With `event_archived`: the archived one.'),
    most_events: z
      .int()
      .optional()
      .describe('With `batch_exceeds_limit`: how many are admitted at once, when none were sent for a minute.'),
    run_status: z.enum(['queued', 'running']).optional().describe('With `run_under_way`: where the other run is.'),
    scope: z.string().optional().describe('With `missing_scope`: what the key lacks.'),
    line: z.int().optional().describe('With `invalid_json` and faults of a mapping: where, from 1.'),
    column: z.int().optional().describe('With `line`, from 1.'),
    violated_policy: z
      .enum(['sustained', 'burst', 'api'])
      .optional()
      .describe('With `rate_limited`: which limit of `RateLimit-Policy` it was.'),
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
