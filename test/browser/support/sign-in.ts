import { request } from '@playwright/test';
import { type StoredSession } from './stage';
import { type Visit } from './test';

/** What the sign-in page does, without the page. */
export async function signIn(portalUrl: string, email: string, password: string): Promise<StoredSession> {
  const context = await request.newContext({ baseURL: portalUrl, extraHTTPHeaders: { origin: portalUrl } });
  const answer = await context.post('/auth/sign-in', { data: { email, password } });
  if (!answer.ok()) throw new Error(`${email} could not sign in: ${await answer.text()}`);
  const session = await context.storageState();
  await context.dispose();
  return session;
}

/** As a person does it, on the page. */
export async function signInByHand({ page, watch }: Visit, email: string, password: string): Promise<void> {
  // Whether somebody is signed in is asked first, and the answer is that nobody is.
  watch.tolerate(/\/auth\/session.* 401|401 \(Unauthorized\).*\/auth\/session/);
  await page.goto('/');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await watch.settled();
}
