import { boundsOf, policyOf, type BoundsRow, type RetentionBounds, type SettingsRow } from '@hub/archive';
import { type RetentionSettings } from '@hub/platform';
import { type RetentionBoundsResponse, type RetentionResponse } from './dto/retention.response';

export interface Retention {
  readonly settings: SettingsRow | null;
  readonly bounds: BoundsRow | null;
}

export function toRetentionResponse(hub: RetentionSettings, { settings, bounds }: Retention): RetentionResponse {
  const policy = policyOf(hub, settings, bounds);
  return {
    hot_days: settings?.hot_days ?? null,
    archive_days: settings?.archive_days ?? null,
    dead_letter_days: settings?.dead_letter_days ?? null,
    ...toHoldResponse(settings),
    effective: {
      hot_days: policy.hotDays,
      archive_days: policy.archiveDays,
      dead_letter_days: policy.deadLetterDays,
      legal_hold: policy.legalHold,
    },
    bounds: toRanges(boundsOf(hub, bounds)),
    updated_at: settings?.updated_at.toISOString() ?? null,
  };
}

export function toBoundsResponse(hub: RetentionSettings, bounds: BoundsRow | null): RetentionBoundsResponse {
  return {
    most_hot_days: bounds?.most_hot_days ?? null,
    least_archive_days: bounds?.least_archive_days ?? null,
    most_archive_days: bounds?.most_archive_days ?? null,
    most_dead_letter_days: bounds?.most_dead_letter_days ?? null,
    ...toHoldResponse(bounds),
    effective: toRanges(boundsOf(hub, bounds)),
    updated_at: bounds?.updated_at.toISOString() ?? null,
  };
}

type Hold = Pick<SettingsRow, 'legal_hold' | 'legal_hold_reason' | 'legal_hold_since'>;

function toHoldResponse(
  row: Hold | null,
): Pick<RetentionResponse, 'legal_hold' | 'legal_hold_reason' | 'legal_hold_since'> {
  return {
    legal_hold: row?.legal_hold ?? false,
    legal_hold_reason: row?.legal_hold_reason ?? null,
    legal_hold_since: row?.legal_hold_since?.toISOString() ?? null,
  };
}

function toRanges(bounds: RetentionBounds): RetentionResponse['bounds'] {
  return {
    hot_days: { ...bounds.hotDays },
    archive_days: { ...bounds.archiveDays },
    dead_letter_days: { ...bounds.deadLetterDays },
  };
}
