import { Webhook } from 'standardwebhooks';
import { err, ok, toPublicId, type JsonObject, type Result, type SafeHttp } from '@hub/platform';
import {
  type ChannelKind,
  type ChannelSecret,
  type ChannelSecrets,
  type SealedSecret,
} from '../channels/channel.types';
import { type AlertMessages, type NotificationKind } from '../store/alert.types';
import { type Mailer } from './mailer';
import { mailOf, pagerDutyBody, slackBody, webhookBody, type Mailing, type Rendered } from './render';
import { groupMail, groupSlackBody, type RenderedGroup } from './render-group';
import { SEND_TIMEOUT_MS, type SendFailure, type Sent } from './send.types';

export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';
const LONGEST_RETRY_AFTER_MS = 3_600_000;

export interface ChannelSenderOptions {
  readonly http: SafeHttp;
  readonly secrets: ChannelSecrets;
  /** Null: the operator has set no mail server. */
  readonly mailer: Mailer | null;
  /** Where people reach the portal, without a slash at its end; null when nobody has said. */
  readonly publicUrl: string | null;
  /** Milliseconds since 1970: what signatures are dated with. */
  readonly now: () => number;
}

export interface Addressee {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly recipients: readonly string[];
  readonly secret: SealedSecret | null;
}

/** One message, as it is sent. */
export interface Outgoing {
  /** UUID of the notification, or of the first of several. */
  readonly id: string;
  readonly kind: NotificationKind;
  /** More than one only where people read it: see `GATHERING`. */
  readonly messages: AlertMessages;
}

/** Sends a message through a channel, once. Whatever a tenant has aimed goes through the hub's one way out. */
export class ChannelSender {
  constructor(private readonly options: ChannelSenderOptions) {}

  /** Whether mail can be sent at all. */
  get sendsMail(): boolean {
    return this.options.mailer !== null;
  }

  async send(tenantId: string, channel: Addressee, outgoing: Outgoing): Promise<Result<Sent, SendFailure>> {
    const { kind, messages } = outgoing;
    const [message] = messages;
    const id = toPublicId('alertNotification', outgoing.id);
    const rendered: Rendered = {
      id,
      kind,
      message,
      link: this.link(kind === 'test' ? '' : `/${message.alert}`),
    };
    const group: RenderedGroup | null =
      messages.length === 1
        ? null
        : { id, kind, messages, link: this.link(`?status=${kind === 'resolved' ? 'resolved' : 'open'}`) };
    if (channel.kind === 'email')
      return this.mail(channel.recipients, group === null ? mailOf(rendered) : groupMail(group));
    const secret = await this.open(tenantId, channel);
    if (!secret.ok) return secret;
    switch (channel.kind) {
      case 'slack':
        return this.post(
          secret.value.url,
          JSON.stringify(group === null ? slackBody(rendered) : groupSlackBody(group)),
        );
      case 'pagerduty':
        return this.page(secret.value, rendered);
      case 'webhook':
        return this.call(secret.value, rendered);
    }
  }

  private link(path: string): string | null {
    const { publicUrl } = this.options;
    return publicUrl === null ? null : `${publicUrl}/alerts${path}`;
  }

  private async open(tenantId: string, channel: Addressee): Promise<Result<ChannelSecret, SendFailure>> {
    if (channel.secret === null)
      return err(permanent('channel_secret_missing', 'The channel has no address any more.'));
    const opened = await this.options.secrets.open(tenantId, channel.id, channel.secret);
    if (opened.ok) return ok(opened.value as JsonObject & ChannelSecret);
    return err({ code: opened.error.code, message: opened.error.detail, permanent: false });
  }

  private async mail(recipients: readonly string[], mailing: Mailing): Promise<Result<Sent, SendFailure>> {
    const { mailer } = this.options;
    if (mailer === null)
      return err(permanent('smtp_not_configured', 'The operator of the hub has set no mail server.'));
    const address = (id: string): string => `<${id}@integration-hub>`;
    const { subject, text, messageId, inReplyTo } = mailing;
    const sent = await mailer.send({
      to: recipients,
      subject,
      text,
      messageId: address(messageId),
      inReplyTo: inReplyTo === null ? null : address(inReplyTo),
    });
    return sent.ok ? ok({ httpStatus: null }) : sent;
  }

  /** A test opens an incident and closes it again, so that nobody is left with it. */
  private async page(secret: ChannelSecret, rendered: Rendered): Promise<Result<Sent, SendFailure>> {
    const url = secret.url ?? PAGERDUTY_URL;
    const body = (kind: NotificationKind): string =>
      JSON.stringify(pagerDutyBody({ ...rendered, kind }, secret.routing_key ?? ''));
    const sent = await this.post(url, body(rendered.kind));
    return sent.ok && rendered.kind === 'test' ? this.post(url, body('resolved')) : sent;
  }

  /** Signed after Standard Webhooks; the id stays the same when it is sent again. */
  private async call(secret: ChannelSecret, rendered: Rendered): Promise<Result<Sent, SendFailure>> {
    const now = new Date(this.options.now());
    const body = webhookBody(rendered, now);
    const signature = new Webhook(secret.signing_secret ?? '').sign(rendered.id, now, body);
    return this.post(secret.url, body, {
      'webhook-id': rendered.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': signature,
    });
  }

  private async post(
    url: string | undefined,
    body: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Result<Sent, SendFailure>> {
    const answer = await this.options.http.request({
      method: 'POST',
      url: url ?? '',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      timeoutMs: SEND_TIMEOUT_MS,
      maxResponseBytes: 64 * 1024,
    });
    if (!answer.ok) {
      const isFinal = answer.error.kind === 'invalid_url' || answer.error.kind === 'invalid_request';
      const message = `The channel's address could not be called (${answer.error.kind.replaceAll('_', ' ')}).`;
      return err({ code: answer.error.kind, message, permanent: isFinal });
    }
    const { status, headers: said } = answer.value;
    if (status >= 200 && status < 300) return ok({ httpStatus: status });
    return err(refusal(status, said['retry-after']));
  }
}

/** Too many, too slow and a server's own faults pass; what else a receiver refuses, it refuses again. */
function refusal(status: number, retryAfter: string | undefined): SendFailure {
  const seconds = Number(retryAfter);
  return {
    code: 'channel_refused',
    message: `The channel answered ${status}.`,
    permanent: status < 500 && status !== 408 && status !== 425 && status !== 429,
    httpStatus: status,
    ...(Number.isFinite(seconds) && seconds > 0
      ? { retryAfterMs: Math.min(seconds * 1_000, LONGEST_RETRY_AFTER_MS) }
      : {}),
  };
}

function permanent(code: string, message: string): SendFailure {
  return { code, message, permanent: true };
}
