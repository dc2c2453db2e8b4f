import { newCompany } from '../support/company';
import { ENDS_MS, factOf, newSink, ordersTo } from '../support/repair';
import { signInByHand } from '../support/sign-in';
import { expect, test } from '../support/test';

const NO_NUMBER = 'The field "number" is required';

test('a replay whose deliveries fail again is not called well, says why each of them did, and lists them alone', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['support']);
  const expression = '{ "number": $required(number, "number") }';
  await ordersTo({ sink: newSink(), expression }, { api, dev: stage.dev });
  const events = [{}, {}, { number: 1 }].map((data, index) => ({ event_id: `o-${index}`, type: 'order.placed', data }));
  await api.post('/v1/events/batch', { events });
  const countOf = async (status: string): Promise<number> =>
    (await api.get<{ data: unknown[] }>(`/v1/deliveries?status=${status}`)).data.length;
  const ended = { message: 'all have ended', timeout: ENDS_MS };
  await expect.poll(async () => [await countOf('dead'), await countOf('succeeded')], ended).toEqual([2, 1]);
  const { id } = await api.post<{ id: string }>('/v1/replays', {
    filter: {},
    include_succeeded: true,
    reason: 'Nothing was mended',
  });
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, emailOf('support'), password);
  await visit.open(`/replays/${id}`);
  const status = page.getByRole('heading', { level: 1 }).locator('..');
  await expect(status).toContainText('Some failed', { timeout: ENDS_MS });
  const rows = page.getByRole('grid', { name: 'Each of them' }).getByRole('row').filter({ hasText: 'o-' });
  await expect(rows).toHaveCount(3);
  await factOf(visit, 'Failed').getByRole('link', { name: '2' }).click();
  await expect(page).toHaveURL(/outcome=failed/);
  await expect(rows).toHaveCount(2);
  for (const row of await rows.all()) await expect(row).toContainText(NO_NUMBER);
  await rows.first().click();
  const item = page.getByRole('dialog');
  await expect(item).toContainText('mapping_runtime');
  await expect(item).toContainText('Correct the mapping');
  await page.keyboard.press('Escape');
  await page.getByRole('search').getByLabel('Outcome').first().click();
  await page.getByRole('option', { name: 'Succeeded' }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('o-2');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(rows).toHaveCount(3);

  await visit.open('/replays');
  await expect(page.getByRole('row').filter({ hasText: 'Nothing was mended' })).toContainText('Some failed');
  await watch.settled();
});
