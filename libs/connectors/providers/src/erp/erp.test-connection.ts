import { type ConnectionTestReport, type ConnectorContext, type ConnectorError } from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { askForChanges, askForTime } from './erp.changes';
import { type ErpClient } from './erp.client';
import { contractDifferences, differenceDetails } from './erp.contract-check';
import { momentsOf } from './erp.time';

/** Two harmless calls: who we are, and whether we may read. What they tell of the system's habits is shown to the person. */
export async function testErp(
  context: ConnectorContext,
  client: ErpClient,
): Promise<Result<ConnectionTestReport, ConnectorError>> {
  const { settings, contract } = client;
  const clock = await askForTime(client);
  if (!clock.ok) return clock;
  const askedAt = Date.now();
  const { time, version } = clock.value;
  const read = await askForChanges(client, { entity: 'Customer', rows: 1 });
  if (!read.ok) return read;
  const moments = momentsOf(time, settings.zone);
  const served = settings.checksContract ? await contractDifferences(context, settings, contract) : null;
  return ok({
    account: `${settings.credentials.username ?? 'client certificate'} at ${addressOf(settings.endpoint)}`,
    details: {
      system_version: version,
      server_time: time,
      stamps_have_zone: /(Z|[+-]\d\d:\d\d)$/.test(time),
      // A whole number of hours: the time zone of the connection is another than the system's.
      clock_difference_seconds: moments === null ? null : Math.round((moments.earliest - askedAt) / 1000),
      has_cursors: read.value.nextCursor !== null,
      ...(served === null ? {} : { contract: differenceDetails(served) }),
    },
  });
}

function addressOf(endpoint: string): string {
  const { host, pathname } = new URL(endpoint);
  return `${host}${pathname}`;
}
