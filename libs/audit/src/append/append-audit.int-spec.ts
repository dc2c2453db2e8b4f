import fc from 'fast-check';
import { canonicalJson } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { waitUntil } from '@hub/testing';
import { chainHash, genesisHash, recordDigest } from '../chain/chain-hash';
import { followChain } from '../chain/check-chain';
import { findHead, readChain } from '../chain/chain.repository';
import { ACTOR, entry, stageAudit, type AuditStage } from '../fixtures/audit-stage';
import { viewOf } from '../read/record-view';
import { eraseSubject } from '../retention/retention.repository';
import { appendAudit, appendOperatorAudit, appendToChains, OPERATORS_CHAIN } from './append-audit';

let stage: AuditStage;
let tenant: string;
stageAudit((...made) => ([stage, tenant] = made));

const chainOf = (tenantId: string, limit = 1_000) =>
  stage.tenants.run(tenantId, (tx) => readChain(tx, 0, 1_000_000, limit));

describe('appending', () => {
  it('makes a chain that begins with the tenant and the key, as the application role', async () => {
    await stage.append(tenant, 1, 3);
    const [first, second, third] = await chainOf(tenant);
    const genesis = genesisHash(tenant, stage.key.id);
    expect(first).toMatchObject({ seq: 1, prev: genesis });
    expect(first?.hash).toEqual(chainHash(tenant, 1, genesis, recordDigest(first?.text ?? '')));
    expect(second?.prev).toEqual(first?.hash);
    expect(third?.prev).toEqual(second?.hash);
    const head = await stage.tenants.run(tenant, findHead);
    expect(head).toEqual({
      keyId: stage.key.id,
      size: 3,
      hash: third?.hash,
      prunedSize: 0,
      prunedHash: genesis,
    });
  });

  it('is undone with the change that it records', async () => {
    await stage.append(tenant, 1, 1);
    const failed = stage.tenants.run(tenant, async (tx) => {
      await appendAudit(tx, entry(2));
      throw new Error('the change failed');
    });
    await expect(failed).rejects.toThrow('the change failed');
    await stage.append(tenant, 3, 3);
    expect(
      (await chainOf(tenant)).map(({ seq, text }) => [seq, (JSON.parse(text) as { action: string }).action]),
    ).toEqual([
      [1, 'mapping.published'],
      [2, 'route.updated'],
    ]);
  });

  it('leaves no gap and no fork when many append at once, the first of the chain among them', async () => {
    const numbers = Array.from({ length: 60 }, (_none, number) => number);
    await Promise.all(numbers.map((number) => stage.append(tenant, number, number)));
    const records = await chainOf(tenant);
    expect(records.map(({ seq }) => seq)).toEqual(numbers.map((number) => number + 1));
    expect(followChain(tenant, { seq: 0, hash: genesisHash(tenant, stage.key.id) }, records)).toMatchObject({
      ok: true,
    });
  });

  it('keeps texts that no database holds and no two readers agree on, and the chain holds', async () => {
    const after = { nul: 'a\u0000b', half: 'x\ud800y', big: 'y'.repeat(200_000), number: 1e21, none: undefined };
    await stage.tenants.run(tenant, (tx) => appendAudit(tx, entry(1, { after })));
    const [record] = await chainOf(tenant);
    expect(viewOf(tenant, record!).after).toEqual({
      nul: 'a\ufffdb',
      half: 'x\ufffdy',
      big: { bytes: 200_002, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      number: 1e21,
    });
  });

  it('holds whatever a state holds: the database hashes what the verifier will', async () => {
    const states = fc.sample(fc.jsonValue({ stringUnit: 'binary' }), 150);
    await stage.tenants.run(tenant, async (tx) => {
      for (const after of states)
        await appendAudit(
          tx,
          entry(1, { after, target: { type: 't', id: 'x', name: JSON.stringify(after).slice(0, 50) } }),
        );
    });
    const records = await chainOf(tenant);
    expect(records).toHaveLength(states.length);
    for (const { text } of records) expect(canonicalJson(JSON.parse(text))).toBe(text);
    expect(followChain(tenant, { seq: 0, hash: genesisHash(tenant, stage.key.id) }, records)).toMatchObject({
      ok: true,
    });
  });

  it('keeps no secret that somebody put into a state', async () => {
    const after = {
      credentials: { password: 'hunter2-hunter2' },
      config: {
        url: 'https://user:hunter2-hunter2@example.com',
        api_key: 'hunter2-hunter2',
        list: [{ token: 'hunter2-hunter2' }],
      },
      note: 'sent with Bearer hunter2-hunter2',
      token_expires_at: '2026-01-01T00:00:00.000Z',
    };
    await stage.tenants.run(tenant, (tx) => appendAudit(tx, entry(1, { before: after, after, details: after })));
    const [record] = await chainOf(tenant);
    expect(record?.text).not.toContain('hunter2');
    expect(viewOf(tenant, record!).after).toMatchObject({ token_expires_at: '2026-01-01T00:00:00.000Z' });
  });

  it('binds itself to no key when there is none yet, and says so', async () => {
    await stage.database.asSuperuser((client) => client.query('truncate audit_signing_keys'));
    await stage.append(tenant, 1, 1);
    expect((await stage.tenants.run(tenant, findHead))?.keyId).toBe('');
    await stage.database.app.query('insert into audit_signing_keys (id, public_key) values ($1, $2)', [
      stage.key.id,
      stage.key.publicKey,
    ]);
  });
});

describe('who may do what', () => {
  it.each([
    ['change a record', `update audit_records set record = '{}'`],
    ['delete a record', `delete from audit_records`],
    ['empty the log', `truncate audit_records`],
    ['move the head', `update audit_heads set seq = 0`],
    ['forget a head', `delete from audit_heads`],
    [
      'make a head',
      `insert into audit_heads (tenant_id, key_id, seq, hash, pruned_hash) values (gen_random_uuid(), '', 0, '', '')`,
    ],
    [
      'write a checkpoint',
      `insert into audit_checkpoints (tenant_id, size, place, signed_at, note) values (gen_random_uuid(), 1, 'first', now(), '')`,
    ],
    ['delete a checkpoint', `delete from audit_checkpoints`],
    ['switch the chain off', `alter table audit_records disable trigger all`],
  ])('the application role cannot %s', async (_what, sql) => {
    await stage.append(tenant, 1, 1);
    await expect(stage.tenants.run(tenant, (tx) => tx.query(sql))).rejects.toMatchObject({ code: '42501' });
    expect(await chainOf(tenant)).toHaveLength(1);
  });

  it('nobody chooses place or hash of a record', async () => {
    await stage.append(tenant, 1, 1);
    await stage.tenants.run(tenant, (tx) =>
      tx.query(
        `insert into audit_records (tenant_id, id, record, seq, prev, hash) values ($1, gen_random_uuid(), '{}', 900, 'x', 'y')`,
        [tx.tenantId],
      ),
    );
    const records = await chainOf(tenant);
    expect(followChain(tenant, { seq: 0, hash: genesisHash(tenant, stage.key.id) }, records)).toMatchObject({
      ok: true,
    });
  });

  it('a tenant appends to its own chain alone, and cannot hold up another', async () => {
    const other = (await stage.database.createTenant()).id;
    const planted = stage.tenants.run(tenant, (tx) =>
      tx.query(`insert into audit_records (tenant_id, id, record) values ($1, gen_random_uuid(), '{}')`, [other]),
    );
    await expect(planted).rejects.toMatchObject({ code: '42501' });
    expect(await chainOf(other)).toEqual([]);
    await stage.append(other, 1, 1);
  });

  it('the record is as the caller wrote it: whoever changes it behind the hub’s back is found out', async () => {
    await stage.append(tenant, 1, 5);
    await stage.database.asSuperuser((client) =>
      client.query(
        `update audit_records set record = replace(record::text, 'mapping 4', 'mapping 9')::json where tenant_id = $1 and seq = 4`,
        [tenant],
      ),
    );
    const followed = followChain(tenant, { seq: 0, hash: genesisHash(tenant, stage.key.id) }, await chainOf(tenant));
    expect(followed).toEqual({ ok: false, error: { code: 'chain_broken', seq: 4 } });
  });
});

describe('personal fields', () => {
  it('are sealed in the record, and shown until they are erased; the chain holds on', async () => {
    await stage.append(tenant, 1, 2);
    const [record] = await chainOf(tenant);
    expect(record?.text).not.toContain('192.0.2.7');
    expect(record?.text).not.toContain('curl');
    expect(viewOf(tenant, record!).actor).toMatchObject({
      label: 'Ada’s key',
      ip: '192.0.2.7',
      user_agent: 'curl/8',
      erased: false,
    });

    expect(await stage.tenants.run(tenant, (tx) => eraseSubject(tx, ACTOR.id))).toBe(true);
    expect(await stage.tenants.run(tenant, (tx) => eraseSubject(tx, ACTOR.id))).toBe(false);
    await stage.append(tenant, 3, 3);
    const records = await chainOf(tenant);
    expect(records.map((row) => viewOf(tenant, row).actor)).toEqual([
      expect.objectContaining({ id: ACTOR.id, label: null, ip: null, user_agent: null, erased: true }),
      expect.objectContaining({ id: ACTOR.id, label: null, ip: null, user_agent: null, erased: true }),
      // Whoever was erased and acts again is a person again.
      expect.objectContaining({ id: ACTOR.id, ip: '192.0.2.7', erased: false }),
    ]);
    expect(followChain(tenant, { seq: 0, hash: genesisHash(tenant, stage.key.id) }, records)).toMatchObject({
      ok: true,
    });
  });

  it('leave a digest behind that tells nothing of them: of the same fields it is another each time', async () => {
    await stage.append(tenant, 1, 2);
    const digests = (await chainOf(tenant)).map(
      ({ text }) => (JSON.parse(text) as { actor: { personal: { digest: string } } }).actor.personal.digest,
    );
    expect(new Set(digests).size).toBe(2);
  });

  it('of one chain open nothing in another', async () => {
    const other = (await stage.database.createTenant()).id;
    await stage.append(tenant, 1, 1);
    await stage.append(other, 1, 1);
    const [[mine], [theirs]] = [await chainOf(tenant), await chainOf(other)];
    expect(viewOf(tenant, { ...mine!, subjectKey: theirs?.subjectKey }).actor.erased).toBe(true);
    expect(viewOf(other, mine!).actor.erased).toBe(true);
  });
});

describe('operators', () => {
  it('land in their own chain, and nameless in the tenant’s', async () => {
    const actor = { ...ACTOR, type: 'operator' as const, id: 'opk_1' };
    await stage.database.operator.transaction((tx) =>
      appendOperatorAudit(tx, entry(1, { action: 'tenant.updated', actor }), tenant),
    );
    const tenants = new TenantDb(stage.database.app);
    const own = await tenants.run(OPERATORS_CHAIN, (tx) => readChain(tx, 0, 10, 10));
    const [seen] = await chainOf(tenant);
    expect(viewOf(OPERATORS_CHAIN, own.at(-1)!)).toMatchObject({
      action: 'tenant.updated',
      actor: { id: 'opk_1', ip: '192.0.2.7' },
    });
    expect(viewOf(tenant, seen!)).toMatchObject({
      action: 'tenant.updated',
      actor: { type: 'operator', id: 'opk_1', label: null, ip: null, user_agent: null, erased: false },
    });
  });

  it('have their chain locked before any tenant’s, in whatever order the records are given', async () => {
    const first = entry(1, { actor: { ...ACTOR, type: 'user', id: 'usr_ada' } });
    await stage.append(tenant, 1, 1);
    await stage.database.operator.transaction((tx) => appendToChains(tx, [{ tenantId: null, entry: first }]));
    const head = (chain: string): string => `select seq from audit_heads where tenant_id = '${chain}' for update`;
    await stage.database.asSuperuser(async (holder) => {
      await holder.query('begin');
      await holder.query(head(OPERATORS_CHAIN));
      const appending = stage.database.operator.transaction((tx) =>
        appendToChains(tx, [
          { tenantId: tenant, entry: first },
          { tenantId: null, entry: first },
        ]),
      );
      await waitUntil('it to wait for the operators’ chain', () =>
        stage.database.asSuperuser(async (client) => {
          const { rowCount } = await client.query(
            `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          );
          return (rowCount ?? 0) > 0;
        }),
      );
      const free = await stage.database.asSuperuser((client) => client.query(`${head(tenant)} skip locked`));
      expect(free.rows).toEqual([{ seq: '1' }]);
      await holder.query('commit');
      await appending;
    });
  });

  it('can append, and read nothing', async () => {
    await stage.append(tenant, 1, 1);
    await expect(stage.database.operator.query('select record from audit_records')).rejects.toMatchObject({
      code: '42501',
    });
    await expect(stage.database.operator.query('select hash from audit_heads')).rejects.toMatchObject({
      code: '42501',
    });
  });
});
