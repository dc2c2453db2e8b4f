import { problem, type Problem } from '@hub/platform';

/** For filters: what is of no connector would only ever find nothing, which looks as if there were nothing. */
export function unknownConnectorAsked(): Problem {
  const message = 'There is no such connector; GET /v1/connectors lists them.';
  return problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', {
    faults: [{ pointer: '#query/connector', code: 'invalid_value', message }],
  });
}
