import { type Json, type JsonObject } from '@hub/platform';
import { type CanonicalType } from './canonical/canonical.types';

/**
 * A ready-made mapping that comes with a connector. Tenants get their own copy to change; `id` and `version` say which
 * template a copy was made from, so that a better template can be offered later.
 *
 * - `inbound`: the vendor's record → the hub's model. Input: `{"record": …, "connection": {"config": …}}`.
 * - `outbound`: an event → the vendor's payload for `operation`. Input: as of every route's mapping, the event's `data`; the
 *   record in the hub's model is its member `canonical`. `$event` and `$link` are there as well.
 */
export interface MappingTemplate {
  /** `<connector>.<object>.<inbound|outbound>`, lower case, unique over all connectors. */
  readonly id: string;
  /** Counts up with every change of the expression. */
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly direction: 'inbound' | 'outbound';
  readonly canonicalType: CanonicalType;
  /** Inbound: the vendor's object. */
  readonly object?: string;
  /** Outbound: the operation that the payload is for. */
  readonly operation?: string;
  /** JSONata. */
  readonly expression: string;
  /** Must hold for the template to be published; they also show a reader what it does. */
  readonly goldenCases: readonly GoldenCase[];
}

export interface GoldenCase {
  readonly name: string;
  readonly input: Json;
  readonly output: Json;
  /** Outbound: members of `$event` besides those that every event has. */
  readonly event?: JsonObject;
  /** Outbound: the links that there are, whatever system the event comes from. */
  readonly links?: readonly {
    readonly type: string;
    readonly id: string;
    readonly system: string;
    readonly found: string;
  }[];
}
