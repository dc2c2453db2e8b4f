import { Badge, Tooltip } from '@mantine/core';
import { text } from '../text';

const COLORS: Readonly<Record<string, string>> = {
  succeeded: 'teal',
  connected: 'teal',
  active: 'teal',
  enabled: 'teal',
  ready: 'teal',
  completed: 'teal',
  published: 'teal',
  resolved: 'teal',
  pending: 'gray',
  queued: 'gray',
  draft: 'gray',
  cancelled: 'gray',
  replayed: 'gray',
  superseded: 'gray',
  disabled: 'gray',
  paused: 'gray',
  closed: 'gray',
  expired: 'gray',
  revoked: 'gray',
  muted: 'gray',
  waiting: 'gray',
  discarded: 'gray',
  sent: 'teal',
  up: 'teal',
  silent: 'red',
  unreachable: 'red',
  verified: 'teal',
  unverified: 'yellow',
  balanced: 'teal',
  unbalanced: 'red',
  deferred: 'yellow',
  asked_to_wait: 'yellow',
  crashed: 'red',
  suspended: 'red',
  processing: 'blue',
  delivering: 'blue',
  running: 'blue',
  invited: 'blue',
  acknowledged: 'blue',
  half_open: 'yellow',
  breaker_half_open: 'yellow',
  breaker_open: 'red',
  completed_with_failures: 'yellow',
  retrying: 'yellow',
  held: 'yellow',
  expiring: 'yellow',
  unrouted: 'yellow',
  interrupted: 'yellow',
  failed: 'red',
  failing: 'red',
  probe_failed: 'red',
  dead: 'red',
  needs_reauth: 'red',
  open: 'red',
};

export interface StatusBadgeProps {
  readonly status: string;
  /** Why, in words. */
  readonly why?: string | null;
}

/** `would_send` has no words of its own. */
function asWords(status: string): string {
  return (status.charAt(0).toUpperCase() + status.slice(1)).replaceAll('_', ' ');
}

/** A state as a word, for where a badge has no room. */
export function statusWord(status: string): string {
  return text.common.status[status] ?? asWords(status);
}

/** A state as a word and a colour, never by colour alone. */
export function StatusBadge({ status, why }: StatusBadgeProps) {
  const badge = (
    <Badge color={COLORS[status] ?? 'gray'} variant="light" radius="sm" tt="none" style={{ flexShrink: 0 }}>
      {statusWord(status)}
    </Badge>
  );
  return why == null || why === '' ? badge : <Tooltip label={why}>{badge}</Tooltip>;
}
