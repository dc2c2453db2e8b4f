import { type FastifyReply } from 'fastify';
import { type Database } from '@hub/database';
import { type DrainBell } from '@hub/platform';
import { HealthController } from './health.controller';

describe('readiness', () => {
  let queries: number;
  let isUp: boolean;
  let accepts: boolean;
  let clockMs: number;
  let controller: HealthController;
  const statuses: number[] = [];
  const reply = { code: (status: number) => statuses.push(status) } as unknown as FastifyReply;

  beforeEach(() => {
    [queries, isUp, accepts, clockMs] = [0, true, true, 5_000];
    statuses.length = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => clockMs);
    const query = (): Promise<unknown[]> => {
      queries++;
      return isUp ? Promise.resolve([]) : Promise.reject(new Error('down'));
    };
    controller = new HealthController(
      { query } as unknown as Database,
      {
        query: () => (accepts ? Promise.resolve([]) : Promise.reject(new Error('not let in'))),
      } as unknown as Database,
      { isReachable: () => Promise.resolve(false) } as unknown as DrainBell,
    );
  });
  afterEach(() => jest.restoreAllMocks());

  it('is asked of the database once a second, however many want to know', async () => {
    await Promise.all(Array.from({ length: 50 }, () => controller.ready(reply)));
    clockMs += 999;
    await controller.ready(reply);
    expect(queries).toBe(1);
    clockMs += 1;
    await controller.ready(reply);
    expect(queries).toBe(2);
  });

  it('needs the database, and not the queue', async () => {
    expect(await controller.ready(reply)).toMatchObject({ status: 'up', checks: { queue: { status: 'down' } } });
    isUp = false;
    clockMs += 1_000;
    expect(await controller.ready(reply)).toMatchObject({ status: 'down', checks: { database: { status: 'down' } } });
    expect(statuses).toEqual([200, 503]);
  });

  it('is not ready while it reads and cannot accept', async () => {
    accepts = false;
    expect(await controller.ready(reply)).toMatchObject({ status: 'down', checks: { database: { status: 'down' } } });
  });
});
