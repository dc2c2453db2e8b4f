import { Button, Text } from '@mantine/core';
import { type EventSummary } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { count } from '../../lib/number';
import { type ListState } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { ReplayDialog } from '../replays/replay-button';
import { type ReplaySubject } from '../replays/replay-subject';
import { type EventFilters } from './events.queries';
import { MOST_NAMED, replayOfEvents, type ReplayOfEvents } from './replay-of-events';

const words = text.repair.replay;

interface Props {
  readonly filters: EventFilters;
  readonly list: ListState<EventSummary>;
}

/** Takes up the events that are listed; not offered of all that there are. It has its place before they are there. */
export function ReplayEvents({ filters, list }: Props) {
  const replay = useReplay({ filters, list });
  // Those that were listed when somebody asked for it: the list goes on changing behind the form, also until it offers nothing.
  const [taken, setTaken] = useState<ReplaySubject | null>(null);
  const [isOpen, dialog] = useDisclosure(false);
  const isUseless = replay === null || ('why' in replay && (replay.why === 'underWay' || replay.why === 'unrouted'));
  const hasArrived = filters.status === 'succeeded';
  const named = replay !== null && 'trackingIds' in replay ? replay : null;
  const open = (): void => {
    if (named === null) return;
    setTaken({ ...named, hasFailed: !hasArrived, hasArrived, wasTurnedAway: true });
    dialog.open();
  };
  return (
    <>
      {!isUseless && (
        <Button size="sm" variant="default" disabled={named === null} onClick={open}>
          {words.startThese}
        </Button>
      )}
      <ReplayDialog isOpen={isOpen} onClose={dialog.close} subject={taken} />
    </>
  );
}

/** For whoever would look for the offer, or would use it. */
export function WhyNoReplay({ filters, list }: Props) {
  const replay = useReplay({ filters, list });
  if (replay === null || list.rows.length === 0 || !('why' in replay)) return null;
  const { why } = replay;
  return (
    <Text size="sm" c="dimmed">
      {why === 'notAll' ? words.whyNot.notAll(count(MOST_NAMED)) : words.whyNot[why]}
    </Text>
  );
}

/** Null where nobody would look for it. */
function useReplay({ filters, list: { rows, hasMore } }: Props): ReplayOfEvents | null {
  const may = useMay()('replay');
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return may && isFiltered ? replayOfEvents(filters.status, rows, hasMore) : null;
}
