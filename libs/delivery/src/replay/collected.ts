import { type TenantTx } from '@hub/tenancy';

/** How far the search of a job has come, in the transaction that has written its items. */
export async function noteCollected(
  tx: TenantTx,
  replayId: string,
  { last, found, complete }: { readonly last: string | null; readonly found: number; readonly complete: boolean },
): Promise<void> {
  await tx.query(
    `update replays set collected_to = $3, matched = matched + $4, phase = case when $5 then 'working' else phase end
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, replayId, last, found, complete],
    'collected',
  );
}
