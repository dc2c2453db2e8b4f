import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { isJson } from '../model/json-text';
import { previewOutcome, type PreviewInput, type PreviewOutcome } from './preview';

const PAUSE_MS = 400;

export interface Preview {
  /** Of what was typed a moment ago, until there is a newer one. */
  readonly outcome: PreviewOutcome | undefined;
  readonly isWorking: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** What the mapping makes of the sample, asked once the typing stops. */
export function usePreview(input: PreviewInput): Preview {
  const [settled] = useDebouncedValue(input, PAUSE_MS, { leading: true });
  const isReady = isJson(settled.inputText) && settled.expression.trim() !== '';
  const { data, isFetching, error, refetch } = useQuery({
    queryKey: ['mapping-preview', settled],
    queryFn: () => previewOutcome(settled),
    enabled: isReady,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
  return {
    outcome: isReady ? data : undefined,
    isWorking: isReady && isFetching,
    error,
    retry: () => void refetch(),
  };
}
