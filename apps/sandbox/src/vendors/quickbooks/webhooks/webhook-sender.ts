import { type Clock } from '../quickbooks.time';
import { type EntityName } from '../schema/schema.types';
import { cloudEventsBody, legacyBody, signature, type WebhookEvent } from './webhook-format';

export interface WebhookSettings {
  /** `null`: the app has no endpoint, nothing is sent or kept. */
  url: string | null;
  verifierToken: string;
  format: 'cloudevents' | 'legacy';
  /** `null`: all. */
  entities: readonly EntityName[] | null;
  /** Nothing is sent until a flush. */
  hold: boolean;
  /** Real time in which further events join a notification. */
  gatherMs: number;
  maxEventsPerPost: number;
  /** The vendor gives an endpoint three seconds. */
  ackTimeoutMs: number;
  /** The vendor's waits between attempts, times this. */
  retryScale: number;
  /** Each acknowledged notification is sent a second time. */
  duplicate: boolean;
  /** Later events go first. */
  disorder: boolean;
}

export interface WebhookAttempt {
  readonly notification: number;
  readonly attempt: number;
  readonly at: string;
  readonly events: number;
  /** HTTP status, or what went wrong on the line. */
  readonly outcome: number | 'timeout' | 'refused';
  readonly body: string;
}

interface Notification {
  readonly number: number;
  readonly events: readonly WebhookEvent[];
  attempts: number;
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** Waits before each attempt; after the last, every six hours. */
const LADDER_MS = [0, 10, 20, 30, 300, 1_200].map((seconds) => seconds * SECOND).concat([2, 4, 6].map((h) => h * HOUR));
const MAX_KEPT = 500;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One app's webhook deliveries: in turn, each held up by those before it until they are acknowledged. */
export class WebhookSender {
  private active: WebhookSettings;
  private waiting: WebhookEvent[] = [];
  private current: Notification | undefined;
  private sending = false;
  private timer: NodeJS.Timeout | undefined;
  private counter = 0;
  private history: WebhookAttempt[] = [];
  private lastSent: Notification | undefined;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly clientId: string,
    defaults: WebhookSettings,
  ) {
    this.active = { ...defaults };
  }

  get settings(): Readonly<WebhookSettings> {
    return this.active;
  }

  /** What waited for a release, or for an endpoint that answers, goes on from here. */
  change(settings: Partial<WebhookSettings>): void {
    this.active = { ...this.active, ...settings };
    if (this.waiting.length > 0 || this.current) this.schedule(this.active.gatherMs);
  }

  enqueue(events: readonly WebhookEvent[]): void {
    const { url, entities } = this.settings;
    if (url === null) return;
    this.waiting.push(...events.filter(({ entity }) => entities === null || entities.includes(entity)));
    this.schedule(this.settings.gatherMs);
  }

  /** Sends what is waiting now, held or not, and cuts a wait for the next attempt short. */
  flush(): { waiting: number } {
    const waiting = this.waiting.length + (this.current?.events.length ?? 0);
    this.clearTimer();
    void this.send(true);
    return { waiting };
  }

  /** Sends the last acknowledged notification once more, as the vendor does when it doubts itself. */
  replay(): boolean {
    if (!this.lastSent) return false;
    void this.post({ ...this.lastSent, attempts: 0 });
    return true;
  }

  describe(): object {
    return {
      waiting: this.waiting.map(({ realmId, entity, id, kind }) => ({ realm: realmId, entity, id, operation: kind })),
      unacknowledged: this.current && { notification: this.current.number, attempts: this.current.attempts },
      attempts: this.history,
    };
  }

  stop(): void {
    this.stopped = true;
    this.clearTimer();
    this.waiting = [];
  }

  private schedule(delayMs: number): void {
    if (this.timer || this.sending || this.stopped || this.settings.hold) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        void this.send(false);
      },
      Math.min(delayMs, MAX_TIMER_MS),
    ).unref();
  }

  private async send(isFlush: boolean): Promise<void> {
    if (this.sending || this.stopped || (this.settings.hold && !isFlush)) return;
    this.sending = true;
    const held = this.settings.hold ? this.waiting.length + (this.current?.events.length ?? 0) : Infinity;
    for (let left = held; (this.current !== undefined || this.waiting.length > 0) && !this.stopped;) {
      this.current ??= this.nextNotification(left);
      if (!(await this.post(this.current))) break;
      left -= this.current.events.length;
      this.lastSent = this.current;
      if (this.settings.duplicate) await this.post(this.current);
      this.current = undefined;
      if (left <= 0) break;
    }
    this.sending = false;
    if (this.current) this.schedule(retryDelay(this.current.attempts) * this.settings.retryScale);
    else if (this.waiting.length > 0) this.schedule(this.settings.gatherMs);
  }

  private nextNotification(limit: number): Notification {
    const { maxEventsPerPost, disorder } = this.settings;
    const count = Math.max(1, Math.min(maxEventsPerPost, limit));
    const events = disorder ? this.waiting.splice(-count).reverse() : this.waiting.splice(0, count);
    return { number: ++this.counter, events, attempts: 0 };
  }

  /** @returns whether the endpoint acknowledged; only a plain 200 counts */
  private async post(notification: Notification): Promise<boolean> {
    const { url, verifierToken, format, ackTimeoutMs } = this.settings;
    if (url === null) return true;
    notification.attempts++;
    const { events, number, attempts } = notification;
    const body = format === 'legacy' ? legacyBody(events) : cloudEventsBody(events, this.clientId);
    let outcome: WebhookAttempt['outcome'];
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'intuit-signature': signature(body, verifierToken),
          'user-agent': 'intuit_notification_server_1.0',
        },
        body,
        signal: AbortSignal.timeout(ackTimeoutMs),
      });
      await response.body?.cancel();
      outcome = response.status;
    } catch (error) {
      outcome = error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'refused';
    }
    const at = new Date(this.clock.now()).toISOString();
    this.history.push({ notification: number, attempt: attempts, at, events: events.length, outcome, body });
    this.history = this.history.slice(-MAX_KEPT);
    return outcome === 200;
  }

  private clearTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** @param attempts how many were made */
function retryDelay(attempts: number): number {
  return LADDER_MS[attempts] ?? 6 * HOUR;
}
