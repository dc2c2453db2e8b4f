import { type ConnectorError } from '@hub/connector-sdk';
import { newUuid, ok, type DrainTarget } from '@hub/platform';
import { Puller, type PullerDependencies } from '../pull/puller';
import { type CanonicalOutcome, type EventSink, type PullObserver, type RecordEvent } from '../pull/puller.ports';
import { FakeVendor } from './fake-vendor';
import { MemoryGuard } from './memory-guard';
import { MemoryStore } from './memory-store';

export const target: DrainTarget = { tenantId: newUuid(), connectionId: newUuid() };

/** Accepts by event id, as the hub does. */
class MemorySink implements EventSink {
  readonly events = new Map<string, RecordEvent>();
  offered = 0;
  onAccepted: () => void = () => undefined;

  accept(_tenantId: string, events: readonly RecordEvent[]) {
    this.offered += events.length;
    const outcomes = events.map((event) => {
      if (this.events.has(event.eventId)) return 'duplicate' as const;
      this.events.set(event.eventId, event);
      return 'made' as const;
    });
    this.onAccepted();
    return Promise.resolve(outcomes);
  }

  names(): string[] {
    return [...this.events.values()].map((event) => {
      const data = JSON.parse(event.payloadText) as { id: string; change: string; record: { name?: string } };
      return data.change === 'deleted' ? `-${data.id}` : (data.record.name ?? '');
    });
  }
}

/** A puller with everything around it in memory. */
export interface MemoryStage {
  readonly vendor: FakeVendor;
  readonly store: MemoryStore;
  readonly guard: MemoryGuard;
  readonly sink: MemorySink;
  readonly seen: { fenced: number; failed: Parameters<PullObserver['runFailed']>[0][] };
  readonly rungEvery: (number | null)[];
  puller(overrides?: Partial<PullerDependencies>): Puller;
}

/** Moves on by a second whenever it is read. */
let clock = 0;

export function stage(): MemoryStage {
  clock = Date.parse('2026-11-20T10:00:00Z');
  const now = (): Date => new Date((clock += 1_000));
  const vendor = new FakeVendor();
  const store = new MemoryStore(now);
  const guard = new MemoryGuard(now);
  const sink = new MemorySink();
  const seen: MemoryStage['seen'] = { fenced: 0, failed: [] };
  const rungEvery: (number | null)[] = [];
  const mapped: CanonicalOutcome = { canonicalType: 'customer', canonicalText: '{}', issues: [] };
  return {
    vendor,
    store,
    guard,
    sink,
    seen,
    rungEvery,
    puller: (overrides = {}) =>
      new Puller({
        store,
        guard,
        events: sink,
        canonicaliser: { canonicalise: ({ records }) => Promise.resolve(ok(records.map(() => mapped))) },
        connections: { open: () => Promise.resolve(ok(vendor.connection())) },
        bell: {
          ring: () => undefined,
          ringLater: () => Promise.resolve(true),
          ringEvery: async (_target, everyMs) => void rungEvery.push(everyMs),
        },
        observer: {
          page: () => undefined,
          runFailed: (failure) => void seen.failed.push(failure),
          fenced: () => void seen.fenced++,
        },
        workerId: 'w1',
        ...overrides,
      }),
  };
}

export const refusal = (category: ConnectorError['category'], rest: Partial<ConnectorError> = {}): ConnectorError => ({
  category,
  code: `${category}_code`,
  message: 'as the test wants',
  ...rest,
});
