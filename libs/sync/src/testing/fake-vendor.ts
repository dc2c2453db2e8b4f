import {
  type ConnectorError,
  type PulledRecord,
  type PullObjectManifest,
  type PullPage,
  type PullRequest,
} from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type PullConnection } from '../pull/puller.ports';

export const CUSTOMER: PullObjectManifest = {
  name: 'Customer',
  title: 'Customers',
  description: 'For tests.',
  canonicalType: 'customer',
  reportsDeletions: false,
  volatileFields: ['stamp'],
  minIntervalSeconds: 10,
  defaultIntervalSeconds: 60,
};

interface Row {
  id: string;
  stamp: number;
  name: string;
}

/** A system with a clock of whole seconds: many records share a stamp, and pages end in the middle of them. */
export class FakeVendor {
  readonly rows = new Map<string, Row>();
  readonly calls: PullRequest[] = [];
  readonly reads: (readonly string[])[] = [];
  readonly reauths: ConnectorError[] = [];
  /** Given out one by one in place of answers. */
  readonly failures: ConnectorError[] = [];
  pageSize = 3;
  now = 1_000;

  put(id: string, name: string, stamp = this.now): void {
    this.rows.set(id, { id, stamp, name });
  }

  connection(): PullConnection {
    return {
      connectorId: 'fake',
      config: {},
      object: (name) => (name === 'Customer' ? CUSTOMER : undefined),
      pull: (request) => this.pull(request),
      readRecords: (_object, ids) => this.read(ids),
      requireReauth: async (error) => void this.reauths.push(error),
    };
  }

  /** Keyset by (stamp, id): what shares a stamp with the last record of a page is not lost. */
  pull(request: PullRequest): Promise<Result<PullPage, ConnectorError>> {
    this.calls.push(request);
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.resolve(err(failure));
    const after = (request.cursor ?? startOf(request, this.now)) as { stamp: number; id: string };
    const later = [...this.rows.values()]
      .filter(({ stamp, id }) => stamp > after.stamp || (stamp === after.stamp && id > after.id))
      .sort((a, b) => a.stamp - b.stamp || (a.id < b.id ? -1 : 1));
    const page = later.slice(0, this.pageSize);
    const last = page[page.length - 1] ?? after;
    return Promise.resolve(
      ok({
        records: page.map((row) => toRecord(row)),
        cursor: { stamp: last.stamp, id: last.id },
        done: page.length === later.length,
      }),
    );
  }

  read(ids: readonly string[]): Promise<Result<readonly PulledRecord[], ConnectorError>> {
    this.reads.push(ids);
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.resolve(err(failure));
    return Promise.resolve(ok(ids.flatMap((id) => [this.rows.get(id)].flatMap((row) => (row ? [toRecord(row)] : [])))));
  }
}

function startOf({ mode, since }: PullRequest, now: number): { stamp: number; id: string } {
  if (mode === 'full') return { stamp: -1, id: '' };
  return { stamp: since === null ? now : Date.parse(since) / 1_000, id: '' };
}

function toRecord({ id, stamp, name }: Row): PulledRecord {
  return {
    object: 'Customer',
    id,
    change: 'updated',
    version: String(stamp),
    modifiedAt: new Date(stamp * 1_000).toISOString(),
    modifiedByUs: null,
    dataText: JSON.stringify({ id, name, stamp }),
  };
}
