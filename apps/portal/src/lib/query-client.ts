import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem';

/** A refusal stays one however often it is asked for; what is merely away may come back. */
function mayComeBack(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && mayComeBack(error),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
