import { type HubDatabase } from '@hub/testing';
import { TcpProxy } from './tcp-proxy';

export type ProxiedRole = keyof HubDatabase['urls'];

export interface ProxiedDatabase extends HubDatabase {
  readonly proxy: TcpProxy;
}

/** The same database with a proxy on the way of some roles; closing it closes both. */
export async function throughProxy(database: HubDatabase, roles: readonly ProxiedRole[]): Promise<ProxiedDatabase> {
  const proxy = await TcpProxy.start(Number(new URL(database.urls.app).port));
  const urls = Object.fromEntries(
    Object.entries(database.urls).map(([role, url]) => [
      role,
      roles.includes(role as ProxiedRole) ? proxy.through(url) : url,
    ]),
  ) as unknown as HubDatabase['urls'];
  return {
    urls,
    proxy,
    asSuperuser: (work) => database.asSuperuser(work),
    async close() {
      await proxy.close();
      await database.close();
    },
  };
}

/** `commit` as a simple query of PostgreSQL's protocol. */
const COMMIT = Buffer.from('Q\u0000\u0000\u0000\u000bcommit\u0000', 'latin1');

/** Cuts the line right after a commit has been handed to the server: each `every`-th, `times` in all. @returns how often so far */
export function cutCommits(proxy: TcpProxy, every: number, times: number): () => number {
  let seen = 0;
  let cut = 0;
  proxy.onRequest = (chunk) => {
    if (cut >= times || !chunk.includes(COMMIT) || ++seen % every !== 0) return 'pass';
    cut++;
    return 'cut_answer';
  };
  return () => cut;
}
