import { useQuery } from '@tanstack/react-query';
import { ProblemAlert } from '../../components/problem-alert';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { deadLetterCountQuery } from '../dead-letters/dead-letters.queries';
import { ReplayButton } from '../replays/replay-button';
import { type DeliveryFilters } from './deliveries.queries';

const LOOK_EVERY_MS = 10_000;

/** For lists of what is dead: by a filter, nothing else is taken up. It says how many before anything is done. */
export function ReplayThese({ filters }: { readonly filters: DeliveryFilters }) {
  const { status, replayed, tracking_id: event, ...filter } = filters;
  const isMeant = useMay()('replay') && status === 'dead' && replayed !== 'true' && event === undefined;
  const count = useQuery({ ...deadLetterCountQuery(filter), enabled: isMeant, refetchInterval: LOOK_EVERY_MS });
  if (!isMeant) return null;
  if (count.error !== null && count.data === undefined)
    return <ProblemAlert error={count.error} onRetry={() => void count.refetch()} />;
  return <ReplayButton label={text.repair.replay.startThese} filter={filter} count={count.data ?? 0} />;
}
