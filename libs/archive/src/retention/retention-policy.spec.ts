import fc from 'fast-check';
import { retentionSettings } from '@hub/platform';
import { boundsOf, policyOf } from './retention-policy';
import { type BoundsRow, type SettingsRow } from './retention.repository';

const hub = retentionSettings.parse({});
const hold = { legal_hold: false, legal_hold_reason: null, legal_hold_since: null, updated_at: new Date() };
const asked = (row: Partial<SettingsRow>): SettingsRow => ({
  hot_days: null,
  archive_days: null,
  dead_letter_days: null,
  ...hold,
  ...row,
});
const bounds = (row: Partial<BoundsRow>): BoundsRow => ({
  most_hot_days: null,
  least_archive_days: null,
  most_archive_days: null,
  most_dead_letter_days: null,
  ...hold,
  ...row,
});

describe('how long history is kept', () => {
  it('is the hub’s figure for who has asked for nothing', () => {
    expect(policyOf(hub, null, null)).toEqual({ hotDays: 7, archiveDays: 400, deadLetterDays: 14, legalHold: false });
  });

  it('is what was asked for, cut to the operator’s bounds', () => {
    const wanted = asked({ hot_days: 20, archive_days: 10, dead_letter_days: 60 });
    expect(policyOf(hub, wanted, null)).toMatchObject({ hotDays: 20, archiveDays: 30, deadLetterDays: 60 });
    const narrow = bounds({ most_hot_days: 9, least_archive_days: 90, most_dead_letter_days: 20 });
    expect(policyOf(hub, wanted, narrow)).toMatchObject({ hotDays: 9, archiveDays: 90, deadLetterDays: 20 });
  });

  it('knows a hold of either side', () => {
    expect(policyOf(hub, asked({ legal_hold: true }), null).legalHold).toBe(true);
    expect(policyOf(hub, null, bounds({ legal_hold: true })).legalHold).toBe(true);
  });

  it('is within the bounds, whatever anybody asks for', () => {
    const days = fc.option(fc.integer({ min: 1, max: 36_500 }));
    fc.assert(
      fc.property(days, days, days, days, (wish, least, most, hot) => {
        const own = bounds({ least_archive_days: least, most_archive_days: most, most_hot_days: hot });
        const policy = policyOf(hub, asked({ archive_days: wish, hot_days: wish }), own);
        const { archiveDays, hotDays } = boundsOf(hub, own);
        expect(archiveDays.least).toBeLessThanOrEqual(archiveDays.most);
        expect(policy.archiveDays).toBeGreaterThanOrEqual(archiveDays.least);
        expect(policy.archiveDays).toBeLessThanOrEqual(archiveDays.most);
        expect(policy.hotDays).toBeGreaterThanOrEqual(hotDays.least);
      }),
    );
  });
});
