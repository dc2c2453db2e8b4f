import { type ApiContext } from '../salesforce.context';
import { type ApiHandler } from './sobjects';

const HOUR_LIMITS = { HourlySyncReportRuns: 500, HourlyAsyncReportRuns: 1_200, HourlyDashboardRefreshes: 200 };

/** Header of every data call; login and identity calls do not carry it. */
export function limitInfo({ org }: Pick<ApiContext, 'org'>): string {
  return `api-usage=${org.usage.used()}/${org.settings.dailyApiLimit}`;
}

export const limits: ApiHandler = ({ org }) => {
  const full = (max: number): { Max: number; Remaining: number } => ({ Max: max, Remaining: max });
  const max = org.settings.dailyApiLimit;
  return {
    status: 200,
    body: {
      DailyApiRequests: { Max: max, Remaining: Math.max(0, max - org.usage.used()) },
      DailyAsyncApexExecutions: full(250_000),
      DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 - org.bulkJobs.batchesUsed },
      DailyBulkV2QueryJobs: full(10_000),
      DailyStandardVolumePlatformEvents: full(10_000),
      DataStorageMB: {
        Max: org.settings.dataStorageMb,
        Remaining: Math.max(0, Math.floor(org.storageLeftMb)),
      },
      FileStorageMB: full(20),
      ...Object.fromEntries(Object.entries(HOUR_LIMITS).map(([name, count]) => [name, full(count)])),
      SingleEmail: full(15),
    },
  };
};
