import { newCompany } from '../support/company';
import { type HubApi } from '../support/hub-api';
import { signInByHand } from '../support/sign-in';
import { type Stage } from '../support/stage';
import { expect, test } from '../support/test';

/** More than the API gives in one page. */
const COUNT = 230;
const AT_ONCE = 10;

async function connect(api: HubApi, { dev }: Stage): Promise<void> {
  for (let made = 0; made < COUNT; made += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_unused, index) => `System ${made + index + 1}`);
    await Promise.all(
      some.map((name) =>
        api.post('/v1/connections', { name, connector: 'http', config: { url: `${dev.sandbox_url}/sink/many` } }),
      ),
    );
  }
}

test('the first and the last of very many connections are chosen by their names, as filters and in forms', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(60_000);
  const company = await newCompany(stage, operatorApi, ['admin']);
  await connect(company.api, stage);
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, company.emailOf('admin'), company.password);
  const fields = { '/deliveries': 'Connection', '/routes': 'Goes to', '/routes/new': 'Goes to' };
  for (const [address, label] of Object.entries(fields)) {
    const field = page.getByRole('combobox', { name: label });
    await open(address);
    for (const name of ['System 1', `System ${COUNT}`]) {
      await field.fill('System');
      await expect(page.getByRole('option', { name: '130 more: type a part of the name' }), address).toBeDisabled();
      await field.fill(name);
      await page.getByRole('option', { name, exact: true }).click();
      await expect(field).toHaveValue(name);
    }
  }
});
