import { anomaly } from '../signals/anomaly.rule';
import { booksUnbalanced } from '../signals/books-unbalanced.rule';
import { breakerOpen } from '../signals/breaker-open.rule';
import { connectionNeedsReauth } from '../signals/connection-needs-reauth.rule';
import { dataStale } from '../signals/data-stale.rule';
import { deadLetters } from '../signals/dead-letters.rule';
import { errorRate } from '../signals/error-rate.rule';
import { expiring } from '../signals/expiring.rule';
import { queueAge } from '../signals/queue-age.rule';
import { rateLimitUse } from '../signals/rate-limit-use.rule';
import { schemaDrift } from '../signals/schema-drift.rule';
import { webhookDisabled } from '../signals/webhook-disabled.rule';
import { type AlertRule, type RuleSettings } from './rule.types';

/** Every rule. A new one is a file beside the others and a line here; settings, channels and the API follow from it. */
export const ALERT_RULES: readonly AlertRule[] = [
  deadLetters,
  breakerOpen,
  connectionNeedsReauth,
  dataStale,
  queueAge,
  errorRate,
  anomaly,
  rateLimitUse,
  expiring,
  schemaDrift,
  webhookDisabled,
  booksUnbalanced,
];

export function findAlertRule(id: string): AlertRule | undefined {
  return ALERT_RULES.find((rule) => rule.id === id);
}

export function defaultSettings(rule: AlertRule): RuleSettings {
  return {
    enabled: true,
    threshold: rule.threshold?.default ?? 0,
    leastVolume: rule.leastVolume ?? 0,
    forSeconds: rule.forSeconds,
    repeatSeconds: rule.repeatSeconds,
    severity: rule.severity,
  };
}
