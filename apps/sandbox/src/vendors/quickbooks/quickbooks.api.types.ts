import { type Actor } from './data/entity-store';
import { type Company } from './quickbooks.company';
import { type JsonObject } from './quickbooks.values';

/** Who asks, in which company. One per HTTP request; batch items share it. */
export interface ApiContext {
  readonly company: Company;
  readonly actor: Actor;
}

/** A data call after authentication. `segments` is the path below `/v3/company/{realmId}`. */
export interface ApiRequest {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly rawBody: Buffer;
  /** @throws Fault when the body is no JSON object of that content type */
  readonly json: () => JsonObject;
}

export interface ApiReply {
  readonly status: number;
  /** Plain data and decimals, printed as JSON or XML as the client asked. */
  readonly body?: object;
  /** Already printed, with its own content type (PDF). */
  readonly raw?: { readonly contentType: string; readonly data: Buffer };
}
