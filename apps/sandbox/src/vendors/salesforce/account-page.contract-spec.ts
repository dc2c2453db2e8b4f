import { SandboxFixture } from '../../fixtures/sandbox-fixture';

describe('the page on which a colleague writes accounts', () => {
  let fixture: SandboxFixture;
  beforeAll(async () => {
    fixture = await SandboxFixture.start();
  });
  afterAll(() => fixture.close());

  const page = async (path: string): Promise<string> => (await fetch(`${fixture.url}${path}`)).text();
  const linkOf = (text: string, label: string): string =>
    new RegExp(`href="([^"]+)"[^>]*>${label}<`).exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const save = (fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${fixture.url}/account`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers,
      redirect: 'manual',
    });
  const orgOf = (link: string): string => new URL(link, fixture.url).searchParams.get('org') ?? '';

  it('makes one, changes it, and shows what the vendor says against it', async () => {
    const org = orgOf(linkOf(await page('/'), 'New account'));
    expect((await save({ org, Name: 'Ada <b>Ltd</b>', BillingCity: 'London' })).status).toBe(303);
    const listed = await page('/?object=Account');
    expect(listed).toContain('Ada &lt;b&gt;Ltd&lt;/b&gt;');
    const link = linkOf(listed, 'Change');
    const id = new URL(link, fixture.url).searchParams.get('id') ?? '';
    expect(await page(link)).toContain('value="London"');
    expect((await save({ org, id, Name: 'Lovelace', BillingCity: '' })).status).toBe(303);
    expect(await page(link)).not.toContain('London');
    const refused = await save({ org, id, Name: '' });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('role="alert"');
    expect(await page(link)).toContain('value="Lovelace"');
  });

  it('takes nothing from other origins, and nothing for an org that is not there', async () => {
    const org = orgOf(linkOf(await page('/'), 'New account'));
    expect((await save({ org, Name: 'Stranger' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(404);
    expect((await save({ org: 'nobody', Name: 'Stranger' })).status).toBe(404);
    expect(await page('/?object=Account')).not.toContain('Stranger');
  });
});
