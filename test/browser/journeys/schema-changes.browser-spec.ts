import { newCompany, type Company } from '../support/company';
import { type List } from '../support/hub-api';
import { NARROW } from '../support/inspect';
import { ENDS_MS } from '../support/repair';
import { signInByHand } from '../support/sign-in';
import { type Stage } from '../support/stage';
import { expect, test } from '../support/test';
import { atSalesforce } from '../support/vendor';

/** Of an object that no other journey has to do with. */
const OBJECT = 'Opportunity';

test('an admin is told that a vendor has changed its objects, and the alert leads to what has changed', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(120_000);
  const company = await newCompany(stage, operatorApi, ['admin']);
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, company.emailOf('admin'), company.password);
  const { id, org } = await connected(company, stage);
  await visit.open(`/connections/${id}`);
  const section = page.getByRole('region', { name: 'Schema changes' });
  await expect(section).toContainText('found nothing changed so far');

  const look = (): Promise<unknown> => company.api.get(`/v1/connections/${id}/objects/${OBJECT}/fields?refresh=true`);
  await look();
  await atSalesforce(stage.dev, 'POST', '/fields', {
    org,
    object: OBJECT,
    field: 'Region__c',
    values: ['North', 'South'],
  });
  await atSalesforce(stage.dev, 'POST', '/fields', { org, object: OBJECT, field: 'NextStep', length: 80 });
  await look();
  const alerts = async (): Promise<string[]> =>
    (await company.api.get<List<{ id: string }>>('/v1/alerts?rule=schema_drift')).data.map((alert) => alert.id);
  await expect.poll(alerts, { message: 'the alert opens', timeout: ENDS_MS }).toHaveLength(1);

  // Where they are far down the page.
  await page.setViewportSize(NARROW);
  await visit.open(`/alerts/${(await alerts())[0]}`);
  await page.getByRole('link', { name: 'See the schema changes' }).click();
  await page.waitForURL(`**/connections/${id}#schema-changes`);
  await watch.settled();
  await expect(section.getByRole('heading')).toBeInViewport();
  const row = section.getByRole('row').filter({ hasText: OBJECT });
  await expect(row.filter({ hasText: 'Region__c is new' })).toHaveCount(1);
  await expect(row.filter({ hasText: 'NextStep: length 255 → 80' })).toHaveCount(1);
});

/** To the second org of the stand-in: the first one's connections are looked at by other tests. */
async function connected({ api }: Company, stage: Stage): Promise<{ id: string; org: string }> {
  const { accounts } = await atSalesforce<{ accounts: Record<string, string>[] }>(stage.dev, 'GET', '/accounts');
  const account = accounts[1];
  if (account === undefined) throw new Error('the sandbox has no such org');
  const { salesforce_url: url } = stage.dev;
  const { id } = await api.post<{ id: string }>('/v1/connections', {
    name: 'Salesforce',
    connector: 'salesforce',
    config: { login_url: url, instance_url: url },
    credentials: {
      client_id: account['clientId'],
      client_secret: account['clientSecret'],
      refresh_token: account['refreshToken'],
    },
  });
  return { id, org: account['orgId'] ?? '' };
}
