import { type DeliveryResponse } from '@hub/api-client';
import { type ReactNode } from 'react';
import { Time } from '../../components/time';
import { hasCome } from '../../lib/hub-clock';
import { deliveries } from '../../text/deliveries.text';

/** A time that has passed is none to wait for: it is due, and something keeps it. Null where no attempt follows. */
export function nextOf({
  next_attempt_at: at,
  status,
}: Pick<DeliveryResponse, 'next_attempt_at' | 'status'>): ReactNode {
  if (at === null) return null;
  if (!hasCome(at)) return <Time at={at} size="sm" ago ahead />;
  return status === 'held' ? deliveries.detail.nextOnceFree : deliveries.detail.nextDue;
}
