import { type DeliveryFilters } from './deliveries.queries';

type Category = NonNullable<DeliveryFilters['category']>;
type Reason = NonNullable<DeliveryFilters['reason']>;

// As records, so that the compiler asks for each that the API takes.
const OF_CATEGORIES: Readonly<Record<Category, true>> = {
  validation: true,
  duplicate: true,
  not_found: true,
  permission: true,
  config: true,
  auth_expired: true,
  auth_revoked: true,
  rate_limited: true,
  concurrency: true,
  transient: true,
  unknown_outcome: true,
  stale: true,
  too_large: true,
};

const OF_REASONS: Readonly<Record<Reason, true>> = {
  order: true,
  filtered: true,
  skipped_by_mapping: true,
  cancelled_by_user: true,
  retries_exhausted: true,
  permanent_failure: true,
  poison: true,
  deferred_too_long: true,
  superseded: true,
  waiting_for_link: true,
  replay_cancelled: true,
  connection_paused: true,
  connection_needs_reauth: true,
  connection_disabled: true,
  breaker_open: true,
  rate_limited: true,
  misconfigured: true,
};

export const CATEGORIES = Object.keys(OF_CATEGORIES) as Category[];
export const REASONS = Object.keys(OF_REASONS) as Reason[];
