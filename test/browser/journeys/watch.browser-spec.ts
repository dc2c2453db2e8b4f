import fs from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Route } from '@playwright/test';
import { newCompany } from '../support/company';
import { inspect } from '../support/inspect';
import { signInByHand } from '../support/sign-in';
import { expect, test } from '../support/test';

test('support follows events as they come, keeps a view, and takes the request along', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['support']);
  const send = (type: string, number = 1): Promise<unknown> =>
    company.api.post('/v1/events', { event_id: `${type}-${number}`, type, data: { text: "it's one" } });
  await send('order.created');
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, company.emailOf('support'), company.password);
  // Where support begins.
  await page.waitForURL('**/events');
  await page.getByLabel('Type').fill('order.shipped');
  await expect(page).toHaveURL(/type=order\.shipped/);
  await page.getByRole('switch', { name: 'Live' }).check({ force: true });
  await expect(page.getByText('Following')).toBeVisible();
  await send('order.cancelled');
  await send('order.shipped');
  await expect(page.getByRole('row').filter({ hasText: 'order.shipped' })).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'order.cancelled' })).toHaveCount(0);

  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('menuitem', { name: 'Save these filters' }).click();
  await page.getByLabel('Name').fill('Shipped');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Shipped' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).not.toHaveURL(/type=/);
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('menuitem', { name: 'Shipped' }).click();
  await expect(page).toHaveURL(/type=order\.shipped/);

  await page.getByRole('button', { name: 'Shipped' }).click();
  await page.getByRole('menuitem', { name: 'Rename or delete' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('On their way');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('button', { name: 'On their way' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Shipped' })).toHaveCount(0);

  // Nothing moves under the hands of who reads: what comes meanwhile waits until they are done.
  const grid = page.getByRole('rowgroup', { name: 'Events' });
  await grid.press('j');
  await expect(page.getByRole('row', { selected: true })).toContainText('order.shipped');
  await send('order.shipped', 2);
  await expect(page.getByText('Paused while you read')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'order.shipped' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Show 1 new' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'order.shipped' })).toHaveCount(2);
  await expect(page.getByText('Following')).toBeVisible();
  await expect(page.getByRole('row', { selected: true })).toHaveCount(0);

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('row').filter({ hasText: 'order.shipped' }).first().click();
  // The list that is left has such a button, too.
  await expect(page.getByRole('heading', { name: 'order.shipped' })).toBeVisible();
  await page.getByRole('button', { name: 'Copy as curl' }).click();
  await expect(page.getByRole('button', { name: 'Copied' }).first()).toBeVisible();
  const command = await page.evaluate<string>('navigator.clipboard.readText()');
  expect(command).toContain(String.raw`"data":{"text":"it'\''s one"}`);
  await watch.settled();
});

test('a company without a channel is told that nobody is told of alerts, until there is one', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(60_000);
  const company = await newCompany(stage, operatorApi, ['admin', 'viewer']);
  const NOTICE = 'Nobody is told of alerts';
  const viewer = await visitAs(null);
  await signInByHand(viewer, company.emailOf('viewer'), company.password);
  await inspect(viewer, '/alerts');
  await expect(viewer.page.getByText(NOTICE)).toBeVisible();
  await expect(viewer.page.getByRole('link', { name: 'Set up a channel' })).toHaveCount(0);

  const admin = await visitAs(null);
  const { page, open } = admin;
  await signInByHand(admin, company.emailOf('admin'), company.password);
  await inspect(admin, '/overview');
  await expect(page.getByText(NOTICE)).toBeVisible();
  await page.getByRole('link', { name: 'Set up a channel' }).click();
  await page.waitForURL('**/alerts/settings?tab=channels');
  await expect(page.getByRole('link', { name: 'Add a channel' }).first()).toBeVisible();
  const url = `${stage.dev.sandbox_url}/sink/on-call`;
  const { id } = await company.api.post<{ id: string }>('/v1/alert-channels', {
    name: 'On call',
    kind: 'webhook',
    url,
  });
  for (const address of ['/overview', '/alerts']) {
    await open(address);
    await expect(page.getByText(NOTICE), address).toHaveCount(0);
  }
  // One that is switched off tells nobody either.
  await company.api.demand('PATCH', `/v1/alert-channels/${id}`, { enabled: false });
  await open('/alerts');
  await expect(page.getByText(NOTICE)).toBeVisible();
});

test('whoever has tested a channel too often is told in words, and when to try again', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['admin']);
  const { id } = await company.api.post<{ id: string }>('/v1/alert-channels', {
    name: 'On call',
    kind: 'webhook',
    url: `${stage.dev.sandbox_url}/sink/on-call`,
  });
  for (let made = 0; made < 5; made++) await company.api.post(`/v1/alert-channels/${id}/test`);
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, company.emailOf('admin'), company.password);
  await open(`/alerts/channels/${id}`);
  watch.tolerate(/answered 429/, /status of 429/);
  await page.getByRole('button', { name: 'Send a test' }).click();
  const refusal = page.getByRole('alert').filter({ hasText: 'That was too often.' });
  await expect(refusal).toContainText('A channel is tested at most 5 times an hour');
  const until = /Try again after ((?:\d+ \w+ \d+, )?\d\d:\d\d)\./.exec((await refusal.textContent()) ?? '')?.[1];
  // Within the hour, to the minute.
  const shown = Array.from({ length: 62 }, (_unused, minute) => timesOf(new Date(Date.now() + minute * 60_000))).flat();
  expect(shown).toContain(until);
});

