import { stageInProcessApi, type InProcessApi } from './in-process-api';

interface Document {
  paths: Record<string, Record<string, { parameters?: { name: string }[] }>>;
}

/** Why they refuse it: they answer with what is as good as a password. Those of operators have no tenant to keep it for. */
const REFUSED = [
  'delete /v1/connections/{id}/hook',
  'post /v1/connections/{id}/authorize',
  'post /v1/connections/{id}/hook',
];
const OF_EVENTS = ['post /v1/events', 'post /v1/events/batch'];

describe('Idempotency-Key, on every operation that changes something', () => {
  let api: InProcessApi;
  let operator: string;
  let key: string;
  let operations: string[];
  let described: string[];

  stageInProcessApi(async (made) => {
    api = made;
    ({ key } = await api.newTenant());
    operator = await api.newOperatorKey();
    const { paths } = (await api.send(null, 'GET', '/openapi.json')).json<Document>();
    const found = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([method]) => method !== 'get' && /^\/(v1|admin)\//.test(path))
        .map(([method, { parameters = [] }]) => ({ name: `${method} ${path}`, parameters })),
    );
    operations = found.map(({ name }) => name);
    described = found
      .filter(({ parameters }) => parameters.some(({ name }) => name === 'Idempotency-Key'))
      .map(({ name }) => name);
  });

  /** The code of the header's fault. No handler runs: whoever honours the header refuses this one before. */
  async function faultOf(operation: string): Promise<string | undefined> {
    const [method = '', path = ''] = operation.split(' ');
    const answer = await api.send(
      path.startsWith('/admin/') ? operator : key,
      method.toUpperCase() as 'POST',
      path.replace(/\{\w+\}/g, 'any'),
      { headers: { 'idempotency-key': 'with space' } },
    );
    const { errors } = answer.json<{ errors?: { pointer: string; code: string }[] }>();
    return errors?.find(({ pointer }) => pointer === '#header/idempotency-key')?.code;
  }

  it('is honoured or refused, and never passed over', async () => {
    const honoured: string[] = [];
    const refused: string[] = [];
    const passedOver: string[] = [];
    for (const operation of operations) {
      const fault = await faultOf(operation);
      if (fault === 'invalid_idempotency_key') honoured.push(operation);
      else if (fault === 'idempotency_key_not_supported') refused.push(operation);
      else passedOver.push(operation);
    }
    expect(passedOver.toSorted()).toEqual(OF_EVENTS);
    expect(refused.filter((operation) => !operation.includes(' /admin/')).toSorted()).toEqual(REFUSED);
    expect(honoured.filter((operation) => operation.includes(' /admin/'))).toEqual([]);
    expect(honoured).toContain('put /v1/retention');
    expect(described).toEqual(honoured);
  });
});
