import { Inject, Injectable } from '@nestjs/common';
import {
  ChannelSender,
  deleteChannel,
  findChannel,
  findChannelSecret,
  insertChannel,
  hostOf,
  listChannels,
  listNotificationsOfChannel,
  noteChannelOutcome,
  PAGERDUTY_URL,
  recordNotification,
  secretOf,
  targetFaults,
  updateChannel,
  type AlertMessage,
  type ChannelKind,
  type ChannelRow,
  type ChannelSecret,
  type ChannelSecrets,
  type ChannelTarget,
  type NotificationOutcome,
  type NotificationRow,
  type SealedSecret,
  type Severity,
} from '@hub/alerts';
import { appendAudit, type AuditActor } from '@hub/audit';
import {
  err,
  newUuid,
  notFound,
  ok,
  problem,
  refuseKeptSecret,
  toPublicId,
  type InputFault,
  type JsonObject,
  type Problem,
  type Result,
} from '@hub/platform';
import { findTenant, TenantDb } from '@hub/tenancy';
import { audited, changesOf } from '../../http/audited';
import { type Page } from '../../http/pagination';
import { SendingLimits } from '../mail/sending-limits';
import { toChannelResponse } from './alert.mapper';
import { CHANNEL_SECRETS } from './channel-providers';

/** How many get mail, and not who: a record outlives what its tenant must forget. */
const change = changesOf('alert_channel', 'alertChannel', (row: ChannelRow) => ({
  ...toChannelResponse(row),
  recipients: row.recipients.length,
}));

export interface NewChannelRequest extends ChannelTarget {
  readonly name: string;
  readonly kind: ChannelKind;
  readonly least_severity: Severity;
  readonly enabled: boolean;
}

export interface ChannelChangeRequest extends ChannelTarget {
  readonly name?: string | undefined;
  readonly least_severity?: Severity | undefined;
  readonly enabled?: boolean | undefined;
}

/** A channel and, this once, the secret that the hub has made for it. */
export interface ShownChannel {
  readonly row: ChannelRow;
  readonly secret: string | null;
}

