import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem';

/** A refusal stays one however often it is asked for; what is merely away may come back. */
function mayComeBack(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
}

/** How long an answer is not asked for again. */
export const FRESH_MS = 5_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (count, error) => count < 2 && mayComeBack(error),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
