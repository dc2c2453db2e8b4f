import fc from 'fast-check';

const PUBLIC_ID = /^[a-z]{2,5}_[0-9a-hjkmnp-tv-z]{26}$/;
const MOST_KEPT = 60;
const MOST_IN_ALL = 600;

/** Ids that the API has told, by the collection that they were told by: so that most requests are about real things. */
export class IdPool {
  private readonly byPath = new Map<string, string[]>();
  private readonly all: string[] = [];
  private readonly cursors: string[] = [];

  /** @param spared what must not be touched, because the run lives on it: its own keys and accounts. */
  constructor(
    private readonly sinkUrl: string,
    private readonly spared: ReadonlySet<string>,
  ) {}

  /** Learns from what was answered on a path of the document. */
  learn(path: string, body: unknown): void {
    if (typeof body !== 'object' || body === null) return;
    const { data, next_cursor: cursor } = body as { data?: unknown; next_cursor?: unknown };
    if (typeof cursor === 'string') keep(this.cursors, cursor);
    for (const item of Array.isArray(data) ? data : [body]) this.learnItem(path, item as unknown);
  }

  /** Something real for `{name}` of a path, or `null` when nothing is known yet. */
  forPath(path: string, name: string): readonly string[] {
    const collection = path.slice(0, path.indexOf(`/{${name}}`));
    return this.byPath.get(collection) ?? [];
  }

  /** Something real whose id begins so; a well-formed id of nothing when nothing is known. */
  ofKind(prefix: string): string {
    const known = this.all.filter((id) => id.startsWith(`${prefix}_`));
    return known[Math.floor(Math.random() * known.length)] ?? `${prefix}_01h455vb4pex5vsknk084sn02q`;
  }

  any(): fc.Arbitrary<string> {
    return fc.nat().map((index) => this.all[index % Math.max(this.all.length, 1)] ?? 'con_01h455vb4pex5vsknk084sn02q');
  }

  cursor(): fc.Arbitrary<string> {
    return fc.nat().map((index) => this.cursors[index % Math.max(this.cursors.length, 1)] ?? 'bm9uc2Vuc2U');
  }

  config(): fc.Arbitrary<unknown> {
    return fc.oneof(
      fc.constant({ url: this.sinkUrl }),
      fc.constant({ url: `${this.sinkUrl}/{payload.id}`, method: 'PUT' }),
      fc.constant({ login_url: this.sinkUrl, instance_url: this.sinkUrl }),
    );
  }

  private learnItem(path: string, item: unknown): void {
    if (typeof item !== 'object' || item === null) return;
    const own = this.idOf(item as Record<string, unknown>);
    if (own !== null && !this.spared.has(own)) {
      const collection = path.replace(/\/(\{[^}]*\}|rotate|batch|merge)$/, '');
      const known = this.byPath.get(collection) ?? [];
      keep(known, own);
      this.byPath.set(collection, known);
    }
    for (const value of Object.values(item)) {
      if (typeof value === 'string' && PUBLIC_ID.test(value) && !this.spared.has(value))
        keep(this.all, value, MOST_IN_ALL);
    }
  }

  private idOf(item: Record<string, unknown>): string | null {
    const id = item['id'] ?? item['tracking_id'] ?? item['version'];
    return typeof id === 'string' ? id : typeof id === 'number' ? String(id) : null;
  }
}

/** The newest stay: whatever is old may have been deleted meanwhile. */
function keep(list: string[], value: string, most = MOST_KEPT): void {
  if (list.includes(value)) return;
  list.push(value);
  if (list.length > most) list.shift();
}
