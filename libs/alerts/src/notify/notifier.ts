import { type Database } from '@hub/database';
import { newUuid, silentLogger, type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { noteChannelOutcome } from '../channels/channel.repository';
import { type ChannelSender } from './channel-sender';
import { claimMessages, type ClaimedMessage } from './claim';
import { findTenantsWithNotifications, settleNotifications, type NotificationOutcome } from './notification.repository';
import { type SendFailure } from './send.types';

/** Over half a day, then it is given up, and the channel shows why. */
const DELAYS_S = [10, 60, 300, 1_800, 7_200, 14_400, 21_600] as const;
/** Tenants whose messages are sent at once: a channel that hangs holds up its own tenant. */
const LANES = 4;

export interface NotifierOptions {
  /** Logged in as the dispatcher: sees who has something waiting, and nothing of what it says. */
  readonly dispatcher: Database;
  readonly tenants: TenantDb;
  readonly sender: ChannelSender;
  readonly observe?: (kind: string, outcome: NotificationOutcome['status']) => void;
  readonly logger?: Logger;
}

/**
 * Sends what was decided. A claim in the database gives each message to one worker; one that dies leaves its claim to run
 * out, and the message is sent again with the same id, so that it arrives at least once and a repeat is recognised.
 */
export class Notifier {
  private readonly logger: Logger;

  constructor(private readonly options: NotifierOptions) {
    this.logger = options.logger ?? silentLogger;
  }

  /** Sends everything that is due. @returns how many messages were tried */
  async sendDue(signal?: AbortSignal): Promise<number> {
    const waiting = await findTenantsWithNotifications(this.options.dispatcher);
    let tried = 0;
    const lane = async (): Promise<void> => {
      for (let tenant = waiting.shift(); tenant !== undefined; tenant = waiting.shift()) {
        if (signal?.aborted === true) return;
        tried += await this.sendOf(tenant);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return tried;
  }

  /** One tenant's, until nothing is due any more. */
  async sendOf(tenantId: string): Promise<number> {
    for (let tried = 0; ;) {
      const token = newUuid();
      const claimed = await this.options.tenants.run(tenantId, (tx) => claimMessages(tx, token));
      await Promise.all(claimed.map((message) => this.sendOne(tenantId, message, token)));
      tried += claimed.length;
      if (claimed.length === 0) return tried;
    }
  }

  /** Never rejects: a message that cannot be settled is sent again when its claim has run out. */
  private async sendOne(tenantId: string, message: ClaimedMessage, token: string): Promise<void> {
    const fields = { tenant_id: tenantId, category: message.channel.kind, reason: message.kind };
    try {
      const outcome = await this.outcomeOf(tenantId, message);
      const mine = await this.options.tenants.run(tenantId, async (tx) => {
        const settled = await settleNotifications(tx, message.notices, token, outcome);
        if (settled && outcome.status !== 'discarded') await noteChannelOutcome(tx, message.channel.id, outcome.error);
        return settled;
      });
      if (!mine) return;
      this.options.observe?.(message.channel.kind, outcome.status);
      if (outcome.error === null) this.logger.info('an alert was told', { ...fields, outcome: outcome.status });
      else this.logger.warn('an alert was not told', { ...fields, code: outcome.error.code, outcome: outcome.status });
    } catch (error) {
      this.logger.warn('an alert could not be told', { ...fields, error });
    }
  }

  private async outcomeOf(tenantId: string, message: ClaimedMessage): Promise<NotificationOutcome> {
    const { channel } = message;
    if (!channel.isUsable) return discarded('channel_off', 'The channel was deleted or switched off meanwhile.');
    if ((message.kind === 'resolved' || message.kind === 'acknowledged') && !message.wasTold)
      return discarded('never_told', 'Nobody was told through this channel that there was an alert.');
    const sent = await this.options.sender.send(tenantId, channel, message);
    if (sent.ok) return { status: 'sent', httpStatus: sent.value.httpStatus, error: null };
    return afterFailure(sent.error, message.attempts);
  }
}

/** What follows a failure of the given attempt, counted from one. */
export function afterFailure(failure: SendFailure, attempt: number): NotificationOutcome {
  const delayS = DELAYS_S[attempt - 1];
  const said = { httpStatus: failure.httpStatus ?? null, error: { code: failure.code, message: failure.message } };
  if (failure.permanent || delayS === undefined) return { status: 'failed', ...said };
  return { status: 'waiting', delayMs: Math.max(delayS * 1_000, failure.retryAfterMs ?? 0), ...said };
}

function discarded(code: string, message: string): NotificationOutcome {
  return { status: 'discarded', httpStatus: null, error: { code, message } };
}
