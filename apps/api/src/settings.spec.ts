import { parseSettings } from '@hub/platform';
import { apiSettings } from './settings';

const RIGHT = {
  HUB_DB_APP_URL: 'postgres://hub_app@db/hub',
  HUB_DB_ACCEPT_URL: 'postgres://hub_accept@db/hub',
  HUB_DB_OPERATOR_URL: 'postgres://hub_operator@db/hub',
  HUB_DB_QUEUE_URL: 'postgres://hub_queue@db/hub',
  HUB_MASTER_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
};

describe('the settings of the API', () => {
  it('may ask for several processes where Redis shares the limits between them', () => {
    expect(parseSettings(apiSettings, RIGHT)).toMatchObject({ ok: true });
    const several = { ...RIGHT, HUB_API_PROCESSES: '2' };
    expect(parseSettings(apiSettings, { ...several, REDIS_URL: 'redis://cache' })).toMatchObject({
      ok: true,
      value: { HUB_API_PROCESSES: 2 },
    });
    expect(parseSettings(apiSettings, several)).toEqual({
      ok: false,
      error: ['HUB_API_PROCESSES: above 1 needs REDIS_URL: without it each process would grant the whole rate limit'],
    });
  });

  it('are told all at once when they are wrong, those that contradict one another too', () => {
    const { HUB_DB_APP_URL: _missing, ...rest } = RIGHT;
    const wrong = parseSettings(apiSettings, { ...rest, HUB_API_PROCESSES: '2', HUB_PORT: '0', HUB_MASTER_KEYS: 'k1' });
    const named = wrong.ok ? [] : wrong.error.map((line) => line.split(':')[0]).sort();
    expect(named).toEqual(['HUB_API_PROCESSES', 'HUB_DB_APP_URL', 'HUB_MASTER_KEYS', 'HUB_PORT']);
  });
});
