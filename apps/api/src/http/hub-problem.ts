import { type Problem, type Result } from '@hub/platform';

/** Carries a `Problem` from a handler to the one place that turns it into HTTP. */
export class HubProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
    this.name = 'HubProblem';
  }
}

/** The value, or the problem thrown: for the edge of the API, where a `Result` ends. */
export function unwrap<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new HubProblem(result.error);
}
