import { newCompany } from '../support/company';
import { comeBack, takeApiAway } from '../support/later';
import { ENDS_MS, newSink, ordersTo } from '../support/repair';
import { signInByHand } from '../support/sign-in';
import { expect, test } from '../support/test';

const AWAY = 'The hub does not answer';

test('what is being written stays when the hub is away, and when a colleague saves the same meanwhile', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(60_000);
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const { id: mapping } = await api.post<{ id: string }>('/v1/mappings', { name: 'Orders', expression: '{ "a": 1 }' });
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  const away = page.getByRole('alert').filter({ hasText: AWAY });

  await open(`/mappings/${mapping}`);
  await page.getByRole('region', { name: 'Mapping', exact: true }).getByText('Code', { exact: true }).click();
  const code = page.getByRole('textbox', { name: 'Mapping, in JSONata' });
  await code.fill('{ "a": 1, "mine": 2 }');
  // Asked for in the outage, it would have an alert of its own.
  await expect(page.getByRole('region', { name: 'Result', exact: true })).toContainText('mine');
  let bringBack = await takeApiAway(visit);
  await comeBack(visit);
  await expect(away.first()).toBeVisible();
  await expect(code).toContainText('mine');
  await bringBack();
  await away.first().getByRole('button', { name: 'Try again' }).click();
  await expect(away).toHaveCount(0);
  await expect(code).toContainText('mine');

  await api.post(`/v1/mappings/${mapping}/versions`, { expression: '{ "a": 2 }' });
  await comeBack(visit);
  await expect(page.getByText('Version 2 was saved meanwhile')).toBeVisible();
  await expect(code).toContainText('mine');
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Discard changes' }).click();
  await expect(page.getByText('Version 2', { exact: true })).toBeVisible();
  await expect(code).not.toContainText('mine');

  const { id: connection } = await api.post<{ id: string }>('/v1/connections', {
    name: 'Warehouse',
    connector: 'http',
    config: { url: `${stage.dev.sandbox_url}/sink/kept`, auth: { kind: 'bearer' } },
  });
  await open(`/connections/${connection}`);
  const token = page.getByLabel('Bearer token', { exact: true });
  await token.fill('typed-by-hand');
  bringBack = await takeApiAway(visit);
  await comeBack(visit);
  await expect(away.first()).toBeVisible();
  await expect(token).toHaveValue('typed-by-hand');
  await bringBack();
});

test('a mapping of which a colleague saves a version goes on to it without what is open or pasted being lost', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(60_000);
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const { id } = await api.post<{ id: string }>('/v1/mappings', { name: 'Orders', expression: '{ "a": 1 }' });
  const saveAs = (a: number) => api.post(`/v1/mappings/${id}/versions`, { expression: `{ "a": ${a} }` });
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  const isAt = (version: number) => expect(page.getByText(`Version ${version}`, { exact: true })).toBeVisible();
  const meanwhile = page.getByText('was saved meanwhile');

  await open(`/mappings/${id}?tab=cases`);
  await page.getByRole('button', { name: 'Add a case' }).first().click();
  const golden = page.getByRole('dialog', { name: 'Golden case' });
  await golden.getByLabel('Name').fill('an order');
  await saveAs(2);
  let goOn = (): void => undefined;
  const isHeld = new Promise<void>((resolve) => (goOn = resolve));
  const SECOND = '**/versions/2';
  await page.route(SECOND, async (route) => {
    await isHeld;
    await route.continue();
  });
  const asked = page.waitForRequest(SECOND);
  await comeBack(visit);
  await asked;
  await expect(golden.getByLabel('Name')).toHaveValue('an order');
  goOn();
  await isAt(2);
  await expect(meanwhile).toHaveCount(0);
  await expect(golden.getByLabel('Name')).toHaveValue('an order');

  await open(`/mappings/${id}`);
  await page.getByRole('region', { name: 'Mapping', exact: true }).getByText('Code', { exact: true }).click();
  const code = page.getByRole('textbox', { name: 'Mapping, in JSONata' });
  await code.fill('{ "a": 2, "mine": 1 }');
  await saveAs(3);
  await comeBack(visit);
  await expect(meanwhile).toBeVisible();
  // By hand, as it was.
  await code.fill('{ "a": 2 }');
  await isAt(3);
  await expect(code).toHaveText('{ "a": 3 }');
  await expect(meanwhile).toHaveCount(0);

  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByRole('dialog', { name: 'Publish version 3' })).toBeVisible();
  await saveAs(4);
  await comeBack(visit);
  await isAt(4);
  await expect(page.getByRole('dialog', { name: 'Publish version 3' })).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await watch.settled();

  const sample = page.getByRole('textbox', { name: 'Sample, as JSON' });
  await sample.fill('{ "pasted": true }');
  await code.fill('{ "a": 5 }');
  await page.getByRole('button', { name: 'Save as new version' }).click();
  // What is asked for after it was saved takes its time.
  let answerCases = (): void => undefined;
  const areHeld = new Promise<void>((resolve) => (answerCases = resolve));
  await page.route('**/golden-cases*', async (route) => {
    await areHeld;
    await route.continue();
  });
  await page.getByRole('dialog').getByRole('button', { name: 'Save as new version' }).click();
  await page.waitForURL(/version=5/);
  await isAt(5);
  await expect(code).toHaveText('{ "a": 5 }');
  await expect(sample).toHaveText('{ "pasted": true }');
  await expect(meanwhile).toHaveCount(0);
  answerCases();
});

