import { type JsonObject, type Result, type SafeHttp } from '@hub/platform';
import { type ConnectorError } from './connector-error';
import { type ConnectorManifest } from './connector-manifest';
import { type ConfigProblem } from './config-validation';
import { type MappingTemplate } from './mapping-template';
import { type RecordMatcher } from './matching';
import { type OAuthApp, type OAuthFlow, type TokenLifetime } from './oauth';
import { type PulledRecord, type PullPage, type PullRequest } from './pull';
import { type HookReceiver } from './push';
import { type LimitReading } from './usage';

/** Everything a connector may know. It never sees a database, a queue, a tenant id or the environment. */
export interface ConnectorContext {
  /** Opaque id of the connection, fit for labels and for keys of in-memory caches. */
  readonly connectionId: string;
  readonly config: JsonObject;
  readonly credentials: JsonObject;
  /** The hub's own registration at the vendor for this connection's environment; null where the operator has set none. */
  readonly oauthApp: OAuthApp | null;
  /** Tells what an answer said about the account's limits: shared with all workers, and shown in the connection's health. */
  readonly reportLimit: (reading: LimitReading) => void;
  /** The only way out: deadline, size cap, no redirects, SSRF wall, redaction. */
  readonly http: SafeHttp;
  /** Aborted when the lease is lost or the process stops; pass it to every call. */
  readonly signal: AbortSignal;
}

/** One delivery as a connector sees it. */
export interface DeliveryRecord {
  readonly deliveryId: string;
  /** Stable over retries and replays: the key that makes a repeat harmless at the vendor. */
  readonly idempotencyKey: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly subject: string | null;
  /** Mapped payload as JSON text: what the vendor call is made from. Without a mapping, the event's `data` byte for byte. */
  readonly payloadText: string;
  /**
   * An earlier attempt may have arrived: one that failed, that a limit or an outage gave back, that ended in a crash of the
   * hub, or one before a person had it tried again. Only what is false here is known to be new.
   */
  readonly mayHaveBeenSent: boolean;
  /** When its event was accepted: nothing of it was written before. */
  readonly acceptedAt: Date;
  /** W3C trace context to send on, where the protocol has a place for it. */
  readonly traceparent: string | null;
}

/** What was sent and what came back, already redacted and cut: it is stored and shown to support. */
export interface WireExchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  } | null;
  readonly durationMs: number;
  /** Where one call carried several records: which of them (from 1) the bodies above show. */
  readonly part?: { readonly index: number; readonly count: number };
}

export type RecordOutcome =
  | {
      readonly ok: true;
      readonly externalId: string | null;
      readonly created?: boolean;
      /** The record's version after the write, where the answer tells: a pull that brings exactly it is our own echo. */
      readonly version?: string | null;
      readonly exchange?: WireExchange;
    }
  | { readonly ok: false; readonly error: ConnectorError; readonly exchange?: WireExchange };

export interface ConnectionTestReport {
  /** Who the vendor says we are: `Acme Ltd (00D…)`. */
  readonly account: string;
  readonly details: JsonObject;
}

export interface ObjectSummary {
  readonly name: string;
  readonly label: string;
  readonly custom: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
}

export interface FieldSummary {
  readonly name: string;
  readonly label: string;
  readonly type:
    'string' | 'number' | 'integer' | 'boolean' | 'date' | 'datetime' | 'reference' | 'picklist' | 'object';
  /** The vendor's own type name. */
  readonly vendorType: string;
  readonly requiredOnCreate: boolean;
  readonly writable: boolean;
  readonly externalId: boolean;
  readonly maxLength: number | null;
  /** Decimals that a number may have; null or left out where the vendor does not say. */
  readonly scale?: number | null;
  readonly values: readonly string[] | null;
}

/**
 * The contract of every vendor. Implementations hold no state of their own besides caches keyed by connection,
 * never retry (the hub does) and never throw for what a vendor can cause.
 */
export interface Connector {
  readonly manifest: ConnectorManifest;

  /**
   * Sends records of one operation, at most `batchSize` of it, and answers one outcome for each, in order.
   * A failure of the whole call is that failure for every record.
   */
  deliver(
    context: ConnectorContext,
    operation: string,
    records: readonly DeliveryRecord[],
  ): Promise<readonly RecordOutcome[]>;

  /** A harmless read that proves address, credentials and permissions. */
  testConnection(context: ConnectorContext): Promise<Result<ConnectionTestReport, ConnectorError>>;

  /** `null` if the operation is known, else why it is not: asked when a route is saved. */
  checkOperation(operation: string): string | null;

  /**
   * What JSON Schema cannot say about `config` and `credentials`, both of which have passed their schemas: templates that
   * do not parse, credentials that do not fit the kind of authentication, addresses that neither the vendor nor the
   * operator (`app`) stands for. Ask through `validateConnection`.
   */
  checkConnection?(config: JsonObject, credentials: JsonObject, app: OAuthApp | null): readonly ConfigProblem[];

  describeObjects?(context: ConnectorContext): Promise<Result<readonly ObjectSummary[], ConnectorError>>;

  describeFields?(context: ConnectorContext, object: string): Promise<Result<readonly FieldSummary[], ConnectorError>>;

  /**
   * New credentials after `auth_expired`. The hub calls it for one worker at a time, and stores the answer before use,
   * because a vendor that rotates refresh tokens has already killed the old one.
   */
  refreshCredentials?(context: ConnectorContext): Promise<Result<JsonObject, ConnectorError>>;

  /** When credentials end, read from the credentials themselves. Needed with `refreshCredentials` for refreshing ahead. */
  tokenLifetime?(credentials: JsonObject): TokenLifetime | null;

  /** Signing in through the vendor's pages. */
  readonly oauth?: OAuthFlow;

  /**
   * One page of changes or of a full listing, for an object of `manifest.pull`. The same cursor asked twice gives the same
   * records or newer ones: no record is lost through ties, a restart or the vendor's clock; one may come twice.
   */
  pull?(context: ConnectorContext, request: PullRequest): Promise<Result<PullPage, ConnectorError>>;

  /** Records by id, those that exist; for one that the vendor says is deleted, its tombstone. At most 100 ids. */
  readRecords?(
    context: ConnectorContext,
    object: string,
    ids: readonly string[],
  ): Promise<Result<readonly PulledRecord[], ConnectorError>>;

  /** Calls that the vendor makes to the hub. */
  readonly hooks?: HookReceiver;

  readonly mappingTemplates?: readonly MappingTemplate[];

  /** Left out where the vendor cannot be asked for records by what they hold. */
  readonly matching?: RecordMatcher;
}
