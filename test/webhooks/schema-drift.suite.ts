import { waitUntil } from '@hub/testing';
import { connectSalesforce, type StagedHub, type StagedTenant } from '../support/staged-hub';
import { type NoticeBody } from './webhook-receiver';

interface Field {
  readonly name: string;
  readonly max_length: number | null;
}

interface Alert {
  readonly title: string;
  readonly causes: readonly { readonly what: string; readonly count: number }[];
}

interface DriftStage {
  readonly hub: StagedHub;
  readonly tenant: StagedTenant;
  /** The next notice of an endpoint that is told of connections. */
  next(): Promise<NoticeBody>;
}

/** What an admin at the vendor changes is found by the daily look and told wherever somebody looks for it. */
export function describeSchemaDrift(stage: () => Promise<DriftStage>): void {
  it('tell what has changed in the objects of a vendor since the day before', async () => {
    const { hub, tenant, next } = await stage();
    const { id, org } = await connectSalesforce(hub, tenant);
    const at = `/v1/connections/${id}`;
    const seen = async (): Promise<readonly Field[]> =>
      (await tenant.client.demand<{ data: Field[] }>('GET', `${at}/objects/Account/fields`)).data;
    await tenant.client.demand('GET', `${at}/objects`);
    const before = await seen();
    const edits = [
      { field: 'Tier__c', values: ['Gold', 'Silver'] },
      { field: 'Fax', remove: true },
      { field: 'Industry', values: ['Farming'] },
      { field: 'Site', length: 40 },
      { field: 'Phone', required: true },
      { field: 'NumberOfEmployees', type: 'string' },
    ];
    for (const edit of edits) await hub.sandbox.salesforce('POST', 'fields', { org, object: 'Account', ...edit });
    // What is kept answers for an hour: nobody has asked the vendor again.
    expect(await seen()).toEqual(before);
    await hub.database.asSuperuser((client) =>
      client.query(
        `update connection_schemas set described_at = described_at - interval '25 hours',
           looked_at = looked_at - interval '25 hours' where tenant_id = $1`,
        [tenant.uuid],
      ),
    );
    // A worker looks when it starts, and then every ten minutes.
    await hub.workers[0]?.stop();
    await hub.workers[0]?.start();
    const told = await next();
    expect(told).toMatchObject({ type: 'connection.schema_changed', data: { connection_id: id, object: 'Account' } });
    const changes = told.data['changes'] as { kind: string; name: string; before: unknown; after: unknown }[];
    expect(changes.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'field_added Tier__c',
      'field_removed Fax',
      'length_changed Site',
      'required_changed Phone',
      'type_changed NumberOfEmployees',
      'values_changed Industry',
    ]);
    expect(changes).toContainEqual({ kind: 'length_changed', name: 'Site', before: 80, after: 40 });
    const { data: listed } = await tenant.client.demand<{ data: object[] }>('GET', `${at}/schema-changes`);
    expect(listed).toMatchObject([{ object: 'Account', changes }]);
    const alert = await waitUntil('the alert', async () => {
      const { data } = await tenant.client.demand<{ data: Alert[] }>('GET', '/v1/alerts?rule=schema_drift');
      return data[0];
    });
    expect(alert.causes).toMatchObject([{ what: 'Account', count: 6 }]);
    expect((await seen()).find(({ name }) => name === 'Site')?.max_length).toBe(40);
  });
}
