import { type Alert } from '@hub/api-client';
import { count } from '../../lib/number';
import { duration } from '../../lib/time';
import { alerts as wording } from '../../text/alerts.text';

const { units } = wording.settings;

/** What was compared with the threshold, with its unit: nobody knows what 28 is. */
export function measured({ value, value_unit: unit }: Pick<Alert, 'value' | 'value_unit'>): string | null {
  if (value === null) return null;
  if (unit === 'seconds') return duration(value * 1_000);
  return `${count(value)} ${units[unit ?? 'count'] ?? ''}`.trim();
}
