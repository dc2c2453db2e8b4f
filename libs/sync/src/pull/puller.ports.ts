import {
  type CanonicalType,
  type ConnectorError,
  type PulledRecord,
  type PullObjectManifest,
} from '@hub/connector-sdk';
import { type PullPage, type PullRequest } from '@hub/connector-sdk';
import { type JsonObject, type Result } from '@hub/platform';
import { type RunKind } from '../syncs/sync.types';
import { type RecordScope } from './pull.ports';

/** A system as pulls use it: opened, called through its connector, credentials refreshed once when they have expired. */
export interface PullConnection {
  readonly connectorId: string;
  /** What inbound templates see as `connection.config`. */
  readonly config: JsonObject;
  /** Undefined when the connector pulls no such object. */
  object(name: string): PullObjectManifest | undefined;
  pull(request: PullRequest, signal: AbortSignal): Promise<Result<PullPage, ConnectorError>>;
  /** At most 100 ids. Null where the connector cannot. */
  readonly readRecords:
    | ((
        object: string,
        ids: readonly string[],
        signal: AbortSignal,
      ) => Promise<Result<readonly PulledRecord[], ConnectorError>>)
    | null;
  /** The grant that the last call was made with is gone: the connection waits for a person. */
  requireReauth(error: ConnectorError): Promise<void>;
}

export interface PullConnections {
  open(tenantId: string, connectionId: string): Promise<Result<PullConnection, ConnectorError>>;
}

/** What is wrong with a record's form in the hub's model. `pointer` is a JSON pointer into the canonical record. */
export interface CanonicalIssue {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

export interface CanonicalOutcome {
  /** Null where records of the object become nothing in the hub's model. */
  readonly canonicalType: CanonicalType | null;
  /** JSON text; null when there is none, or none that could be made. */
  readonly canonicalText: string | null;
  readonly issues: readonly CanonicalIssue[];
}

export interface CanonicalRequest {
  readonly scope: RecordScope;
  readonly config: JsonObject;
  /** The tenant's own inbound mapping in place of the connector's template. */
  readonly mappingId: string | null;
  readonly records: readonly PulledRecord[];
}

/** The vendor's record → the hub's model. */
export interface Canonicaliser {
  /** One outcome for each record, in order; an error only when nothing can be mapped at all at the moment. */
  canonicalise(request: CanonicalRequest): Promise<Result<readonly CanonicalOutcome[], ConnectorError>>;
}

/** A change of a record, as an event that is ready to be accepted. */
export interface RecordEvent {
  /** Equal for the same version of the same record, however often and by whichever way it arrives. */
  readonly eventId: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly occurredAt: string | null;
  /** JSON text. */
  readonly payloadText: string;
}

/** `duplicate`: that version of the record is an event already. `refused`: the database cannot hold it. */
export type EventOutcome = 'made' | 'duplicate' | 'refused';

export interface EventSink {
  /** Resolves when the events are committed. One outcome each, in order. */
  accept(tenantId: string, events: readonly RecordEvent[]): Promise<readonly EventOutcome[]>;
}

export interface PageSeen {
  readonly connectorId: string;
  readonly kind: RunKind;
  readonly counts: PageCounts;
  readonly durationMs: number;
  /** Of a hook's notices: how long the oldest of them waited to become an event, in ms. */
  readonly noticeAgeMs: number | null;
}

export interface PageCounts {
  readonly seen: number;
  readonly made: number;
  readonly duplicates: number;
  readonly echoes: number;
  readonly unchanged: number;
  /** Events made without a record in the hub's model, although there should be one. */
  readonly unmapped: number;
  /** Records that became no event because something refused them. */
  readonly failed: number;
}

/** Metrics and log lines. */
export interface PullObserver {
  page(seen: PageSeen): void;
  runFailed(failure: {
    readonly tenantId: string;
    readonly connectionId: string;
    readonly connectorId: string;
    readonly syncId: string;
    readonly runId: string;
    readonly kind: RunKind;
    readonly error: ConnectorError;
    readonly verdict: string;
  }): void;
  /** Another process has taken the connection over. */
  fenced(connectionId: string): void;
}
