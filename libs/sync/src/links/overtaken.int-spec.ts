import { LinkStage, ref, write } from '../testing/link-stage';
import { LinkedEchoGuard } from './echo-guard';

const stage = LinkStage.open();

describe('a record that was written after it was read', () => {
  const waiting = (): Promise<Record<string, unknown>[]> =>
    stage.run((tx) => tx.query(`select connection_id, object, record_id, carry from hook_notices`));
  const again = (record: string): object => ({
    connection_id: stage.quickbooks,
    object: 'Customer',
    record_id: record,
    carry: true,
  });
  /** An event of the record was kept, so many seconds ago. */
  const told = (eventId: string, secondsAgo: number): Promise<unknown> =>
    stage.database.asSuperuser((client) =>
      client.query(
        `insert into event_keys (tenant_id, event_id, tracking_id, fingerprint, created_at)
         values ($1, $2, uuid_v7(), '', now() - $3 * interval '1 second')`,
        [stage.tenant, eventId, secondsAgo],
      ),
    );
  /** The customer of QuickBooks is known from a pull, and linked with the account. */
  const known = async (record: string, account: string): Promise<void> => {
    const idle = { underWay: () => Promise.resolve(new Set<string>()), settled: () => Promise.resolve() };
    await new LinkedEchoGuard({ tenants: stage.tenants, inFlight: idle }).observe(
      {
        tenantId: stage.tenant,
        connectionId: stage.quickbooks,
        connectorId: 'quickbooks',
        object: 'Customer',
        canonicalType: 'customer',
        volatileFields: [],
      },
      [
        {
          verdict: 'new',
          record: {
            object: 'Customer',
            id: record,
            change: 'updated',
            version: null,
            modifiedAt: null,
            modifiedByUs: null,
            dataText: '{"Name":"Acme"}',
          },
        },
      ],
    );
    await stage.record(write(ref(stage.salesforce, account), ref(stage.quickbooks, record), {}, 'e-first'));
  };
  const written = (seconds: number): Promise<unknown> =>
    stage.run((tx) =>
      tx.query(
        `update record_link_ends set written_at = now() - $2 * interval '1 second' where tenant_id = $1 and record_id = '58'`,
        [stage.tenant, seconds],
      ),
    );

  beforeEach(async () => {
    await stage.run((tx) =>
      tx.query(
        `insert into syncs (tenant_id, id, name, connection_id, object, interval_seconds, next_run_at)
         values ($1, uuid_v7(), 'customers', $2, 'Customer', 3600, now())`,
        [stage.tenant, stage.quickbooks],
      ),
    );
    await known('58', '001A');
  });

  it('is read and carried once more, when what was read of it is written elsewhere', async () => {
    expect(await waiting()).toEqual([]);
    await told('e-old', 600);
    await written(5);
    await stage.record(write(ref(stage.salesforce, '001A'), ref(stage.quickbooks, '58'), {}, 'e-old'));
    expect(await waiting()).toEqual([again('58')]);
  });

  it('is read once more when nobody can tell which came first, or when it was read', async () => {
    await told('e-now', 1);
    await written(5);
    await stage.record(write(ref(stage.salesforce, '001A'), ref(stage.quickbooks, '58'), {}, 'e-now'));
    expect(await waiting()).toEqual([again('58')]);
    await stage.run((tx) => tx.query(`delete from hook_notices`));
    await stage.record(write(ref(stage.salesforce, '001A'), ref(stage.quickbooks, '58'), {}, 'e-forgotten'));
    expect(await waiting()).toEqual([again('58')]);
  });

  it('is not carried while another record of its link waits to be: that one is read once more', async () => {
    await told('e-old', 600);
    await stage.run((tx) =>
      tx.query(
        `update record_link_ends set object = 'Account', written_at = now() where tenant_id = $1 and record_id = '001A'`,
        [stage.tenant],
      ),
    );
    await stage.record(write(ref(stage.quickbooks, '58'), ref(stage.salesforce, '001A'), {}, 'e-old'));
    // No sync reads accounts.
    expect(await waiting()).toEqual([]);
    await stage.run((tx) =>
      tx.query(
        `insert into syncs (tenant_id, id, name, connection_id, object, interval_seconds, next_run_at)
         values ($1, uuid_v7(), 'accounts', $2, 'Account', 3600, now())`,
        [stage.tenant, stage.salesforce],
      ),
    );
    await stage.record(write(ref(stage.salesforce, '001A'), ref(stage.quickbooks, '58'), {}, 'e-old'));
    await stage.record(write(ref(stage.quickbooks, '58'), ref(stage.salesforce, '001A'), {}, 'e-old'));
    expect(await waiting()).toEqual([again('58')]);
    const revisions = await stage.run((tx) => tx.query(`select revision from hook_notices`));
    expect(revisions).toEqual([{ revision: 2 }]);
  });

  it('stays as a replay leaves it', async () => {
    await told('e-old', 600);
    await written(5);
    await stage.record({ ...write(ref(stage.salesforce, '001A'), ref(stage.quickbooks, '58')), eventId: null });
    expect(await waiting()).toEqual([]);
  });

  it('is left alone when what was read shows what was written', async () => {
    await told('e-new', 1);
    await written(300);
    await stage.record(write(ref(stage.salesforce, '001A'), ref(stage.quickbooks, '58'), {}, 'e-new'));
    expect(await waiting()).toEqual([]);
  });
});
