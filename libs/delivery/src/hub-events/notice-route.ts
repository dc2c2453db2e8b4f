import { type TenantTx } from '@hub/tenancy';
import { NOTICE_OPERATION } from './notice-backlog';

/**
 * The route of an endpoint's notices, which carries their schedule. It matches no event, and being internal no list shows
 * it; notices name it themselves.
 * @param delaysSeconds after the first, second, … failed attempt.
 */
export async function insertNoticeRoute(
  tx: TenantTx,
  route: { readonly id: string; readonly connectionId: string; readonly delaysSeconds: readonly number[] },
): Promise<void> {
  await tx.query(
    `insert into routes (tenant_id, id, name, event_type, event_type_like, connection_id, operation, ordering_key,
                         retry_delays_seconds, enabled, internal)
     values ($1, $2, $3, '', '', $4, '${NOTICE_OPERATION}', 'none', $5, false, true)`,
    [tx.tenantId, route.id, `notices of ${route.connectionId}`, route.connectionId, route.delaysSeconds],
  );
}
