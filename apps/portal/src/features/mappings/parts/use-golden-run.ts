import { type GoldenCase, type MappingVersionResponse } from '@hub/api-client';
import { useQueries, useQuery } from '@tanstack/react-query';
import { type Awaited } from '../../../components/loaded';
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
  readonly cases: Awaited<readonly GoldenCase[]>;
}

/** Every golden case on a version. The hub runs them again when it publishes; this is to see it beforehand. */
export function useGoldenRuns(mappingId: string, { version, expression, tables }: MappingVersionResponse): GoldenRuns {
  const { data, error, refetch } = useQuery(goldenCasesQuery(mappingId));
  const known = data ?? [];
  const answers = useQueries({
    queries: known.map((golden) => ({
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
  const runs = known.map((golden, index): GoldenRun => {
    const answer = answers[index];
    const outcome = answer?.data;
    return {
      golden,
      result: outcome === undefined ? undefined : goldenResult(golden, outcome),
      error: answer?.error ?? null,
    };
  });
  const holds = runs.filter(({ result }) => result?.holds === true).length;
  return { runs, holds, cases: { data, error, refetch } };
}
