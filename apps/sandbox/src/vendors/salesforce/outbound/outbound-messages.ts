import { type Written } from '../data/record-store';
import { printField } from '../data/record-reader';
import { type SalesforceOrg } from '../salesforce.org';
import { messageXml, isAcknowledged } from './message-xml';

const MAX_NOTIFICATIONS = 100;
const TIMEOUT_MS = 60_000;
/** The vendor gives up after 24 hours, its gaps doubling up to two. */
const GIVE_UP_MS = 24 * 3_600_000;
const MAX_GAP_MS = 2 * 3_600_000;

/** What a flow or workflow of an org sends: which object, which fields, and where to. */
export interface OutboundMessage {
  readonly id: string;
  readonly object: string;
  readonly url: string;
  readonly fields: readonly string[];
  /** First gap between tries in ms; it doubles. The vendor's is about a minute. */
  readonly retryMs: number;
}

interface Notification {
  readonly id: string;
  readonly recordId: string;
  readonly queuedAtMs: number;
}

interface Outbox {
  readonly message: OutboundMessage;
  waiting: Notification[];
  sent: number;
  failures: number;
  gapMs: number;
  timer: NodeJS.Timeout | undefined;
  sending: boolean;
}

/**
 * Sends what an org's outbound messages ask for: at least once, at most 100 records a call, with the data of the moment of
 * sending and not of the change. What is not acknowledged comes again, and overtakes nothing but may be overtaken.
 */
export class OutboundMessages {
  private outboxes: Outbox[] = [];
  private held = false;
  private lastSent: { url: string; body: string }[] = [];

  constructor(private readonly org: SalesforceOrg) {}

  add(message: Omit<OutboundMessage, 'id'>): string {
    const id = this.org.ids.next('04k');
    this.outboxes.push({
      message: { ...message, id },
      waiting: [],
      sent: 0,
      failures: 0,
      gapMs: message.retryMs,
      timer: undefined,
      sending: false,
    });
    return id;
  }

  note(written: readonly Written[]): void {
    for (const outbox of this.outboxes) {
      const mine = written.filter(({ object, deleted }) => object === outbox.message.object && !deleted);
      for (const { id } of mine)
        outbox.waiting.push({ id: this.org.ids.next('04l'), recordId: id, queuedAtMs: Date.now() });
      if (mine.length > 0) this.schedule(outbox, 0);
    }
  }

  hold(held: boolean): void {
    this.held = held;
    if (!held) for (const outbox of this.outboxes) this.schedule(outbox, 0);
  }

  /** Sends again what was acknowledged before, as the vendor may at any time. */
  async repeat(): Promise<number> {
    const again = [...this.lastSent];
    await Promise.all(again.map(({ url, body }) => this.post(url, body)));
    return again.length;
  }

  state(): object[] {
    return this.outboxes.map(({ message, waiting, sent, failures }) => ({
      ...message,
      waiting: waiting.length,
      sent,
      failures,
    }));
  }

  close(): void {
    for (const outbox of this.outboxes) clearTimeout(outbox.timer);
    this.outboxes = [];
  }

  private schedule(outbox: Outbox, delayMs: number): void {
    if (this.held || outbox.sending || outbox.waiting.length === 0) return;
    clearTimeout(outbox.timer);
    outbox.timer = setTimeout(() => void this.send(outbox), delayMs);
    outbox.timer.unref();
  }

  private async send(outbox: Outbox): Promise<void> {
    const batch = outbox.waiting.slice(0, MAX_NOTIFICATIONS);
    const body = this.render(outbox.message, batch);
    outbox.sending = true;
    const acknowledged = await this.post(outbox.message.url, body);
    outbox.sending = false;
    if (acknowledged) {
      outbox.waiting = outbox.waiting.slice(batch.length);
      outbox.sent += batch.length;
      outbox.gapMs = outbox.message.retryMs;
      this.lastSent = [...this.lastSent.slice(-99), { url: outbox.message.url, body }];
      this.schedule(outbox, 0);
      return;
    }
    outbox.failures++;
    outbox.waiting = outbox.waiting.filter(({ queuedAtMs }) => Date.now() - queuedAtMs < GIVE_UP_MS);
    this.schedule(outbox, outbox.gapMs);
    outbox.gapMs = Math.min(outbox.gapMs * 2, MAX_GAP_MS);
  }

  private render(message: OutboundMessage, batch: readonly Notification[]): string {
    const object = this.org.schema.object(message.object);
    if (!object) throw new Error(`no object ${message.object}`);
    const fields = message.fields.flatMap((name) => object.byName.get(name.toLowerCase()) ?? []);
    return messageXml({
      orgId: this.org.id,
      actionId: message.id,
      instanceUrl: this.org.account.instanceUrl,
      object: message.object,
      notifications: batch.map(({ id, recordId }) => {
        const values = this.org.store.get(message.object, recordId)?.values ?? {};
        return { id, recordId, fields: fields.map((field) => [field.name, printField(field, values)] as const) };
      }),
    });
  }

  private async post(url: string, body: string): Promise<boolean> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""', 'user-agent': 'SFDC-Callout/62.0' },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      return response.status === 200 && isAcknowledged(text);
    } catch {
      return false;
    }
  }
}
