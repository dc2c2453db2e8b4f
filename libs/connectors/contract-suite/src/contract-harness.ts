import { type Connector, type DeliveryRecord, type ErrorCategory, type OAuthApp } from '@hub/connector-sdk';
import { type JsonObject, type SafeHttp } from '@hub/platform';
import { type FaultyServer, type VendorFault } from './faulty-server';

/** What the shared suite must know of a connector. Made once for the suite, reset before each test. */
export interface ConnectorHarness {
  readonly connector: Connector;
  readonly http: SafeHttp;
  /** The vendor, on 127.0.0.1, which `http` must be allowed to reach. */
  readonly server: FaultyServer;
  /** Points at the server; a time limit may be asked for. */
  config(options: { readonly timeoutMs?: number }): JsonObject;
  /** A canary in every member that is secret. */
  readonly credentials: JsonObject;
  readonly canaries: readonly string[];
  /** Where the operator's registration, and not the connection, says the vendor's addresses. */
  readonly oauthApp?: OAuthApp;
  /** An operation that writes. */
  readonly operation: string;
  /** Good records, new ones with each call. */
  records(count: number): readonly DeliveryRecord[];
  /** A record that the vendor (not the connector) refuses. */
  refusedRecord?(): DeliveryRecord;
  /** How often the vendor's books hold this record. */
  effectsOf(record: DeliveryRecord): number;
  /** The vendor's way of refusing the credentials, and what it means for this connection. */
  readonly unauthorized: { readonly fault: VendorFault; readonly category: ErrorCategory };
  close(): Promise<void>;
}

let made = 0;

/** A record with fresh ids; `overrides` fills in what the vendor needs. */
export function contractRecord(overrides: Partial<DeliveryRecord> = {}): DeliveryRecord {
  const number = ++made;
  return {
    deliveryId: `dlv_${number}`,
    idempotencyKey: `key_${number}`,
    eventId: `evt_${number}`,
    eventType: 'customer.updated',
    subject: `customer-${number}`,
    payloadText: `{"name":"Customer ${number}"}`,
    mayHaveBeenSent: false,
    acceptedAt: new Date(),
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    ...overrides,
  };
}
