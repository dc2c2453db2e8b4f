import { type JsonObject } from '@hub/platform';
import { type PullObjectManifest } from './pull';

export const AUTH_KINDS = [
  'none',
  'basic',
  'bearer',
  'api_key',
  'hmac',
  'oauth2_client_credentials',
  'oauth2_code',
  'oauth1_tba',
  'ws_security',
  'client_certificate',
] as const;
export type AuthKind = (typeof AUTH_KINDS)[number];

/** One thing that a route can ask of a connector, for example `account.upsert`. */
export interface OperationManifest {
  /** `<object>.<verb>`; `*` as object means any object the vendor knows, named by the route: `Invoice__c.upsert`. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Most records that one vendor call takes. 1: each record is its own call. */
  readonly batchSize: number;
  /** How a repeat is made harmless at the vendor. */
  readonly idempotency: 'external_id' | 'request_key' | 'receiver';
  /** What it writes, as the connector pulls it, where the operation's own name says something else. */
  readonly writes?: string;
  /** JSON Schema (draft 2020-12) of the mapped payload, where the connector can say. */
  readonly inputSchema?: JsonObject;
}

export interface ConnectorLimits {
  /** Calls that may be under way at once for one connection, unless its config says otherwise. */
  readonly defaultConcurrency: number;
  readonly maxConcurrency: number;
  /** Whole call, connect to last byte, in milliseconds. */
  readonly timeoutMs: number;
}

/** What one of the vendor's codes means, for people who do not know it. */
export interface CodeAdvice {
  /** A few words to be put after the code: `duplicate name`. */
  readonly title: string;
  /** What has happened, in a sentence or two. */
  readonly explanation: string;
  /** What to do, by whom. */
  readonly action: string;
}

/** What the catalogue shows and the portal renders forms from. */
export interface ConnectorManifest {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly documentationUrl: string;
  readonly authKinds: readonly AuthKind[];
  /** JSON Schema (draft 2020-12) of `config`; unknown members are refused. */
  readonly configSchema: JsonObject;
  /** JSON Schema of the write-only credentials. */
  readonly credentialsSchema: JsonObject;
  /**
   * JSON pointers into `{config, credentials}`: every member that says to which host the connector sends credentials. While
   * credentials are kept, none of them may come to name another host.
   */
  readonly addresses: readonly string[];
  readonly operations: readonly OperationManifest[];
  /** Objects whose changes the hub can pull. Absent: none. */
  readonly pull?: readonly PullObjectManifest[];
  readonly limits: ConnectorLimits;
  /** By the vendor's code. Of what is not here, its category says what to do. */
  readonly advice?: Readonly<Record<string, CodeAdvice>>;
  /** The vendor keeps one grant for an account and an app: a second sign-in, or ending one of two, ends both. */
  readonly oneGrantPerAccount?: boolean;
  /** Optional abilities: the API answers 409 `not_supported` for what is missing. */
  readonly capabilities: { readonly describe: boolean; readonly refresh: boolean };
}
