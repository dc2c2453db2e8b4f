import jsonata from 'jsonata';
import { Pool as HttpPool } from 'undici';
import { MAPPING } from '../load/events';

const CALLS_AT_ONCE = Number(process.env['BENCH_CALLS'] ?? 64);

/** JSONata in the process and a POST: what both delivery baselines do with an event. */
export function deliverer(sinkUrl: string): (payload: string) => Promise<boolean> {
  const expression = jsonata(MAPPING);
  const http = new HttpPool(sinkUrl, { connections: CALLS_AT_ONCE });
  return async (payload) => {
    const body = JSON.stringify(await expression.evaluate(JSON.parse(payload)));
    const answer = await http.request({
      path: '/in',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await answer.body.dump();
    return answer.statusCode < 300;
  };
}
