/** A browser that has set out to a vendor: where to, and what it has to show when it comes back. */
export interface SetOut {
  readonly vendorUrl: string;
  readonly cookie: string;
}

/** Somebody reads the page that a link of the hub leads to, and presses its button. */
export async function setOut(link: string): Promise<SetOut> {
  const answer = await fetch(link, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  const vendorUrl = answer.headers.get('location');
  if (vendorUrl === null) throw new Error(`the hub let nobody set out: ${answer.status} ${await answer.text()}`);
  return { vendorUrl, cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
}
