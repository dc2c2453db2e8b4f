import { type Visit } from './test';

/** Somebody comes back to the tab after a while: what is shown is looked at again. */
export async function comeBack({ page }: Visit): Promise<void> {
  await page.evaluate(`{
    const now = Date.now;
    Date.now = () => now() + 60_000;
    window.dispatchEvent(new Event('visibilitychange'));
  }`);
}

/** Until the answer is called, the API cannot be reached from the page. */
export async function takeApiAway({ page, watch }: Visit): Promise<() => Promise<void>> {
  watch.tolerate(/\/v1\/.* failed: |ERR_FAILED.*\/v1\//);
  await page.route('**/v1/**', (route) => route.abort());
  return () => page.unroute('**/v1/**');
}
