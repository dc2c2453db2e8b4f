import { type TenantTx } from '@hub/tenancy';
import { type ChannelKind, type SealedSecret } from '../channels/channel.types';
import { type AlertMessage, type AlertMessages, type NotificationKind } from '../store/alert.types';
import { GATHERING, messagesOf, type DueMessage, type DueNotice } from './messages';

/** Longer than any channel is given to answer: who holds it is either at work or dead. */
const LEASE = `interval '60 seconds'`;
/** Sent at once by one process; each has its own time limit. */
const CLAIMED_AT_ONCE = 10;
/** Notices among which messages are looked for: the most that one message can stand for. */
const LOOKED_AT_ONCE = 500;
/** After a message about a rule, further ones of the same kind are gathered for so long, where people read them. */
const GATHERED_FOR = `interval '60 seconds'`;

/** A message that is to be sent: one notice, or several that say the same of several alerts. */
export interface ClaimedMessage {
  /** Of the notice, or of the first of the group: constant, however often it is sent. */
  readonly id: string;
  /** Whatever becomes of the message becomes of these. */
  readonly notices: readonly string[];
  readonly kind: NotificationKind;
  readonly messages: AlertMessages;
  readonly attempts: number;
  /** Somebody may have been told of it through this channel: an answer that never came does not say that nobody was. */
  readonly wasTold: boolean;
  readonly channel: {
    readonly id: string;
    readonly name: string;
    readonly kind: ChannelKind;
    readonly recipients: readonly string[];
    readonly secret: SealedSecret | null;
    /** Neither deleted nor switched off. */
    readonly isUsable: boolean;
  };
}

/** Takes what is due, the attempt counted. */
export async function claimMessages(tx: TenantTx, token: string): Promise<ClaimedMessage[]> {
  await holdGathering(tx);
  const due = messagesOf(await lockDue(tx)).slice(0, CLAIMED_AT_ONCE);
  return due.length === 0 ? [] : take(tx, token, due);
}

/** Two who claim at once would make two messages of one: the second sees what the first has left. */
async function holdGathering(tx: TenantTx): Promise<void> {
  await tx.query(
    `select id from alert_channels where tenant_id = $1 and kind = any($2::text[]) order by id for no key update`,
    [tx.tenantId, GATHERING],
    'hold_gathering_channels',
  );
}

/**
 * What may be sent now. One alert's notices go through a channel in their order: its end is not told before its beginning.
 * A group is taken by whoever holds its first notice that still waits, so that no two take a part each.
 */
function lockDue(tx: TenantTx): Promise<DueNotice[]> {
  return tx.query<DueNotice & Record<string, unknown>>(
    `with lately as materialized (
       select distinct r.channel_id, r.kind, r.message ->> 'rule' as rule from alert_notifications r
       where r.tenant_id = $1 and r.id > uuid_v7_floor(now() - interval '1 hour') and r.created_at > now() - ${GATHERED_FOR} and r.attempts > 0
     )
     select n.id, n.group_id, n.channel_id, h.kind as channel_kind, n.kind, n.attempts, n.message ->> 'rule' as rule,
            n.message ->> 'severity' as severity, n.message ->> 'resolution' as resolution,
            exists (select 1 from alert_notifications p where p.tenant_id = $1 and p.alert_id = n.alert_id
                    and p.channel_id = n.channel_id and p.id < n.id and p.attempts > 0 and p.status <> 'discarded') as was_told
     from alert_notifications n join alert_channels h on h.tenant_id = $1 and h.id = n.channel_id
     where n.tenant_id = $1 and n.status = 'waiting' and n.next_attempt_at <= now() and (n.lease_until is null or n.lease_until < now())
       and not exists (select 1 from alert_notifications p where p.tenant_id = $1 and p.alert_id = n.alert_id
                       and p.channel_id = n.channel_id and p.status = 'waiting' and p.id < n.id)
       and not exists (select 1 from alert_notifications g where g.tenant_id = $1 and g.group_id = n.group_id
                       and g.status = 'waiting' and g.id < n.id)
       and (n.attempts > 0 or h.kind <> all($2::text[]) or not exists (
             select 1 from lately l where l.channel_id = n.channel_id and l.kind = n.kind and l.rule = n.message ->> 'rule'))
     order by n.next_attempt_at, n.id limit ${LOOKED_AT_ONCE} for update of n skip locked`,
    [tx.tenantId, GATHERING],
    'lock_due_notifications',
  );
}

interface TakenRow extends Record<string, unknown> {
  id: string;
  group_id: string | null;
  kind: NotificationKind;
  message: AlertMessage;
  attempts: number;
  channel_id: string;
  name: string;
  channel_kind: ChannelKind;
  recipients: string[];
  secret_sealed: string | null;
  secret_key_id: string | null;
  is_usable: boolean;
}

/** Of a group that was made before, its other notices come along. */
async function take(tx: TenantTx, token: string, due: readonly DueMessage[]): Promise<ClaimedMessage[]> {
  const picked = due.flatMap(({ groupId, notices }) => notices.map(({ id }) => ({ id, groupId })));
  const rows = await tx.query<TakenRow>(
    `with claimed as (
       update alert_notifications n set lease_token = $2, lease_until = now() + ${LEASE}, attempts = n.attempts + 1, group_id = p.group_id
       from unnest($3::uuid[], $4::uuid[]) as p (id, group_id)
       where n.tenant_id = $1 and n.status = 'waiting' and (n.id = p.id or n.group_id = p.group_id)
       returning n.id, n.group_id, n.channel_id, n.kind, n.message, n.attempts
     )
     select c.id, c.group_id, c.kind, c.message, c.attempts, h.id as channel_id, h.name, h.kind as channel_kind, h.recipients,
            h.secret_sealed, h.secret_key_id, h.enabled and h.deleted_at is null as is_usable
     from claimed c join alert_channels h on h.tenant_id = $1 and h.id = c.channel_id order by c.id`,
    [tx.tenantId, token, picked.map(({ id }) => id), picked.map(({ groupId }) => groupId)],
    'claim_notifications',
  );
  return due.flatMap(({ groupId, notices: [lead] }) => {
    const mine = rows.filter((row) => (groupId === null ? row.id === lead?.id : row.group_id === groupId));
    const [first, ...others] = mine;
    if (first === undefined || lead === undefined) return [];
    return [
      {
        id: groupId ?? first.id,
        notices: mine.map(({ id }) => id),
        kind: first.kind,
        messages: [first.message, ...others.map(({ message }) => message)],
        attempts: first.attempts,
        wasTold: lead.was_told,
        channel: channelOf(first),
      },
    ];
  });
}

function channelOf(row: TakenRow): ClaimedMessage['channel'] {
  return {
    id: row.channel_id,
    name: row.name,
    kind: row.channel_kind,
    recipients: row.recipients,
    secret:
      row.secret_sealed === null || row.secret_key_id === null
        ? null
        : { sealed: row.secret_sealed, keyId: row.secret_key_id },
    isUsable: row.is_usable,
  };
}
