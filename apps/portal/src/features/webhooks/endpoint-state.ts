import { type WebhookEndpoint } from '@hub/api-client';
import { webhooks as wording } from '../../text/webhooks.text';

const { off, failing } = wording;

/** In one word: does it take what it is sent? */
export function stateOf({ enabled, health }: Pick<WebhookEndpoint, 'enabled' | 'health'>): string {
  if (!enabled) return 'disabled';
  return health.failing_since === null ? 'active' : 'failing';
}

export function whyOf({ enabled, disabled_reason: reason, health }: WebhookEndpoint): string | undefined {
  if (!enabled) return reason === null ? undefined : off[reason];
  return health.failing_since === null ? undefined : (health.last_error?.message ?? failing);
}
