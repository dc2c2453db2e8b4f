import { newCompany } from '../support/company';
import { factOf, newSink, ordersTo } from '../support/repair';
import { signInByHand } from '../support/sign-in';
import { expect, test, type Visit } from '../support/test';

const LAST_ERROR = { category: 'transient', code: 'http_503', message: 'The warehouse is closed' };

test('a connection that does not work says so in the list and on its page, which names what uses it', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  await ordersTo({ sink: newSink(), expression: '$' }, { api, dev: stage.dev });
  const visit = await visitAs(null);
  const { page } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await whereAnswers(page, /\/v1\/flow/, ['"breaker":"closed"', '"breaker":"open"']);
  await whereAnswers(
    page,
    /\/health$/,
    ['"state":"closed"', '"state":"open"'],
    ['"last_error":null', `"last_error":${JSON.stringify(LAST_ERROR)}`],
  );

  await visit.open('/connections');
  const row = page.getByRole('row').filter({ hasText: 'Warehouse' });
  await expect(row).toContainText('Breaker open');
  await expect(row).not.toContainText('Active');
  await expect(row).toContainText('Not needed');
  await row.click();
  await page.waitForURL(/\/connections\/con_/);
  await visit.watch.settled();
  await expect(page.getByRole('heading', { level: 1 }).locator('..')).toHaveText('WarehouseBreaker open');
  await expect(page.getByText(`Last error: ${LAST_ERROR.message} ${LAST_ERROR.code}`)).toBeVisible();
  await expect(factOf(visit, 'Sign-in')).toContainText('Not needed');
  await expect(page.getByText('None are kept: it works without.')).toBeVisible();
  await expect(factOf(visit, 'Waiting deliveries, of the last day').getByRole('link')).toHaveText('0');
  const users = page.getByRole('region', { name: 'Used by' });
  await users.getByRole('link', { name: 'Orders to the warehouse' }).click();
  await page.waitForURL(/\/routes\/rte_/);

  visit.watch.tolerate(/409/);
  await page.goBack();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  const refusal = page.getByRole('alert').filter({ hasText: 'Disable, pause or delete them first.' });
  await refusal.getByRole('link', { name: 'The route "Orders to the warehouse" leads to it.' }).click();
  await page.waitForURL(/\/routes\/rte_/);
});

/** As it would be told if it were so. */
async function whereAnswers(
  page: Visit['page'],
  address: RegExp,
  ...changes: readonly (readonly [string, string])[]
): Promise<void> {
  await page.route(address, async (route) => {
    const response = await route.fetch();
    const body = changes.reduce((text, [from, to]) => text.replaceAll(from, to), await response.text());
    await route.fulfill({ response, body });
  });
}
