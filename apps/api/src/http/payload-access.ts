import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { problem, type Problem } from '@hub/platform';
import { type KeyIdentity } from '@hub/tenancy';

/** Said of every member that is withheld, in the same words, because it is withheld in the same way. */
export const WITHHELD = '`null` for a caller without `payloads:read`';

/** Whether what is in a payload may be shown to the caller; else each such member of the answer is `null`. */
export const PayloadsShown = createParamDecorator((_data: unknown, context: ExecutionContext): boolean => {
  const { identity } = context.switchToHttp().getRequest<FastifyRequest>();
  return identity !== undefined && mayReadPayloads(identity);
});

export function mayReadPayloads({ scopes }: Pick<KeyIdentity, 'scopes'>): boolean {
  return scopes.has('payloads:read');
}

/** To whoever may not read payloads, what is found by their text would tell what is in them, a letter at a time. */
export const NO_PAYLOAD_SEARCH: Problem = problem(
  'forbidden',
  'missing_scope',
  'Text is looked for in payloads too, which needs the scope "payloads:read". Ids of events and deliveries are found without it, and so are events by their event_id or subject.',
  { extra: { scope: 'payloads:read' } },
);
