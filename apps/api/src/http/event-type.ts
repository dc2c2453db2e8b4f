import { EVENT_TYPE, EVENT_TYPE_MAX_LENGTH } from '@hub/delivery';
import { z } from 'zod';

/** For filters: what no event can have as its type would only ever find nothing, which looks as if there were nothing. */
export const eventTypeFilter = z
  .string()
  .max(EVENT_TYPE_MAX_LENGTH)
  .regex(EVENT_TYPE, 'Name one event type, such as invoice.created. Patterns are not taken here.');
