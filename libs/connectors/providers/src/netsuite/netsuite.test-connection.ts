import { type ConnectionTestReport, type ConnectorError } from '@hub/connector-sdk';
import { ok, type Json, type JsonObject, type Result } from '@hub/platform';
import { type NetSuiteClient } from './netsuite.client';
import { textOf } from './netsuite.json';
import { FEW_ROWS_BYTES, queryRows, wallOf } from './netsuite.suiteql';
import { realmOf } from './netsuite.tba';
import { isAlwaysUtc, measured } from './netsuite.time';

/**
 * Proves address, login, and the permission that SuiteQL needs (SuiteAnalytics Workbook), and says what a person has to
 * know for the settings: the zone that the hub's user is in, the subsidiaries that there are, the limit on calls at once.
 */
export async function testNetSuite(client: NetSuiteClient): Promise<Result<ConnectionTestReport, ConnectorError>> {
  const asked = await queryRows(client, `SELECT ${wallOf('SYSDATE')} AS now FROM dual`, FEW_ROWS_BYTES);
  if (!asked.ok) return asked;
  const { rows, answeredAtMs } = asked.value;
  const { config } = client.settings;
  const clock = measured({ zone: null, offsetMinutes: 0 }, textOf(rows[0]?.['now']), answeredAtMs);
  const account = realmOf(config.account_id);
  return ok({
    account: `NetSuite ${account}`,
    details: {
      account_id: account,
      user_clock_offset_minutes: answeredAtMs === null ? null : clock.offsetMinutes,
      // Changes are then found a little later, and each poll reads more than an hour twice.
      user_is_in_utc: isAlwaysUtc(clock),
      hub_clock_is_behind_seconds: answeredAtMs === null ? null : Math.round((answeredAtMs - Date.now()) / 1000),
      subsidiaries: await subsidiaries(client),
      concurrency_limit: await concurrencyLimit(client),
    },
  });
}

/** For people to choose from. A role that may not see them is no reason for the test to fail. */
async function subsidiaries(client: NetSuiteClient): Promise<Json> {
  const page = await queryRows(client, 'SELECT id, name FROM subsidiary ORDER BY id', FEW_ROWS_BYTES);
  if (!page.ok) return null;
  return page.value.rows.slice(0, 50).map((row): JsonObject => ({ id: textOf(row['id']), name: textOf(row['name']) }));
}

/** Told to administrators alone. */
async function concurrencyLimit(client: NetSuiteClient): Promise<number | null> {
  const { result } = await client.read({ method: 'GET', path: '/system/v1/governanceLimits' });
  const max = result.ok ? Number(textOf(result.value['accountConcurrencyLimit']) ?? NaN) : NaN;
  if (!Number.isSafeInteger(max) || max < 1) return null;
  client.learnCallsAtOnce(max);
  return max;
}
