import { type List } from '../support/hub-api';
import { expect, test, type Visit } from '../support/test';

interface Link {
  readonly id: string;
  readonly ends: readonly { readonly record_id: string }[];
}

interface Recorded {
  readonly id: string;
  readonly action: string;
  readonly request_id: string | null;
}

async function search({ page, watch }: Visit, wanted: string, destination: string): Promise<void> {
  await page.keyboard.press('/');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(wanted);
  await dialog.getByRole('button', { name: destination }).first().click();
  await expect(dialog).toHaveCount(0);
  await watch.settled();
}

test('the search finds a record by the id that its system gave it, and what was done by the id of a request', async ({
  visitAs,
  stage,
  api,
}) => {
  const { page, watch, open } = await visitAs('owner');
  const visit = { page, watch, open };
  await open('/overview');
  const { ends } = await api.get<Link>(`/v1/links/${stage.ids['linkId'] ?? ''}`);
  const [record = ''] = ends.map(({ record_id: id }) => id);
  await search(visit, record, `Linked records: “${record}”`);
  await expect(page.getByLabel('Record id')).toHaveValue(record);
  await expect(page.getByRole('row').filter({ hasText: record })).not.toHaveCount(0);

  const { data } = await api.get<List<Recorded & Record<string, unknown>>>(
    '/v1/audit-log?action=audit.export_requested',
  );
  const [one] = data.filter(({ request_id: id }) => id !== null);
  await search(visit, one?.request_id ?? '', `Audit log: “${one?.request_id}”`);
  await expect(page).toHaveURL(/\/audit\?q=req_/);
  await expect(page.getByRole('row').filter({ hasText: one?.action ?? '' })).not.toHaveCount(0);

  const exported = stage.ids['exportId'] ?? '';
  await search(visit, exported, exported);
  await expect(page).toHaveURL(/\/audit\/exports/);
});

test('the search finds an event by the id of the request that brought it, however it is written', async ({
  visitAs,
  api,
}) => {
  const subject = 'asked/by-its-request';
  const event = { event_id: 'asked-1', type: 'stray.asked', subject, data: {} };
  const { tracking_id: trackingId } = await api.post<{ tracking_id: string }>('/v1/events', event);
  const { request_id: request } = await api.get<{ request_id: string }>(`/v1/events/${trackingId}`);
  // Reads no payloads.
  const { page, watch, open } = await visitAs('viewer');
  await open('/overview');
  await search({ page, watch, open }, `"${request.toUpperCase()}".`, request);
  await expect(page).toHaveURL(/\/events\?q=req_/);
  await expect(page.getByRole('row').filter({ hasText: subject })).toHaveCount(1);
});

test('a number of many digits in an address is looked for as it stands there', async ({ visitAs }) => {
  const { page, open } = await visitAs('owner');
  const asked = page.waitForRequest(/\/v1\/events\?.*q=/);
  await open('/events?q=12345678901234567890');
  expect(new URL((await asked).url()).searchParams.get('q')).toBe('12345678901234567890');
  await expect(page.getByLabel('Search', { exact: true })).toHaveValue('12345678901234567890');
});

test('the search leads a viewer to no audit log', async ({ visitAs }) => {
  const { page, open } = await visitAs('viewer');
  await open('/overview');
  await page.keyboard.press('/');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('1005');
  await expect(dialog.getByRole('button', { name: /Linked records/ })).toBeVisible();
  await expect(dialog.getByRole('button', { name: /Audit log/ })).toHaveCount(0);
});

test('the search says what a part of something is and where, and leads to the list of the wholes', async ({
  visitAs,
  stage,
  api,
}) => {
  const { data: runs } = await api.get<List<{ readonly id: string }>>(`/v1/syncs/${stage.ids['syncId'] ?? ''}/runs`);
  const { page, watch, open } = await visitAs('owner');
  await open('/overview');
  await page.keyboard.press('/');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(runs[0]?.id ?? '');
  await expect(dialog.getByRole('status')).toHaveText('This is the id of a run. Runs are on the page of their sync.');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/syncs');
  await watch.settled();
});
