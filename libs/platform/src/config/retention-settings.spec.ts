import { retentionSettings } from './retention-settings';

it.each([
  [{ HUB_HOT_DAYS: '31' }, 'HUB_HOT_DAYS'],
  [{ HUB_ARCHIVE_DAYS: '20' }, 'HUB_ARCHIVE_DAYS'],
  [{ HUB_DEAD_LETTER_DAYS: '91' }, 'HUB_DEAD_LETTER_DAYS'],
  [{ HUB_AUDIT_RETENTION_MAX_DAYS: '60' }, 'HUB_AUDIT_RETENTION_MIN_DAYS'],
])('no figure may lie outside of its own bounds: %o', (set, named) => {
  expect(retentionSettings.safeParse(set).error?.issues).toMatchObject([{ path: [named] }]);
});
