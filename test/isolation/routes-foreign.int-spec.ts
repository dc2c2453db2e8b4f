import { toPublicId } from '@hub/platform';
import { anyName, neverWas } from './furnish';
import { codeOf, nameOf, RouteStage, samplesOf, urlOf } from './route-stage';

describe('every route of the API', () => {
  let stage: RouteStage;
  beforeAll(async () => {
    stage = await RouteStage.open();
    await stage.set();
  }, 60_000);
  afterAll(() => stage?.close());

  it('answers for what is another tenant’s exactly as for what never was', async () => {
    for (const route of stage.tenantRoutes) {
      const made = samplesOf(route, neverWas(), stage.attackersOwn);
      for (const [index, sample] of samplesOf(route, stage.belongings, stage.attackersOwn).entries()) {
        const twin = made[index] ?? {};
        const namesSomething = JSON.stringify(sample) !== JSON.stringify(twin);
        if (!namesSomething && route.method !== 'GET') continue;
        const theirs = await stage.ask(stage.attacker.key, route.method, urlOf(route, sample), sample.body);
        const said = theirs.text.replace(/"instance":"[^"]*"/, '');
        const shown = Object.values(stage.belongings).filter((id) => said.includes(id));
        expect([nameOf(route), shown]).toEqual([nameOf(route), []]);
        // Where a cursor stands in the attacker's own list is no secret of the victim.
        if (!namesSomething || sample.query?.['cursor'] !== undefined) continue;
        const nobodys = await stage.ask(stage.attacker.key, route.method, urlOf(route, twin), twin.body);
        expect([nameOf(route), comparable(theirs)]).toEqual([nameOf(route), comparable(nobodys)]);
        const asksForIt = Object.values(stage.belongings).some((id) => Object.values(sample.path ?? {}).includes(id));
        if (asksForIt) expect([nameOf(route), theirs.status]).toEqual([nameOf(route), 404]);
      }
    }
    await stage.expectVictimUntouched();
  }, 60_000);

  it('does not believe a tenant that is named anywhere but in the key', async () => {
    for (const header of ['x-tenant-id', 'x-tenant', 'tenant-id']) {
      const response = await stage.app.inject({
        method: 'GET',
        url: '/v1/me',
        headers: { authorization: `Bearer ${stage.attacker.key}`, [header]: stage.victim.id },
      });
      expect(response.body).toContain(toPublicId('tenant', stage.attacker.id));
      expect(response.body).not.toContain(toPublicId('tenant', stage.victim.id));
    }
    const planted = await stage.ask(stage.attacker.key, 'POST', '/v1/routes', {
      name: anyName(),
      event_type: 'order.*',
      connection_id: stage.belongings.connection,
      operation: 'request.send',
      tenant_id: stage.victim.id,
    });
    expect([planted.status, codeOf(planted.text)]).toEqual([400, 'invalid_request']);
  });

  it('leaves the victim as he was', async () => {
    await stage.expectVictimUntouched();
  });
});

/** All that a caller can see, but for the address that they asked for themselves and the state of their own limits. */
function comparable(answer: { status: number; headers: Readonly<Record<string, unknown>>; text: string }): unknown {
  const { date: _date, ratelimit: _ratelimit, 'content-length': _length, ...headers } = answer.headers;
  return { status: answer.status, headers, text: answer.text.replace(/"instance":"[^"]*"/, '"instance":""') };
}
