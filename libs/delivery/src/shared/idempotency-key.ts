import { createHash } from 'node:crypto';

/**
 * The key that makes a repeat harmless at the vendor: the same for every retry and replay of one event on one route.
 * The route is part of it, because two routes may send different records of one event to one connection.
 */
export function vendorIdempotencyKey(parts: {
  tenantId: string;
  connectionId: string;
  eventId: string;
  routeId: string;
}): string {
  return createHash('sha256')
    .update([parts.tenantId, parts.connectionId, parts.routeId, parts.eventId].join('|'))
    .digest('hex');
}
