import { type HubAnswer } from '@hub/testing';

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly { pointer: string; code: string; message: string }[];
}

/** Whatever leaks how the hub is made: stacks, SQL, file names, drivers. */
const LEAK = /\bat .+:\d+:\d+|node_modules|\.ts\b|\.js\b|select .+ from|insert into|ECONNREFUSED|hub_app|tenant_id =/i;

/** RFC 9457 as `api.md` has it, with nothing that leaks. @returns the problem for further looks. */
export function expectProblem(answer: HubAnswer<unknown>, status: number, code: string): ProblemBody {
  const problem = answer.body as ProblemBody;
  expect({ status: answer.status, type: answer.headers.get('content-type'), code: problem?.code }).toEqual({
    status,
    type: expect.stringMatching(/^application\/problem\+json/),
    code,
  });
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^https:\/\//),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: expect.stringMatching(/^\//),
    request_id: answer.headers.get('x-request-id'),
  });
  expect(problem.request_id).toMatch(/^[A-Za-z0-9._:-]{1,128}$/);
  expect(answer.text).not.toMatch(LEAK);
  for (const fault of problem.errors ?? []) {
    expect(fault).toEqual({
      pointer: expect.any(String),
      code: expect.stringMatching(/^[a-z_]+$/),
      message: expect.any(String),
    });
  }
  return problem;
}

/** `pointer code` of each fault. */
export function faultsOf(problem: ProblemBody): string[] {
  return (problem.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);
}
