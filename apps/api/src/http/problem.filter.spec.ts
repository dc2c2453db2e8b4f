import { type ArgumentsHost } from '@nestjs/common';
import { DatabaseError } from 'pg';
import { problem, silentLogger } from '@hub/platform';
import { FailedRequestLimit } from './failed-request-limit';
import { HubProblem } from './hub-problem';
import { ProblemFilter } from './problem.filter';
import { type RateLimits } from './rate-limits';

const filter = new ProblemFilter({
  failedRequests: new FailedRequestLimit(),
  limits: { takeForUnread: () => Promise.resolve(null) } as unknown as RateLimits,
  logger: silentLogger,
  methodsOf: () => [],
});

/** Status, code and headers of the answer to a request that ended in `error`. */
async function answerTo(error: unknown, method: string): Promise<Record<string, unknown>> {
  const answer: Record<string, unknown> = {};
  const reply = {
    code: (status: number) => Object.assign(answer, { status }) && reply,
    header: (name: string, value: string) => Object.assign(answer, { [name]: value }) && reply,
    send: (body: string) => Object.assign(answer, { code: (JSON.parse(body) as { code: string }).code }) && reply,
  };
  const request = { method, url: '/v1/x', id: 'req_1', ip: '10.0.0.1', routeOptions: {} };
  const http = { getRequest: () => request, getResponse: () => reply };
  await filter.catch(error, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return answer;
}

function sqlError(code: string): DatabaseError {
  return Object.assign(new DatabaseError('statement', 1, 'error'), { code });
}

describe('the problem filter', () => {
  it('calls a search that took too long too broad', async () => {
    expect(await answerTo(sqlError('57014'), 'GET')).toMatchObject({ status: 422, code: 'search_too_broad' });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('calls a %s that took too long a matter of storage', async (method) => {
    const answer = await answerTo(sqlError('57014'), method);
    expect(answer).toMatchObject({ status: 503, code: 'storage_unavailable', 'retry-after': '2' });
  });

  it('tells nothing of what nobody foresaw', async () => {
    expect(await answerTo(new Error('secret'), 'GET')).toMatchObject({ status: 500, code: 'internal_error' });
  });

  it('hands on what was foreseen', async () => {
    const error = new HubProblem(problem('conflict', 'name_taken', 'Another one has it.'));
    expect(await answerTo(error, 'POST')).toMatchObject({ status: 409, code: 'name_taken' });
  });
});
