import { newCompany, type Company } from '../support/company';
import { type List } from '../support/hub-api';
import { NARROW } from '../support/inspect';
import { ENDS_MS, newSink, ordersTo } from '../support/repair';
import { signInByHand } from '../support/sign-in';
import { type Stage } from '../support/stage';
import { expect, test, type Visit } from '../support/test';

interface Group {
  readonly first_failed_at: string;
}

/** An order that has died on its way to the warehouse, and has arrived in the archive. */
async function twoWays({ api }: Company, { dev }: Stage): Promise<{ warehouse: string; mapping: string }> {
  const expression = '{ "number": $required(number, "number") }';
  const { connection, mapping } = await ordersTo({ sink: newSink(), expression }, { api, dev });
  const { id: archive } = await api.post('/v1/connections', {
    name: 'Archive',
    connector: 'http',
    config: { url: `${dev.sandbox_url}/sink/${newSink()}` },
  });
  await api.post('/v1/routes', {
    ...{ name: 'Orders to the archive', event_type: 'order.placed', operation: 'request.send' },
    ...{ connection_id: archive, mapping_id: null },
  });
  await api.post('/v1/events', { event_id: 'order-7', type: 'order.placed', subject: 'order/7', data: { name: 'A' } });
  for (const status of ['dead', 'succeeded'])
    await expect
      .poll(async () => (await api.get<List>(`/v1/deliveries?status=${status}`)).data.length, { timeout: ENDS_MS })
      .toBe(1);
  return { warehouse: connection, mapping };
}

async function choose({ page }: Visit, filter: string, choice: string): Promise<void> {
  await page.getByRole('combobox', { name: filter }).click();
  await page.getByRole('option', { name: choice }).click();
}

test('deliveries are found by connection and by route, by their names, and are told apart on a phone', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['viewer']);
  const { warehouse } = await twoWays(company, stage);
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, company.emailOf('viewer'), company.password);
  await open('/deliveries?from=2026-01-15T12:00:00.000Z');
  await expect(page.getByLabel('From (CET)')).toHaveValue('2026-01-15T13:00');
  const rows = page.getByRole('row').filter({ hasText: 'order.placed' });
  await expect(rows).toHaveCount(2);
  await choose(visit, 'Connection', 'Archive');
  await expect(page).toHaveURL(/connection_id=con_/);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Succeeded');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await choose(visit, 'Route', 'Orders to the warehouse');
  await expect(page).toHaveURL(/route_id=rte_/);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Dead');

  await page.setViewportSize(NARROW);
  await open('/deliveries');
  await expect(page.getByText('order-7 → Archive')).toBeVisible();
  await expect(page.getByText('order-7 → Warehouse')).toBeVisible();
  await open(`/events?connection_id=${warehouse}`);
  await expect(page.getByRole('button', { name: 'Take off the filter Connection: Warehouse' })).toBeVisible();
  await open('/events');
  await expect(rows.getByText('order/7').filter({ visible: true })).toHaveCount(1);
  await open(`/dead-letters?connection_id=${warehouse}`);
  await expect(page.getByRole('combobox', { name: 'Connection' })).toHaveValue('Warehouse');
});

test('what is dead now is told from what has ended dead, and since when in the time of the reader', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(90_000);
  const company = await newCompany(stage, operatorApi, ['viewer']);
  await twoWays(company, stage);
  const { data } = await company.api.get<List<Group>>('/v1/dead-letters/groups');
  const since = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Europe/Berlin' });
  const title = `${since.format(new Date(data[0]?.first_failed_at ?? ''))}: HTTP mapping failed`;
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, company.emailOf('viewer'), company.password);
  await open('/overview');
  await expect(page.getByRole('region', { name: 'Needs attention' })).toContainText(title);
  const tile = page.getByRole('link', { name: /^Dead letters now/ });
  // The books of an hour under way are counted as they are read only while that is quick, and are asked for again after 30 s.
  await expect(tile).toHaveText('Dead letters now11 ended dead, 0 the day before', { timeout: ENDS_MS });
  await tile.click();
  await page.waitForURL('**/dead-letters');
  await expect(page.getByRole('heading', { name: title })).toContainText('1 failed since');
});

test('versions say who published them, and roll back only as far as they go', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['admin']);
  const { api } = company;
  const { mapping } = await ordersTo({ sink: newSink(), expression: '$' }, { api, dev: stage.dev });
  const key = `Key ${String((await api.get<List>('/v1/api-keys')).data[0]?.['name'])}`;
  await api.post(`/v1/mappings/${mapping}/versions`, { expression: '{ "number": number }' });
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, company.emailOf('admin'), company.password);
  const rows = page.getByRole('grid', { name: 'Versions' }).getByRole('row');
  const rollBack = page.getByRole('button', { name: 'Roll back' });
  await open(`/mappings/${mapping}?tab=versions`);
  await expect(rows.nth(2)).toContainText(/in force.*now|in force.*ago/);
  await expect(rows.nth(2)).toContainText(key);
  await expect(rows.nth(1)).toContainText('never');
  await expect(rollBack).toHaveCount(0);

  await api.post(`/v1/mappings/${mapping}/publish`, { version: 2 });
  await open(`/mappings/${mapping}?tab=versions`);
  await expect(rows.nth(1)).toContainText('in force');
  await rollBack.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await expect(rows.nth(2)).toContainText('in force');
  await expect(rows.nth(2)).toContainText(`admin of`);
  await expect(rollBack).toHaveCount(0);
});

test('replays say who began them, and a second connection is given a name that is free', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['admin', 'viewer']);
  const { api } = company;
  await twoWays(company, stage);
  await api.post('/v1/connections', { name: 'Salesforce', connector: 'salesforce', config: {} });
  const [key] = (await api.get<List<{ name: string; prefix: string }>>('/v1/api-keys')).data;
  await api.post('/v1/replays', { filter: {}, expected_count: 1, dry_run: true, reason: 'To see' });
  const admin = await visitAs(null);
  await signInByHand(admin, company.emailOf('admin'), company.password);
  await admin.open('/replays');
  const row = admin.page.getByRole('row').filter({ hasText: 'To see' });
  await expect(row).toContainText(`Key ${key?.name ?? ''}`);
  await row.click();
  await expect(admin.page.getByRole('gridcell', { name: 'Would fail' })).toBeVisible();
  await admin.open('/connect?connector=salesforce');
  await expect(admin.page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Salesforce 2');

  // Who may not see the keys sees at least that it was one.
  const viewer = await visitAs(null);
  await signInByHand(viewer, company.emailOf('viewer'), company.password);
  await viewer.open('/replays');
  await expect(viewer.page.getByRole('row').filter({ hasText: 'To see' })).toContainText(/Key \w{8}/);
});