/** As the portal may write it for somebody in Berlin: without the day where that is today's. */
function timesOf(moment: Date): string[] {
  const zone = { timeZone: 'Europe/Berlin' } as const;
  return [
    new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', ...zone }).format(moment),
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', ...zone }).format(moment),
  ];
}

test('the log of a channel shows which notices were one message', async ({ visitAs, stage }) => {
  const { page, open } = await visitAs('viewer');
  const notice = (id: string, others: number): object => ({
    id,
    alert_id: null,
    channel: { id: 'ach_1', name: 'Ops', kind: 'slack' },
    ...{ kind: 'triggered', status: 'sent', attempts: 1, next_attempt_at: null, http_status: 200, error: null },
    grouped_with: others,
    created_at: new Date().toISOString(),
    sent_at: new Date().toISOString(),
  });
  // No outage is as large here.
  const json = { data: [notice('aln_2', 4), notice('aln_1', 0)], next_cursor: null };
  await page.route('**/v1/alert-channels/*/notifications*', (route) => route.fulfill({ json }));
  await open(`/alerts/channels/${stage.ids['channelId']}`);
  const rows = page.getByRole('grid', { name: 'Messages' }).getByRole('row').filter({ hasText: 'Opened' });
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('with 4 others, as one message');
  await expect(rows.last()).not.toContainText('message');
});

test('compliance checks an export in the browser, and is told of one that was changed', async ({
  visitAs,
  stage,
  operatorApi,
}, testInfo) => {
  const company = await newCompany(stage, operatorApi, ['compliance']);
  await company.api.post('/v1/mappings', { name: 'Orders', expression: '{ "id": id }' });
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, company.emailOf('compliance'), company.password);
  await page.waitForURL('**/audit');
  await page.getByRole('link', { name: 'Export', exact: true }).click();
  await page.getByRole('button', { name: 'Start an export' }).click();
  await page.getByRole('button', { name: 'Check', exact: true }).click({ timeout: 30_000 });
  await expect(page.getByText('This export holds')).toBeVisible();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  const file = testInfo.outputPath('export.tar.gz');
  await download.saveAs(file);
  const plain = gunzipSync(fs.readFileSync(file));
  const at = plain.indexOf('"record":{', plain.indexOf('{"seq":2,'));
  plain.write('X', plain.indexOf('"action":"', at) + '"action":"'.length);
  fs.writeFileSync(file, gzipSync(plain));
  await page.locator('input[type="file"]').setInputFiles(file);
  await expect(page.getByText('This export does not hold')).toBeVisible();
  await expect(page.getByText('The first record that is wrong is number 2')).toBeVisible();
  await watch.settled();
});

test('an overview whose figures are refused says so, and does not ask for them without end', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['viewer']);
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, company.emailOf('viewer'), company.password);
  watch.tolerate(/429/);
  let asked = 0;
  await page.route('**/v1/dead-letters/groups*', (route) => {
    asked++;
    return route.fulfill({ status: 429, contentType: 'application/problem+json', body: '{"status":429}' });
  });
  await open('/overview');
  const attention = page.getByRole('region', { name: 'Needs attention' });
  await expect(attention.getByRole('alert')).toBeVisible();
  await expect(page.getByText('Everything flows')).toHaveCount(0);
  // Once to wait for it, and once where it is shown.
  expect(asked).toBe(2);
});

test('another page that takes its time is announced, and keyboard and screen reader go on from its heading', async ({
  visitAs,
}) => {
  const { page, watch, open } = await visitAs('owner');
  await open('/events');
  let release = (): void => undefined;
  const isReleased = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/assets/*.js', async (route) => {
    await isReleased;
    await route.continue();
  });
  await page.getByRole('row').nth(1).click();
  const bar = page.getByRole('progressbar', { name: 'Loading' });
  await expect(bar).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Events');
  release();
  await page.waitForURL(/\/events\/evt_/);
  await watch.settled();
  await expect(bar).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();

  // A window that was just opened begins at its top.
  await page.reload();
  await watch.settled();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
});

test('what is typed after the key of the search goes into its field, however long that takes to come', async ({
  visitAs,
}) => {
  const { page, open } = await visitAs('viewer');
  const held = new Promise<Route>((resolve) => void page.route('**/assets/search-dialog*.js', resolve));
  await open('/events');
  await page.keyboard.press('/');
  const dialog = await held;
  await page.keyboard.type('order/1');
  await dialog.continue();
  const field = page.getByRole('textbox', { name: 'Find an event, id, record or page' });
  await expect(field).toHaveValue('order/1');
  await expect(field).toBeFocused();
  await page.keyboard.type('2');
  await expect(field).toHaveValue('order/12');
});
