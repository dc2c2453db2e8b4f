import { rejectNotFound, reject } from './salesforce.errors';
import { type JsonNode } from './salesforce.json';
import { type SalesforceOrg } from './salesforce.org';
import { type SchemaObject } from './schema/org-schema';

/** `Sforce-Duplicate-Rule-Header`: how whoever saves wants to be treated by duplicate rules. */
export interface DuplicateRuleHeader {
  /** Saves in spite of rules that only alert. */
  readonly allowSave: boolean;
  readonly includeRecordDetails: boolean;
}

export const NO_DUPLICATE_RULE_HEADER: DuplicateRuleHeader = { allowSave: false, includeRecordDetails: false };

export function readDuplicateRuleHeader(text: string | undefined): DuplicateRuleHeader {
  const isSet = (name: string): boolean => new RegExp(`\\b${name}\\s*=\\s*true\\b`, 'i').test(text ?? '');
  return { allowSave: isSet('allowSave'), includeRecordDetails: isSet('includeRecordDetails') };
}

/** Who asks, in which org and API version. One per HTTP request; sub-requests share it. */
export interface ApiContext {
  readonly org: SalesforceOrg;
  readonly actorId: string;
  /** Owner of the row locks that this request takes. */
  readonly requestId: number;
  /** `/services/data/v62.0` */
  readonly base: string;
  readonly version: string;
  readonly duplicateRules: DuplicateRuleHeader;
  /** Set once a write held rows: the answer then waits as long as the rows are held. */
  heldRows: boolean;
}

/** A data call after authentication, or one inside a composite or batch. `path` is below the version, undecoded. */
export interface ApiRequest {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: JsonNode | undefined;
  /** The body as it came, for calls that do not take JSON. */
  readonly rawBody: Buffer;
}

export interface ApiReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Plain data and `Decimal`s; absent for an empty body. */
  readonly body?: unknown;
  /** Already printed, with its own content type (CSV). */
  readonly text?: string;
}

/** @throws Rejection 404 NOT_FOUND */
export function requireObject(context: ApiContext, name: string): SchemaObject {
  return context.org.schema.object(name) ?? rejectNotFound();
}

/** @throws Rejection 400 JSON_PARSER_ERROR */
export function requireJsonObject(body: JsonNode | undefined): Extract<JsonNode, { kind: 'object' }> {
  if (body?.kind === 'object') return body;
  const at = body ? `[line:${body.line}, column:${body.column}]` : '[line:1, column:0]';
  reject(400, 'JSON_PARSER_ERROR', `The HTTP entity body is required to be a JSON object at ${at}`);
}

/** @throws Rejection 404 when the percent-encoding is broken */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return rejectNotFound();
  }
}
