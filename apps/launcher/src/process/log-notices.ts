const WARN = 40;
const REPEAT_MS = 30_000;
const LINE_FEED = 10;
/** No log record is longer; whatever is belongs to no record. */
const MAX_UNFINISHED = 256 * 1024;

/** Members of a log line that are no news on a terminal. */
const SKIPPED = new Set(['level', 'time', 'pid', 'name', 'msg', 'hostname', 'request_id', 'trace_id', 'error']);

/** A child's log line in short, when it is one that a person should see; null otherwise. */
export function noticeOf(line: string): string | null {
  const record = parse(line);
  if (record === null) return null;
  const { level, msg, error } = record;
  if (typeof level !== 'number' || level < WARN) return null;
  const details = Object.entries(record)
    .filter(([name, value]) => !SKIPPED.has(name) && (typeof value === 'string' || typeof value === 'number'))
    .map(([name, value]) => `${name}=${String(value)}`);
  const cause = describeCause(error);
  if (cause !== null) details.push(cause);
  const text = `${level >= 50 ? 'error' : 'warning'}: ${typeof msg === 'string' ? msg : ''}`;
  return details.length === 0 ? text : `${text} (${details.join(', ')})`;
}

/**
 * Finds the notices in a child's output. A busy API writes thousands of records a second, so only what holds a level of 40
 * to 60 (the only levels that begin with these digits) is cut into lines and parsed.
 */
export class NoticeScanner {
  private unfinished = Buffer.alloc(0);

  constructor(private readonly onNotice: (notice: string) => void) {}

  add(chunk: Buffer): void {
    const data = this.unfinished.length === 0 ? chunk : Buffer.concat([this.unfinished, chunk]);
    const end = data.lastIndexOf(LINE_FEED) + 1;
    const rest = data.subarray(end);
    this.unfinished = rest.length > MAX_UNFINISHED ? Buffer.alloc(0) : Buffer.from(rest);
    const complete = data.subarray(0, end);
    if (!mayHoldNotice(complete)) return;
    for (const line of complete.toString('utf8').split('\n')) {
      const notice = noticeOf(line);
      if (notice !== null) this.onNotice(notice);
    }
  }
}

function mayHoldNotice(data: Buffer): boolean {
  return data.includes('"level":4') || data.includes('"level":5') || data.includes('"level":6');
}

function describeCause(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  const code = 'code' in error ? `${String(error.code)}: ` : '';
  return `${code}${String(error.message)}`;
}

function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Lets each notice through once in a while, with the number of times it was held back: a dead Redis warns every second. */
export class NoticeFilter {
  private readonly seen = new Map<string, { shownAt: number; held: number }>();

  /** @returns what to show, or null */
  pass(notice: string, now: number): string | null {
    const earlier = this.seen.get(notice);
    if (earlier !== undefined && now - earlier.shownAt < REPEAT_MS) {
      earlier.held++;
      return null;
    }
    if (this.seen.size >= 500) this.seen.clear();
    this.seen.set(notice, { shownAt: now, held: 0 });
    return earlier !== undefined && earlier.held > 0 ? `${notice} [and ${earlier.held} times before]` : notice;
  }
}
