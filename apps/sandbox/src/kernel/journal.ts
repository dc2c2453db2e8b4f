import { type Exchange, type Reply } from './http-frame';
import { redactHeaders, redactText, secretsSent, withoutSecrets } from './redaction';

/** Enough to see a collection of 200 records; the rest of a larger body is cut, and says so. */
const MAX_CAPTURED_CHARS = 65_536;
const MAX_ENTRIES = 2_000;

export interface JournalEntry {
  readonly seq: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly request_headers: Record<string, string>;
  readonly request_body: string;
  /** `null` when the client never got an answer (hang, reset, dropped after the commit). */
  readonly status: number | null;
  readonly response_body: string;
  readonly fault: string | null;
  readonly duration_ms: number;
}

export interface JournalFilter {
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly fault?: string;
  readonly after?: number;
  readonly limit: number;
}

/** What the vendor saw and said, newest last, without secrets: redaction happens before anything is stored. */
export class Journal {
  private entries: JournalEntry[] = [];
  private seq = 0;

  record(
    exchange: Exchange,
    reply: Reply | undefined,
    fault: string | undefined,
    startedMs: number,
    nowMs: number,
  ): void {
    const sent = secretsSent(exchange.headers, asText(exchange.body));
    this.entries.push({
      seq: ++this.seq,
      at: new Date(nowMs).toISOString(),
      method: exchange.method,
      path: exchange.path,
      query: redactText(exchange.rawQuery),
      request_headers: redactHeaders(exchange.headers),
      request_body: capture(exchange.body),
      status: reply?.status ?? null,
      response_body: withoutSecrets(capture(reply?.body ?? ''), sent),
      fault: fault ?? null,
      duration_ms: Date.now() - startedMs,
    });
    if (this.entries.length > MAX_ENTRIES * 2) this.entries = this.entries.slice(-MAX_ENTRIES);
  }

  list(filter: JournalFilter): { total: number; entries: JournalEntry[] } {
    const pathPattern = filter.path === undefined ? undefined : new RegExp(filter.path);
    const matching = this.entries.filter(
      (entry) =>
        (filter.method === undefined || entry.method === filter.method) &&
        (pathPattern === undefined || pathPattern.test(entry.path)) &&
        (filter.status === undefined || entry.status === filter.status) &&
        (filter.fault === undefined || entry.fault === filter.fault) &&
        (filter.after === undefined || entry.seq > filter.after),
    );
    return { total: matching.length, entries: matching.slice(-filter.limit) };
  }

  clear(): void {
    this.entries = [];
  }
}

function asText(body: string | Buffer): string {
  return typeof body === 'string' ? body : body.toString('utf8', 0, MAX_CAPTURED_CHARS + 1);
}

function capture(body: string | Buffer): string {
  const text = asText(body);
  const redacted = redactText(text.slice(0, MAX_CAPTURED_CHARS));
  return text.length > MAX_CAPTURED_CHARS ? `${redacted}… [cut]` : redacted;
}
