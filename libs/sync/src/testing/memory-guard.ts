import {
  type EchoGuard,
  type KnownRecord,
  type Observation,
  type RecordScope,
  type RecordVerdict,
  type UnseenCount,
} from '../pull/pull.ports';
import { type PulledRecord } from '@hub/connector-sdk';
import { recordHash } from '../pull/record-hash';

interface Known {
  hash: string;
  version: string | null;
  seenAt: Date;
  gone: boolean;
}

/** Remembers records in memory, by the rules of the port; `wrote` makes the next pull of exactly that an echo. */
export class MemoryGuard implements EchoGuard {
  readonly known = new Map<string, Known>();
  private readonly written = new Map<string, string>();

  constructor(private readonly now: () => Date = () => new Date()) {}

  wrote(id: string, dataText: string, volatileFields: readonly string[] = ['stamp']): void {
    this.written.set(id, recordHash(dataText, volatileFields));
  }

  classify(scope: RecordScope, records: readonly PulledRecord[]): Promise<readonly RecordVerdict[]> {
    const seen = new Map([...this.known].map(([id, { hash, gone }]) => [id, gone ? 'gone' : hash]));
    return Promise.resolve(
      records.map((record): RecordVerdict => {
        const hash = record.change === 'deleted' ? 'gone' : recordHash(record.dataText, scope.volatileFields);
        const before = seen.get(record.id);
        seen.set(record.id, hash);
        if (before === hash) return 'unchanged';
        return this.written.get(record.id) === hash ? 'echo' : 'new';
      }),
    );
  }

  observe(scope: RecordScope, observations: readonly Observation[]): Promise<void> {
    for (const { record } of observations) {
      const hash = recordHash(record.dataText, scope.volatileFields);
      const gone = record.change === 'deleted';
      this.known.set(record.id, { hash, version: record.version, seenAt: this.now(), gone });
    }
    return Promise.resolve();
  }

  notSeenSince(
    _scope: RecordScope,
    since: Date,
    afterId: string | null,
    limit: number,
  ): Promise<readonly KnownRecord[]> {
    const missing = this.unseen(since)
      .filter(([id]) => afterId === null || id > afterId)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return Promise.resolve(missing.slice(0, limit).map(([id, { version }]) => ({ id, version })));
  }

  countUnseen(_scope: RecordScope, since: Date): Promise<UnseenCount> {
    const known = [...this.known.values()].filter(({ gone }) => !gone).length;
    return Promise.resolve({ known, unseen: this.unseen(since).length });
  }

  private unseen(since: Date): [string, Known][] {
    return [...this.known].filter(([, { seenAt, gone }]) => !gone && seenAt < since);
  }
}
