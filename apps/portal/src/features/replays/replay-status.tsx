import { type Replay } from '@hub/api-client';
import { StatusBadge } from '../../components/status-badge';

/** One that has come to its end is not well for that alone. */
export function ReplayStatus({ replay }: { readonly replay: Pick<Replay, 'status' | 'failed'> }) {
  const { status, failed } = replay;
  return <StatusBadge status={status === 'completed' && failed > 0 ? 'completed_with_failures' : status} />;
}
