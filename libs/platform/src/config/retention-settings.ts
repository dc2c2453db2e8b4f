import { z } from 'zod';

const days = (least: number, most: number, usual: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(least).max(most).default(usual);

/**
 * How long history is kept for tenants that have no figure of their own, and how far a tenant's own may go. An operator may
 * set other bounds for one tenant. API and workers need the same.
 */
export const retentionSettings = z
  .object({
    /** Days that events, deliveries and attempts stay in the database before they go to the archive. */
    HUB_HOT_DAYS: days(7, 90, 7),
    HUB_MOST_HOT_DAYS: days(7, 90, 30),
    /** Days after which the archive forgets. */
    HUB_ARCHIVE_DAYS: days(1, 36_500, 400),
    HUB_LEAST_ARCHIVE_DAYS: days(1, 36_500, 30),
    HUB_MOST_ARCHIVE_DAYS: days(1, 36_500, 3_650),
    /** Days that dead letters stay in the database, to be taken up again. */
    HUB_DEAD_LETTER_DAYS: days(1, 365, 14),
    HUB_MOST_DEAD_LETTER_DAYS: days(1, 365, 90),
    /** Bounds of how many days an audit log is kept, whatever its tenant has chosen. */
    HUB_AUDIT_RETENTION_MIN_DAYS: days(30, 36_500, 90),
    HUB_AUDIT_RETENTION_MAX_DAYS: days(30, 36_500, 3_650),
  })
  .refine((settings) => settings.HUB_HOT_DAYS <= settings.HUB_MOST_HOT_DAYS, {
    message: 'HUB_HOT_DAYS may not be above HUB_MOST_HOT_DAYS',
    path: ['HUB_HOT_DAYS'],
  })
  .refine(
    (settings) =>
      settings.HUB_LEAST_ARCHIVE_DAYS <= settings.HUB_ARCHIVE_DAYS &&
      settings.HUB_ARCHIVE_DAYS <= settings.HUB_MOST_ARCHIVE_DAYS,
    {
      message: 'HUB_ARCHIVE_DAYS must be within HUB_LEAST_ARCHIVE_DAYS and HUB_MOST_ARCHIVE_DAYS',
      path: ['HUB_ARCHIVE_DAYS'],
    },
  )
  .refine((settings) => settings.HUB_DEAD_LETTER_DAYS <= settings.HUB_MOST_DEAD_LETTER_DAYS, {
    message: 'HUB_DEAD_LETTER_DAYS may not be above HUB_MOST_DEAD_LETTER_DAYS',
    path: ['HUB_DEAD_LETTER_DAYS'],
  })
  .refine((settings) => settings.HUB_AUDIT_RETENTION_MIN_DAYS <= settings.HUB_AUDIT_RETENTION_MAX_DAYS, {
    message: 'HUB_AUDIT_RETENTION_MIN_DAYS may not be above HUB_AUDIT_RETENTION_MAX_DAYS',
    path: ['HUB_AUDIT_RETENTION_MIN_DAYS'],
  });

export type RetentionSettings = z.output<typeof retentionSettings>;
