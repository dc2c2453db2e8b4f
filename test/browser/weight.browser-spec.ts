import { expect, test } from './support/test';

/** Before any editor, diagram or chart is opened. */
const MOST_BYTES = 300_000;

for (const address of ['/overview', '/events', '/dead-letters', '/audit']) {
  test(`the first load of ${address} needs less than 300 kB of compressed JavaScript`, async ({ visitAs, stage }) => {
    const { page, open } = await visitAs('owner');
    const scripts = new Set<string>();
    page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.add(request.url());
    });
    await open(address);
    const sizes = await Promise.all(
      [...scripts].map(async (url) => {
        const answer = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
        expect(answer.headers.get('content-encoding') ?? 'too small to be compressed').toMatch(/gzip|small/);
        return { url: url.slice(stage.dev.portal_url.length), bytes: Number(answer.headers.get('content-length')) };
      }),
    );
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(sizes.every(({ bytes }) => bytes > 0)).toBe(true);
    expect(total, JSON.stringify(sizes)).toBeLessThan(MOST_BYTES);
  });
}