test('what is being written stays when a part of the page that failed at first is asked for again', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const { id } = await api.post<{ id: string }>('/v1/connections', {
    name: 'Warehouse',
    connector: 'http',
    config: { url: `${stage.dev.sandbox_url}/sink/first-look`, auth: { kind: 'bearer' } },
  });
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  watch.tolerate(/429/);
  const PARTS = /\/health$|\/v1\/routes\?|\/schema-changes/;
  const refuse = { status: 429, json: { title: 'Too often', code: 'rate_limited' } };
  await page.route(PARTS, (route) => route.fulfill(refuse));
  await open(`/connections/${id}`);
  const users = page.getByRole('region', { name: 'Used by' });
  await expect(users.getByRole('alert')).toContainText('That was too often');
  await expect(users).not.toContainText('No route and no sync');
  const token = page.getByLabel('Bearer token', { exact: true });
  await token.fill('typed-by-hand');
  await page.unroute(PARTS);
  let goOn = (): void => undefined;
  const isHeld = new Promise<void>((resolve) => (goOn = resolve));
  let asked = 0;
  await page.route(PARTS, async (route) => {
    asked += 1;
    await isHeld;
    await route.continue();
  });
  await comeBack(visit);
  await expect.poll(() => asked).toBeGreaterThanOrEqual(3);
  await expect(token).toHaveValue('typed-by-hand');
  goOn();
  await expect(page.getByRole('alert').filter({ hasText: 'That was too often' })).toHaveCount(0);
  await expect(users).toContainText('No route and no sync uses it');
  await expect(token).toHaveValue('typed-by-hand');
});

test('a form takes up what others saved only where nothing entered is lost', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const { id } = await api.post<{ id: string }>('/v1/webhook-endpoints', {
    url: `${stage.dev.sandbox_url}/sink/notices`,
    description: 'First',
    event_types: ['*'],
  });
  const changeTo = (description: string) => api.demand('PATCH', `/v1/webhook-endpoints/${id}`, { description });
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await open(`/webhooks/${id}?tab=settings`);
  const description = page.getByLabel('Description');
  const changed = page.getByText('This was changed meanwhile');
  await expect(description).toHaveValue('First');
  await changeTo('Second');
  await comeBack(visit);
  await expect(description).toHaveValue('Second');
  await description.fill('Mine');
  await changeTo('Third');
  await comeBack(visit);
  await expect(changed).toBeVisible();
  await expect(description).toHaveValue('Mine');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(changed).toHaveCount(0);
  await expect(description).toHaveValue('Mine');
  expect(await api.get(`/v1/webhook-endpoints/${id}`)).toMatchObject({ description: 'Mine' });
});

test('a dialog of a cause stays open when one more has failed of it', async ({ visitAs, stage, operatorApi }) => {
  test.setTimeout(60_000);
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['support']);
  await ordersTo({ sink: newSink(), expression: '{ "number": $required(number, "number") }' }, { api, dev: stage.dev });
  const fail = async (events: number): Promise<void> => {
    await api.post('/v1/events', { event_id: `order-${events}`, type: 'order.placed', data: {} });
    const dead = async (): Promise<number> =>
      (await api.get<{ total: { dead_letters: number } }>('/v1/dead-letters/groups')).total.dead_letters;
    await expect.poll(dead, { timeout: ENDS_MS }).toBe(events);
  };
  await fail(1);
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, emailOf('support'), password);
  await open('/dead-letters');
  await page.getByRole('button', { name: 'Give up' }).click();
  const reason = page.getByRole('dialog').getByLabel('Reason');
  await reason.fill('The order was a test');
  await fail(2);
  await comeBack(visit);
  await expect(page.getByText('2 failed', { exact: true })).toBeVisible();
  await expect(reason).toHaveValue('The order was a test');
});

test('a list stays when a look at it fails, and goes on from there', async ({ visitAs, stage, operatorApi }) => {
  const COUNT = 150;
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const events = Array.from({ length: COUNT }, (_unused, index) => ({ event_id: `e-${index}`, type: 'a.b', data: {} }));
  await api.post('/v1/events/batch', { events });
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await open('/events');
  watch.tolerate(/429/);
  const asked: string[] = [];
  await page.route(/\/v1\/events\?.*cursor=/, async (route) => {
    asked.push(route.request().url());
    await route.fulfill({ status: 429, json: { title: 'Too often', code: 'rate_limited' } });
  });
  await page.getByRole('rowgroup', { name: 'Events' }).press('End');
  await expect(page.getByRole('alert')).toContainText('That was too often');
  await expect(page.getByText('100+ shown')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'a.b' })).not.toHaveCount(0);
  // Whoever scrolls on meanwhile asks for nothing: the table would ask without a pause.
  await page.getByRole('rowgroup', { name: 'Events' }).press('Home');
  await page.getByRole('rowgroup', { name: 'Events' }).press('End');
  expect(asked).toHaveLength(1);
  await page.unroute(/\/v1\/events\?.*cursor=/);
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText(`${COUNT} shown`)).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});
