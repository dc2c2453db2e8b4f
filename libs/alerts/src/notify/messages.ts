import { type ChannelKind } from '../channels/channel.types';
import { type NotificationKind } from '../store/alert.types';

/**
 * Channels that people read: fifty connections that one outage has stopped are one message there. What a program reads
 * stays one message for each alert, because it opens and closes something of its own by the alert's id.
 */
export const GATHERING: readonly ChannelKind[] = ['email', 'slack'];
/** So many notices and more of one rule and kind go as one message; fewer go alone. */
const GROUPED_FROM = 3;

/** A notice that may be sent, and what decides with which others it goes. */
export interface DueNotice {
  readonly id: string;
  /** Of one that was sent with others before: the first of them. */
  readonly group_id: string | null;
  readonly channel_id: string;
  readonly channel_kind: ChannelKind;
  readonly kind: NotificationKind;
  readonly attempts: number;
  readonly rule: string;
  readonly severity: string;
  readonly resolution: string | null;
  /** Somebody was told of the alert through this channel. */
  readonly was_told: boolean;
}

/** What is sent as one: a single notice, or a group. */
export interface DueMessage {
  readonly groupId: string | null;
  /** At least one; of a group that was made before, its first. */
  readonly notices: readonly DueNotice[];
}

/**
 * Makes messages of notices, in the order of their first. Only what was never tried joins a group: a receiver may know the
 * rest by an id of its own already, and would be told of it twice.
 */
export function messagesOf(due: readonly DueNotice[]): DueMessage[] {
  const alike = new Map<string, DueNotice[]>();
  for (const notice of due) {
    const key = mayJoin(notice) ? groupKey(notice) : notice.id;
    alike.set(key, [...(alike.get(key) ?? []), notice]);
  }
  return [...alike.values()].flatMap((notices) => {
    if (notices.length >= GROUPED_FROM) return [{ groupId: firstOf(notices), notices }];
    return notices.map((notice) => ({ groupId: notice.group_id, notices: [notice] }));
  });
}

function mayJoin({ channel_kind, group_id, attempts, kind, was_told }: DueNotice): boolean {
  const isEmpty = kind === 'resolved' && !was_told;
  return GATHERING.includes(channel_kind) && group_id === null && attempts === 0 && !isEmpty;
}

/** One headline has to be true of them all. */
function groupKey({ channel_id, kind, rule, severity, resolution }: DueNotice): string {
  return [channel_id, kind, rule, severity, resolution].join(' ');
}

function firstOf(notices: readonly DueNotice[]): string {
  return notices.map(({ id }) => id).reduce((first, id) => (id < first ? id : first));
}
