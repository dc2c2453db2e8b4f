import { stageAudit, type AuditStage } from '../fixtures/audit-stage';
import {
  claimExport,
  failExport,
  findOpenExports,
  finishExport,
  insertExport,
  keepProgress,
  releaseExport,
  type ClaimedExport,
} from './export.repository';

let stage: AuditStage;
let tenant: string;
let id: string;
stageAudit(async (...made) => {
  [stage, tenant] = made;
  await stage.append(tenant, 1, 4);
  ({ id } = await stage.tenants.run(tenant, (tx) => insertExport(tx, 'jsonl', {})));
});

const sql = (text: string) => stage.database.asSuperuser(async (client) => (await client.query(text, [id])).rows);
const whole = () => sql('select * from audit_exports where id = $1');
const claim = () => stage.tenants.run(tenant, (tx) => claimExport(tx, id));
const claimed = async (): Promise<ClaimedExport> => {
  const got = await claim();
  if (got === null) throw new Error('the export could not be claimed');
  return got;
};
const PIECE = { doneSeq: 2, matched: 2, parts: [] };

describe('an export', () => {
  it.each<[string, (mine: ClaimedExport) => Promise<unknown>]>([
    ['noted down', (mine) => stage.tenants.run(tenant, (tx) => keepProgress(tx, mine, PIECE))],
    ['finished', (mine) => stage.tenants.run(tenant, (tx) => finishExport(tx, mine, [], 7))],
    ['given back', (mine) => stage.tenants.run(tenant, (tx) => releaseExport(tx, mine))],
    ['ended', (mine) => stage.tenants.run(tenant, (tx) => failExport(tx, mine, 'chain_broken'))],
  ])('is not %s by a worker from whom another has taken it', async (_what, settle) => {
    const mine = await claimed();
    await sql(`update audit_exports set lease_until = now() - interval '1 second' where id = $1`);
    await claimed();
    const before = await whole();
    await settle(mine);
    expect(await whole()).toEqual(before);
  });

  it('is taken by one of two workers that ask at once', async () => {
    await stage.tenants.run(tenant, async (tx) => {
      expect(await claimExport(tx, id)).not.toBeNull();
      expect(await claim()).toBeNull();
    });
  });

  it('is offered until somebody takes it, and again when that one has died', async () => {
    const isOffered = async (): Promise<boolean> =>
      (await findOpenExports(stage.database.dispatcher, 100)).some((open) => open.id === id);
    expect(await isOffered()).toBe(true);
    await claimed();
    expect(await isOffered()).toBe(false);
    await sql(`update audit_exports set lease_until = now() - interval '1 second' where id = $1`);
    expect(await isOffered()).toBe(true);
  });

  it('is not given up as long as pieces of it are made, however many workers die over it', async () => {
    await sql(`update audit_exports set failures = 59 where id = $1`);
    const mine = await claimed();
    expect(await stage.tenants.run(tenant, (tx) => keepProgress(tx, mine, PIECE))).toBe(true);
    await sql(`update audit_exports set lease_until = null where id = $1`);
    expect(await claim()).toMatchObject({ doneSeq: 2 });
  });

  it('is given up when one worker after the other dies over the same piece', async () => {
    await sql(`update audit_exports set failures = 59 where id = $1`);
    await claimed();
    await sql(`update audit_exports set lease_until = null where id = $1`);
    expect(await claim()).toBeNull();
    expect(await whole()).toMatchObject([{ status: 'failed', failure: 'given_up' }]);
  });
});
