import { err, ok, problem, type InputFault, type Problem, type Result } from '@hub/platform';
import { LONGEST_SCHEDULE_SECONDS, MOST_RETRIES } from '../retry/retry-schedule';
import { isEventTypePattern } from './event-type-pattern';
import { type RouteChange } from './route.types';

const LONGEST_DELAY_SECONDS = 86_400;

/**
 * What a route's own members must keep to; whether its connection, mapping and operation exist is asked elsewhere.
 * @returns a 422 `invalid_route` with every fault, pointers as in the public API.
 */
export function checkRoute(route: RouteChange): Result<null, Problem> {
  const faults = [...eventTypeFaults(route.eventType), ...retryFaults(route.retryDelaysSeconds)];
  return faults.length === 0
    ? ok(null)
    : err(problem('unprocessable', 'invalid_route', 'The route cannot be saved like this.', { faults }));
}

function* eventTypeFaults(pattern: string | undefined): Generator<InputFault> {
  if (pattern === undefined || isEventTypePattern(pattern)) return;
  yield {
    pointer: '/event_type',
    code: 'invalid_event_type',
    message: 'Must be a dotted event type of at most 100 characters, in which a whole part may be "*"',
  };
}

function* retryFaults(delays: readonly number[] | null | undefined): Generator<InputFault> {
  if (delays === undefined || delays === null) return;
  const pointer = '/retry/delays_seconds';
  if (delays.length > MOST_RETRIES) {
    yield { pointer, code: 'too_many', message: `Must have at most ${MOST_RETRIES} delays` };
  }
  for (const [index, delay] of delays.entries()) {
    if (Number.isInteger(delay) && delay >= 1 && delay <= LONGEST_DELAY_SECONDS) continue;
    yield {
      pointer: `${pointer}/${index}`,
      code: 'out_of_range',
      message: `Must be a whole number of seconds from 1 to ${LONGEST_DELAY_SECONDS}`,
    };
  }
  if (delays.reduce((sum, delay) => sum + delay, 0) > LONGEST_SCHEDULE_SECONDS) {
    yield { pointer, code: 'too_long', message: `Must be at most ${LONGEST_SCHEDULE_SECONDS} seconds in all` };
  }
}
