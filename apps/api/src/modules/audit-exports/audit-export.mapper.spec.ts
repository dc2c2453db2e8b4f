import { type ExportRow } from '@hub/audit';
import { newUuid } from '@hub/platform';
import { toExportResponse } from './audit-export.mapper';

describe('the answer for an audit export', () => {
  const row = { id: newUuid(), filter: {}, created_at: new Date(), finished_at: new Date(), expires_at: new Date(0) };

  it.each([
    ['succeeded', '1970-01-01T00:00:00.000Z'],
    ['expired', '1970-01-01T00:00:00.000Z'],
    // When its pieces are deleted is nothing that anybody can fetch.
    ['failed', null],
  ])('that has %s says until when it can be fetched', (status, until) => {
    expect(toExportResponse('/v1/audit-exports')({ ...row, status } as unknown as ExportRow).expires_at).toBe(until);
  });
});
