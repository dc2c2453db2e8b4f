import { randomBytes } from 'node:crypto';
import { type Reply } from './http-frame';

const LIFETIME_MS = 15 * 60_000;
const MOST_PENDING = 1_000;

/** Sign-ins that a person looks at: each is answered once, and not after a while. */
export class PendingConsents<Consent> {
  private readonly pending = new Map<string, { readonly consent: Consent; readonly startedMs: number }>();

  constructor(private readonly nowMs: () => number) {}

  /** @returns what its page brings back */
  begin(consent: Consent): string {
    const key = randomBytes(24).toString('base64url');
    this.pending.set(key, { consent, startedMs: this.nowMs() });
    const oldest = this.pending.keys().next().value;
    if (this.pending.size > MOST_PENDING && oldest !== undefined) this.pending.delete(oldest);
    return key;
  }

  /** @returns undefined for a page that is too old, or was answered before */
  take(key: string): Consent | undefined {
    const found = this.pending.get(key);
    this.pending.delete(key);
    return found === undefined || this.nowMs() - found.startedMs > LIFETIME_MS ? undefined : found.consent;
  }

  clear(): void {
    this.pending.clear();
  }
}

/** Back to the app, with what it is told. */
export function redirect(target: string, parameters: Readonly<Record<string, string | null>>): Reply {
  const url = new URL(target);
  for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.set(name, value);
  return { status: 302, headers: { location: url.toString(), 'cache-control': 'no-store' } };
}
