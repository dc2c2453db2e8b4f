import { expect, test } from '../support/test';

/** More digits than a number of JavaScript holds. */
const [BIG, ID] = ['12345678901234567.890', '98765432109876543210'];

test('figures of an event are shown, found and copied with every digit that came', async ({ visitAs, stage }) => {
  const sent = await fetch(`${stage.dev.api_url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.tenant.api_key}`, 'content-type': 'application/json' },
    body: `{"event_id":"figures-1","type":"figures.sent","data":{"big":${BIG},"id":${ID}}}`,
  });
  const { tracking_id: id } = (await sent.json()) as { tracking_id: string };
  const { page, open } = await visitAs('owner');
  await open(`/events/${id}`);
  const payload = page.getByRole('region', { name: 'Payload as received, as JSON' });
  await expect(payload).toContainText(`"big": ${BIG}`);
  await expect(payload).toContainText(`"id": ${ID}`);
  await page.getByLabel('Search: Payload as received').fill(ID);
  await expect(payload.locator('mark')).toHaveText(ID);
});