@Injectable()
export class AlertChannelsService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(CHANNEL_SECRETS) private readonly secrets: ChannelSecrets,
    @Inject(ChannelSender) private readonly sender: ChannelSender,
    @Inject(SendingLimits) private readonly limits: SendingLimits,
  ) {}

  async create(
    tenantId: string,
    actor: AuditActor,
    request: NewChannelRequest,
  ): Promise<Result<ShownChannel, Problem>> {
    const { name, kind } = request;
    const faults = targetFaults(kind, request, true);
    if (faults.length > 0) return err(invalid(faults));
    if (kind === 'email' && !this.sender.sendsMail) return err(noMailServer());
    const id = newUuid();
    const secret = secretOf(kind, request);
    const sealed = kind === 'email' ? ok(null) : await this.secrets.seal(tenantId, id, jsonOf(secret));
    if (!sealed.ok) return sealed;
    const channel = {
      id,
      name,
      kind,
      recipients: request.recipients ?? [],
      targetHost: targetHost(secret),
      secret: sealed.value,
      leastSeverity: request.least_severity,
      enabled: request.enabled,
    };
    const created = await this.tenants.run(tenantId, async (tx) =>
      audited(tx, await insertChannel(tx, channel), (after) => change(actor, 'created', { after })),
    );
    const made = request.secret === undefined ? (secret.signing_secret ?? null) : null;
    return created.ok ? ok({ row: created.value, secret: made }) : created;
  }

  list(tenantId: string, page: Page): Promise<ChannelRow[]> {
    return this.tenants.run(tenantId, (tx) => listChannels(tx, page));
  }

  async find(tenantId: string, id: string): Promise<Result<ChannelRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findChannel(tx, id));
    return row === null ? err(notFound('alert channel')) : ok(row);
  }

  async update(
    tenantId: string,
    actor: AuditActor,
    id: string,
    request: ChannelChangeRequest,
  ): Promise<Result<ChannelRow, Problem>> {
    const current = await this.tenants.run(tenantId, async (tx) => ({
      row: await findChannel(tx, id),
      secret: await findChannelSecret(tx, id),
    }));
    if (current.row === null) return err(notFound('alert channel'));
    const faults = targetFaults(current.row.kind, request, false);
    if (faults.length > 0) return err(invalid(faults));
    const target = await this.newTarget(tenantId, current.row, current.secret, request);
    if (!target.ok) return target;
    const { name, recipients, least_severity: leastSeverity, enabled } = request;
    const wanted = { name, recipients, leastSeverity, enabled, target: target.value };
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findChannel(tx, id);
      return audited(tx, await updateChannel(tx, id, wanted), (after) => {
        const isMoved = before?.recipients.join() !== after.recipients.join();
        const details = { target_replaced: target.value !== undefined, recipients_replaced: isMoved };
        return change(actor, 'updated', { before, after, details });
      });
    });
  }

  delete(tenantId: string, actor: AuditActor, id: string): Promise<Result<ChannelRow, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findChannel(tx, id);
      return audited(tx, await deleteChannel(tx, id), () => change(actor, 'deleted', { before }));
    });
  }

  /** Sends a message that says that it is a test, now. What came of it is kept in the channel's log. */
  async test(tenantId: string, actor: AuditActor, id: string): Promise<Result<NotificationOutcome, Problem>> {
    const found = await this.tenants.run(tenantId, async (tx) => ({
      row: await findChannel(tx, id),
      secret: await findChannelSecret(tx, id),
      tenant: await findTenant(tx, tenantId),
    }));
    const { row, secret, tenant } = found;
    if (row === null) return err(notFound('alert channel'));
    if (row.kind === 'email' && !this.sender.sendsMail) return err(noMailServer());
    const refused = await this.limits.channelTest(tenantId, id);
    if (refused !== null) return err(refused);
    const notification = {
      id: newUuid(),
      alertId: null,
      channelId: id,
      kind: 'test' as const,
      message: testMessage(tenantId, tenant?.name ?? '', row.name),
    };
    const sent = await this.sender.send(
      tenantId,
      { ...row, secret },
      { id: notification.id, kind: 'test', messages: [notification.message] },
    );
    const outcome: NotificationOutcome = sent.ok
      ? { status: 'sent', httpStatus: sent.value.httpStatus, error: null }
      : {
          status: 'failed',
          httpStatus: sent.error.httpStatus ?? null,
          error: { code: sent.error.code, message: sent.error.message },
        };
    await this.tenants.run(tenantId, async (tx) => {
      await recordNotification(tx, notification, outcome);
      await noteChannelOutcome(tx, id, outcome.error);
      await appendAudit(tx, change(actor, 'tested', { after: row, details: { sent: sent.ok } }));
    });
    return ok(outcome);
  }

  listNotifications(tenantId: string, id: string, page: Page): Promise<Result<NotificationRow[], Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      if ((await findChannel(tx, id)) === null) return err(notFound('alert channel'));
      return ok(await listNotificationsOfChannel(tx, id, page));
    });
  }

  /** Undefined when the request leaves the address as it is. The old secret is opened only to be sealed again with the new. */
  private async newTarget(
    tenantId: string,
    row: ChannelRow,
    sealed: SealedSecret | null,
    request: ChannelTarget,
  ): Promise<Result<{ host: string | null; secret: SealedSecret } | undefined, Problem>> {
    const isUntouched = request.url === undefined && request.routing_key === undefined && request.secret === undefined;
    if (isUntouched) return ok(undefined);
    const opened = sealed === null ? ok({}) : await this.secrets.open(tenantId, row.id, sealed);
    if (!opened.ok) return opened;
    const refused = movedRoutingKey(opened.value, request);
    if (refused !== null) return err(refused);
    const secret = secretOf(row.kind, request, opened.value);
    const resealed = await this.secrets.seal(tenantId, row.id, jsonOf(secret));
    return resealed.ok ? ok({ host: targetHost(secret), secret: resealed.value }) : resealed;
  }
}

function testMessage(tenantId: string, tenantName: string, channel: string): AlertMessage {
  return {
    alert: toPublicId('alert', newUuid()),
    rule: 'test',
    rule_title: 'Test',
    severity: 'info',
    title: `Alerts reach the channel ${channel}`,
    advice: 'Nothing: somebody has asked for this message to see whether it arrives.',
    tenant: { id: toPublicId('tenant', tenantId), name: tenantName },
    connection: null,
    causes: [],
    news: [],
    opened_at: new Date().toISOString(),
    resolved_at: null,
    resolution: null,
  };
}

/** Of a webhook's signing secret only signatures are sent, and the URL is all that Slack has: neither gives anything away. */
function movedRoutingKey(kept: ChannelSecret, { url, routing_key: given }: ChannelTarget): Problem | null {
  if (kept.routing_key === undefined || given !== undefined || url === undefined) return null;
  return refuseKeptSecret([kept.url ?? PAGERDUTY_URL], [{ pointer: '/url', value: url }]);
}

function targetHost(secret: ChannelSecret): string | null {
  return secret.url === undefined ? null : hostOf(secret.url);
}

function jsonOf(secret: ChannelSecret): JsonObject {
  return Object.fromEntries(Object.entries(secret).filter(([, value]) => value !== undefined));
}

function invalid(faults: readonly InputFault[]): Problem {
  return problem('unprocessable', 'invalid_alert_channel', 'The channel cannot be saved like this.', { faults });
}

function noMailServer(): Problem {
  return problem('unprocessable', 'smtp_not_configured', 'The operator of this hub has set no mail server.', {
    faults: [{ pointer: '/kind', code: 'smtp_not_configured', message: 'No mail can be sent from here' }],
  });
}
