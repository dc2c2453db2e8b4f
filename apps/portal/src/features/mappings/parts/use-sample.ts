import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../../lib/session';
import { mappings as wording } from '../../../text/mappings.text';
import { type SamplePaneProps } from '../editor/sample-pane';
import { sampleOfCase, sampleOfEvent, type Sample } from '../editor/sample';
import { goldenCasesQuery, mappedEventsQuery, usesOf, usesQuery, type MappingUses } from '../mappings.queries';

const START: Sample = { text: wording.sample.start, event: null, links: [] };
const NONE_YET: Sample = { text: '', event: null, links: [] };
const NOTHING: MappingUses = { routes: [], syncs: [] };

/** The sample of a mapping: the event that the address names or else the last one that it mapped, until it is changed. */
export function useSample(
  mappingId: string,
  wanted: string | undefined,
  onEvent: (trackingId: string | undefined) => void,
): Omit<SamplePaneProps, 'mappingId' | 'paths'> {
  const mayRead = useMay()('payloads:read');
  const [own, setOwn] = useState<Sample | null>(null);
  const uses = useQuery(usesQuery());
  const used = usesOf(uses.data ?? NOTHING, mappingId);
  const recent = useQuery({
    ...mappedEventsQuery(used, false),
    enabled: wanted === undefined && mayRead && used.routes.length + used.syncs.length > 0,
  });
  const cases = useQuery(goldenCasesQuery(mappingId));
  const eventId = mayRead ? (wanted ?? recent.data?.[0]?.trackingId) : undefined;
  const isForSyncs = used.routes.length === 0 && used.syncs.length > 0;
  const event = useQuery({
    queryKey: ['mapping-sample', eventId, isForSyncs],
    queryFn: () => (eventId === undefined ? null : sampleOfEvent(eventId, isForSyncs)),
    enabled: eventId !== undefined && uses.data !== undefined,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  // Not waited for again where it has failed: the sample would come and go with each look.
  const isSettled = ![uses, recent, event, cases].some(({ isLoading, isFetched }) => isLoading && !isFetched);
  const first = cases.data?.[0];
  const start = first === undefined ? START : sampleOfCase(first);
  return {
    sample: own ?? event.data ?? (isSettled ? start : NONE_YET),
    onChange: setOwn,
    eventId,
    onEvent: (trackingId) => {
      setOwn(null);
      onEvent(trackingId);
    },
    eventError: event.error,
    isGone: wanted !== undefined && event.data === null,
  };
}
