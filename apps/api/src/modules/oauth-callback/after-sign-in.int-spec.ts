import { fromPublicId } from '@hub/platform';
import { waitUntil } from '@hub/testing';
import { TEST_PUBLIC_URL } from '../connections/fixtures/config-api';
import { SignInStage, titleOf } from './fixtures/sign-in-stage';

let stage: SignInStage;

beforeAll(async () => {
  stage = await SignInStage.start();
}, 60_000);
afterAll(() => stage?.stop());
beforeEach(() => stage.reset());

describe('a sign-in that is there', () => {
  it('is refreshed once for many who meet its expired token', async () => {
    const id = await stage.signedIn();
    stage.vendor.expireTokens();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => stage.api.call(stage.key, 'POST', `/v1/connections/${id}/test`)),
    );
    expect(answers.map(({ body }) => body['ok'])).toEqual(Array(6).fill(true));
    expect(stage.vendor.calls('/token', 'refresh_token')).toBe(1);
  });

  it('ends with one refresh when it was taken away, says what to do, and goes on after signing in again', async () => {
    const id = await stage.signedIn();
    stage.vendor.requests.length = 0;
    stage.vendor.revokeAll();
    for (let n = 0; n < 3; n++) {
      const tested = await stage.api.call(stage.key, 'POST', `/v1/connections/${id}/test`);
      expect(tested.body).toMatchObject({ ok: false, error: { category: 'auth_revoked', code: 'invalid_grant' } });
    }
    expect(stage.vendor.calls('/token', 'refresh_token')).toBe(1);
    const held = await stage.get(id);
    expect(held).toMatchObject({ status: 'needs_reauth', auth_state: 'needs_reauth' });
    expect(held['auth_advice']).toMatch(/Sign in again/);
    stage.api.rung.length = 0;
    expect(titleOf(await stage.api.browse(stage.vendor.approve(await stage.link(id))))).toBe('Connected');
    expect(await stage.get(id)).toMatchObject({ id, status: 'active', auth_state: 'connected' });
    expect(stage.api.rung).toHaveLength(1);
    expect(await stage.told(id)).toEqual(['connection.connected', 'connection.needs_reauth', 'connection.connected']);
  });

  it('is ended at the vendor when the connection is deleted, and the credentials are gone', async () => {
    const id = await stage.signedIn();
    const before = stage.vendor.liveGrants();
    expect((await stage.api.call(stage.key, 'DELETE', `/v1/connections/${id}`)).status).toBe(204);
    expect(stage.vendor.liveGrants()).toBe(before - 1);
    const { rows } = await stage.database.asSuperuser((client) =>
      client.query(`select credentials_sealed from connections where id = $1`, [fromPublicId('connection', id)]),
    );
    expect(rows).toEqual([{ credentials_sealed: null }]);
  });

  it('is not ended with one of two connections that share it, and is with the last', async () => {
    const [first, second] = [await stage.signedIn('hooli', 'single'), await stage.signedIn('initech', 'single')];
    await stage.database.asSuperuser((client) =>
      client.query(`update connections set account_id = 'hooli' where id = $1`, [fromPublicId('connection', second)]),
    );
    const before = stage.vendor.liveGrants();
    expect((await stage.api.call(stage.key, 'DELETE', `/v1/connections/${first}`)).status).toBe(204);
    expect(stage.vendor.calls('/revoke')).toBe(0);
    expect((await stage.api.call(stage.key, 'DELETE', `/v1/connections/${second}`)).status).toBe(204);
    expect(stage.vendor.liveGrants()).toBe(before - 1);
  });

  it('does not keep a deletion waiting for a vendor that does not answer', async () => {
    const id = await stage.signedIn();
    stage.vendor.revocationHangs = true;
    expect((await stage.api.call(stage.key, 'DELETE', `/v1/connections/${id}`)).status).toBe(204);
    expect((await stage.api.call(stage.key, 'GET', `/v1/connections/${id}`)).status).toBe(404);
  }, 20_000);
});

describe('what is learnt from the vendor', () => {
  const field = (name: string, change: object = {}): Record<string, unknown> => ({
    name,
    label: name,
    type: 'string',
    vendorType: 'text',
    requiredOnCreate: false,
    writable: true,
    externalId: false,
    maxLength: 80,
    values: null,
    ...change,
  });

  it('is kept for a while, asked anew on demand, and what has changed is told', async () => {
    const id = await stage.signedIn();
    stage.vendor.fields = [field('Name'), field('Odd \0 \ud800')];
    const path = '/objects/Account/fields';
    const first = await stage.get(id, path);
    expect(first).toMatchObject({ data: [{ name: 'Name', max_length: 80 }, {}], described_at: expect.any(String) });
    stage.vendor.fields = [field('Name', { maxLength: 40 })];
    expect((await stage.get(id, path))['described_at']).toBe(first['described_at']);
    expect(await stage.get(id, `${path}?refresh=true`)).toMatchObject({ data: [{ name: 'Name', max_length: 40 }] });
    expect(stage.vendor.calls('/api')).toBe(2);
    expect((await stage.api.call(stage.key, 'GET', `/v1/connections/${id}${path}?refresh=maybe`)).status).toBe(400);
    expect(await stage.get(id, '/schema-changes')).toMatchObject({
      data: [
        {
          object: 'Account',
          previous_at: first['described_at'],
          changes: [
            { kind: 'field_removed', name: 'Odd \ufffd \ufffd', before: true, after: false },
            { kind: 'length_changed', name: 'Name', before: 80, after: 40 },
          ],
        },
      ],
      next_cursor: null,
    });
    expect(await stage.told(id)).toEqual(['connection.connected', 'connection.schema_changed']);
    // The same again is no change; a new sign-in asks anew.
    await stage.get(id, `${path}?refresh=true`);
    expect((await stage.get(id, '/schema-changes'))['data']).toHaveLength(1);
    await stage.api.browse(stage.vendor.approve(await stage.link(id)));
    await stage.get(id, path);
    expect(stage.vendor.calls('/api')).toBe(4);
    const stranger = await stage.api.newTenant();
    expect((await stage.api.call(stranger, 'GET', `/v1/connections/${id}/schema-changes`)).status).toBe(404);
  });

  it('shows what is left of its limits', async () => {
    const id = await stage.signedIn();
    stage.vendor.usage = { used: 120, max: 1_000 };
    await stage.get(id, '/objects/Account/fields');
    const limits = await waitUntil('limits to be known', async () => {
      const { limits: known } = await stage.get(id, '/health');
      return Array.isArray(known) && known.length > 0 && known;
    });
    expect(limits).toMatchObject([{ limit: 'daily_calls', used: 120, max: 1_000, left: 880, resets_at: null }]);
  });

  it('is shown in the catalogue: sign-in, objects to pull, ready-made mappings', async () => {
    expect((await stage.api.call(stage.key, 'GET', '/v1/connectors/oauthvendor')).body).toMatchObject({
      sign_in: {
        available: true,
        environments: ['production'],
        redirect_uri: `${TEST_PUBLIC_URL}/oauth/callback/oauthvendor`,
      },
      pull: [{ name: 'Account', canonical_type: 'customer', default_interval_seconds: 300 }],
      mapping_templates: [{ id: 'oauthvendor.account.inbound', direction: 'inbound', operation: null }],
    });
    expect((await stage.api.call(stage.key, 'GET', '/v1/connectors/twin')).body).toMatchObject({
      sign_in: { available: false },
    });
    expect((await stage.api.call(stage.key, 'GET', '/v1/connectors/http')).body).toMatchObject({
      sign_in: null,
      pull: [],
    });
  });
});
