import { newCompany } from '../support/company';
import { comeBack } from '../support/later';
import { signIn, signInByHand } from '../support/sign-in';
import { expect, test, type Visit } from '../support/test';

// As people's browsers: a page that is left is kept as it is, and shown again on the way back.
test.use({
  launchOptions: ({ launchOptions }, use) =>
    use({ ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
});

/** Has the page remember whether anything was seen of it when the browser brought it back. */
async function noteWhetherSeen({ page }: Visit): Promise<void> {
  const content = `addEventListener('pageshow', ({ persisted }) => {
    if (persisted) sessionStorage.setItem('was seen', document.body.checkVisibility());
  });`;
  await page.addInitScript({ content });
}

/** Null where the browser had not kept the page. */
const wasSeen = ({ page }: Visit): Promise<string | null> => page.evaluate(`sessionStorage.getItem('was seen')`);

test('a page that somebody left once they were signed out does not come back as it was', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await noteWhetherSeen(visit);
  await signInByHand(visit, emailOf('admin'), password);
  await open('/settings?tab=retention');
  await page.getByRole('textbox', { name: 'Days at hand' }).fill('11');
  watch.tolerate(/ 401/);
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Save' }).click();
  const over = page.getByRole('dialog', { name: 'You are signed out' });
  await over.getByRole('button', { name: 'Leave this page' }).click();
  await page.waitForURL('**/sign-in');
  await expect(page.getByLabel('E-mail')).toBeVisible();
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForURL(`**/sign-in?next=${encodeURIComponent('/settings?tab=retention')}`);
  await expect(page.getByLabel('E-mail')).toBeVisible();
  expect(await wasSeen(visit)).toBe('false');
});

test('one that is left by itself, because nobody is signed in any more, is none to come back to', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const { cookies } = await signIn(stage.dev.portal_url, emailOf('admin'), password);
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await page.context().addCookies(cookies);
  await open('/members');
  await expect(page.getByText(emailOf('admin'))).toBeVisible();
  watch.tolerate(/ 401/);
  await page.context().clearCookies();
  const asked: string[] = [];
  page.on('request', (request) => request.isNavigationRequest() && asked.push(request.url()));
  await comeBack(visit);
  await page.waitForURL('**/sign-in?next=%2Fmembers');
  await expect(page.getByLabel('E-mail')).toBeVisible();
  // Several answers say that nobody is signed in: whoever looked at the page is led away by the first.
  expect(asked).toHaveLength(1);
  // What it was before it went to the portal.
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForURL('about:blank');
});

test('a page that was left for another one comes back with what was entered', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await noteWhetherSeen(visit);
  await signInByHand(visit, emailOf('admin'), password);
  await open('/members');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('dialog').getByLabel('E-mail').fill('somebody@example.com');
  watch.tolerate(/favicon/);
  await page.goto(`${stage.dev.api_url}/health/live`);
  await page.goBack({ waitUntil: 'commit' });
  await expect(page.getByRole('dialog').getByLabel('E-mail')).toHaveValue('somebody@example.com');
  expect(await wasSeen(visit)).toBe('true');
});
