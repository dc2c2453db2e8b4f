import { newCompany } from '../support/company';
import { signInByHand } from '../support/sign-in';
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

test('what is opened and entered for one thing is not there for another one of its kind', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const make = async (name: string): Promise<string> => {
    const config = { url: `${stage.dev.sandbox_url}/sink/${name}` };
    return (await api.post<{ id: string }>('/v1/connections', { name, connector: 'http', config })).id;
  };
  const [first, second] = [await make('first'), await make('second')];
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await open(`/connections/${second}`);
  await page.keyboard.press('/');
  const search = page.getByRole('dialog');
  await search.getByRole('textbox').fill(first);
  await search.getByRole('button', { name: first }).first().click();
  await page.waitForURL(`**/connections/${first}`);
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  const address = page.getByRole('textbox', { name: 'URL' });
  await address.fill(`${stage.dev.sandbox_url}/sink/elsewhere`);
  await page.goBack();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL(`**/connections/${second}`);
  await watch.settled();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('second');
  await expect(address).toHaveCount(0);
});
