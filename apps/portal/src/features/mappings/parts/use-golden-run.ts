import { type GoldenCase, type MappingVersionResponse } from '@hub/api-client';
import { useQueries, useQuery } from '@tanstack/react-query';
import { previewOutcome } from '../editor/preview';
import { goldenCasesQuery } from '../mappings.queries';
import { goldenResult, type GoldenResult } from '../model/golden-result';

export interface GoldenRun {
  readonly golden: GoldenCase;
  /** Undefined while it is under way. */
  readonly result: GoldenResult | undefined;
  readonly error: Error | null;
}

export interface GoldenRuns {
  readonly runs: readonly GoldenRun[];
  readonly holds: number;
  readonly isLoading: boolean;
  readonly isKnown: boolean;
  readonly error: Error | null;
}

/** Every golden case on a version. The hub runs them again when it publishes; this is to see it beforehand. */
export function useGoldenRuns(mappingId: string, { version, expression, tables }: MappingVersionResponse): GoldenRuns {
  const { data, isLoading, error } = useQuery(goldenCasesQuery(mappingId));
  const cases = data ?? [];
  const answers = useQueries({
    queries: cases.map((golden) => ({
      queryKey: ['golden-run', mappingId, version, golden.id, golden.updated_at],
      queryFn: () =>
        previewOutcome({
          expression,
          tables,
          inputText: JSON.stringify(golden.input),
          event: golden.event,
          links: golden.links,
        }),
      staleTime: 60_000,
      refetchOnWindowFocus: false,
    })),
  });
  const runs = cases.map((golden, index): GoldenRun => {
    const answer = answers[index];
    const outcome = answer?.data;
    return {
      golden,
      result: outcome === undefined ? undefined : goldenResult(golden, outcome),
      error: answer?.error ?? null,
    };
  });
  const holds = runs.filter(({ result }) => result?.holds === true).length;
  return { runs, holds, isLoading, isKnown: data !== undefined, error };
}
