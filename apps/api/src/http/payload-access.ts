import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { problem, type Problem } from '@hub/platform';
import { type KeyIdentity } from '@hub/tenancy';

declare module 'fastify' {
  interface FastifyRequest {
    /** Payloads are in the answer, or were searched for it. Whether that is put on record, `PayloadReadRecorder` says. */
    payloadsShown?: true;
  }
}

/** Said of every member that is withheld, in the same words, because it is withheld in the same way. */
export const WITHHELD = '`null` for a caller without `payloads:read`';

/** Whether what is in a payload is shown to the caller; else each such member of the answer is `null`. */
export const PayloadsShown = createParamDecorator((_data: unknown, context: ExecutionContext): boolean =>
  showsPayloads(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The same question, for a handler that shows payloads in some answers and not in others: whoever asks it shows them. */
export const AskWhetherShown = createParamDecorator((_data: unknown, context: ExecutionContext): (() => boolean) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return () => showsPayloads(request);
});

export function showsPayloads(request: FastifyRequest): boolean {
  if (request.identity === undefined || !mayReadPayloads(request.identity)) return false;
  request.payloadsShown = true;
  return true;
}

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
