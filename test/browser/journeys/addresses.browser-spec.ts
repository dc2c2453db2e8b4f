import { newCompany } from '../support/company';
import { expect, test } from '../support/test';

test('whoever signs in by a link stays in the portal, wherever the link says to go on', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['viewer']);
  const { page, watch } = await visitAs(null);
  // Nothing of elsewhere is to be asked for, and nothing of it would answer.
  await page.route(
    (url) => url.host.endsWith('evil.example'),
    (route) => route.fulfill({ body: '<h1>Elsewhere</h1>', contentType: 'text/html' }),
  );
  watch.tolerate(/401/);
  await page.goto('/sign-in?next=https%3A%2F%2Fevil.example%2Fx');
  await page.getByLabel('E-mail').fill(emailOf('viewer'));
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${stage.dev.portal_url}/overview`);
  await watch.settled();
});

test('what makes no sense in an address is as if it were not there', async ({ visitAs }) => {
  const { page, open } = await visitAs('owner');
  for (const address of [
    '/events?from=garbage',
    '/audit?from=yesterday',
    '/events?foo=bar',
    '/events?status=nonsense',
  ]) {
    await open(address);
    // The watch sees what the API would refuse.
    await expect(page.getByRole('row').nth(1)).toBeVisible();
    expect(new URL(page.url()).search, address).toBe('');
  }
  await open('/events?status=failed&foo=bar');
  await expect(page).toHaveURL(/\/events\?status=failed$/);
});
