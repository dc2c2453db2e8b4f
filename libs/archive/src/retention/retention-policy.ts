import { type RetentionSettings } from '@hub/platform';
import { type BoundsRow, type SettingsRow } from './retention.repository';

/** How long one tenant's history is kept. */
export interface RetentionPolicy {
  /** Days in the database. The day itself leaves when the longest of all tenants' has passed. */
  readonly hotDays: number;
  /** Days until the archive forgets, counted from the day itself. */
  readonly archiveDays: number;
  /** Days that dead letters stay in the database. */
  readonly deadLetterDays: number;
  /** Nothing of the tenant's archive is deleted: the tenant or an operator has said so. */
  readonly legalHold: boolean;
}

export interface RetentionBounds {
  readonly hotDays: { readonly least: number; readonly most: number };
  readonly archiveDays: { readonly least: number; readonly most: number };
  readonly deadLetterDays: { readonly least: number; readonly most: number };
}

/** The books of an hour are counted from its rows for six days: none of them may have left by then. */
export const LEAST_HOT_DAYS = 7;

/** The operator's bounds for this tenant, or else the hub's. */
export function boundsOf(hub: RetentionSettings, own: BoundsRow | null): RetentionBounds {
  const most = own?.most_archive_days ?? hub.HUB_MOST_ARCHIVE_DAYS;
  return {
    hotDays: { least: LEAST_HOT_DAYS, most: own?.most_hot_days ?? hub.HUB_MOST_HOT_DAYS },
    archiveDays: { least: Math.min(own?.least_archive_days ?? hub.HUB_LEAST_ARCHIVE_DAYS, most), most },
    deadLetterDays: { least: 1, most: own?.most_dead_letter_days ?? hub.HUB_MOST_DEAD_LETTER_DAYS },
  };
}

/** What holds: the tenant's wishes, or else the hub's figures, within bounds. Bounds that were set later win. */
export function policyOf(
  hub: RetentionSettings,
  settings: Pick<SettingsRow, 'hot_days' | 'archive_days' | 'dead_letter_days' | 'legal_hold'> | null,
  own: BoundsRow | null,
): RetentionPolicy {
  const bounds = boundsOf(hub, own);
  return {
    hotDays: within(settings?.hot_days ?? hub.HUB_HOT_DAYS, bounds.hotDays),
    archiveDays: within(settings?.archive_days ?? hub.HUB_ARCHIVE_DAYS, bounds.archiveDays),
    deadLetterDays: within(settings?.dead_letter_days ?? hub.HUB_DEAD_LETTER_DAYS, bounds.deadLetterDays),
    legalHold: settings?.legal_hold === true || own?.legal_hold === true,
  };
}

function within(days: number, { least, most }: { readonly least: number; readonly most: number }): number {
  return Math.max(least, Math.min(days, most));
}
