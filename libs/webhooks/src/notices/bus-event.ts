import { type JsonObject } from '@hub/platform';

/** Something that happened in the hub, as whoever reads the bus hands it over. */
export interface BusEvent {
  readonly id: string;
  readonly type: string;
  readonly deliveryId: string | null;
  readonly connectionId: string | null;
  readonly data: JsonObject;
  readonly createdAt: Date;
}

/** What a notice tells of a delivery besides that something happened to it: as it stands when the notice is written. */
export interface DeliveryFacts {
  readonly id: string;
  readonly trackingId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly subject: string | null;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly routeId: string;
  readonly routeName: string;
  readonly operation: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly externalId: string | null;
  readonly error: { readonly category: string; readonly code: string; readonly message: string } | null;
}

export interface ConnectionFacts {
  readonly id: string;
  readonly name: string;
  readonly connectorId: string;
}

/** By id. What is gone by now is missing. */
export interface Facts {
  readonly deliveries: ReadonlyMap<string, DeliveryFacts>;
  readonly connections: ReadonlyMap<string, ConnectionFacts>;
}
