import { originOf, signCheckpoint } from '../checkpoints/checkpoint';
import { stageAudit, unpack, type AuditStage } from '../fixtures/audit-stage';
import { verifyMany, type VerifyVerdict } from '../fixtures/verify-many';
import { verifierKey } from '../signing/signed-note';

let stage: AuditStage;
let tenant: string;
stageAudit((...made) => ([stage, tenant] = made));

const tamper = (sql: string): Promise<unknown> => stage.database.asSuperuser((client) => client.query(sql, [tenant]));

/** The chain follows from something else than it did, and every hash of it is right. What is exported then, the hub signs. */
const BEGIN_ANEW = `with recursive forged as (
    select pruned_seq as seq, sha256('another beginning') as prev, sha256('another beginning') as hash
      from audit_heads where tenant_id = $1
    union all
    select r.seq, f.hash, sha256('\\x01'::bytea || uuid_send($1::uuid) || int8send(r.seq) || f.hash
        || sha256(convert_to(r.record::text, 'UTF8')))
      from forged f join audit_records r on r.tenant_id = $1 and r.seq = f.seq + 1
  ), written as (
    update audit_records r set prev = f.prev, hash = f.hash from forged f where r.tenant_id = $1 and r.seq = f.seq
  )
  update audit_heads set pruned_hash = sha256('another beginning'),
    hash = (select hash from forged order by seq desc limit 1) where tenant_id = $1`;

async function verdict(checkpoints: string[] = []): Promise<VerifyVerdict | undefined> {
  const files = unpack(await stage.export(tenant, 'jsonl'));
  return verifyMany([files], [{ base: 0, keys: [verifierKey(originOf(tenant), stage.key.publicKey)], checkpoints }])[0];
}

describe('the verifier finds out that a chain was written anew from its beginning', () => {
  it('where that is the first record: it does not stand on its tenant', async () => {
    await stage.append(tenant, 1, 3);
    expect(await verdict()).toMatchObject({ ok: true });
    await tamper(BEGIN_ANEW);
    expect(await verdict()).toMatchObject({ ok: false, isVerdict: true, seq: 1 });
  });

  it('where the rest was pruned: it does not stand on what was signed of that', async () => {
    await stage.append(tenant, 1, 2);
    await stage.checkpointer(() => new Date(Date.UTC(2026, 0, 1))).signDue();
    await stage.append(tenant, 3, 5);
    await tamper(
      `update audit_heads set pruned_seq = 2, pruned_hash = (select hash from audit_records where tenant_id = $1 and seq = 2)
       where tenant_id = $1`,
    );
    await tamper(`delete from audit_records where tenant_id = $1 and seq <= 2`);
    expect(await verdict()).toMatchObject({ ok: true, records: 3 });
    const kept = { size: 2, head: Buffer.alloc(32), signedAt: new Date(Date.UTC(2026, 0, 1)) };
    expect(await verdict([signCheckpoint(tenant, kept, stage.key)])).toMatchObject({
      ok: false,
      isVerdict: true,
      seq: 3,
    });
    await tamper(BEGIN_ANEW);
    expect(await verdict()).toMatchObject({ ok: false, isVerdict: true, seq: 3 });
  });
});
