import { Database } from '@hub/database';
import { fromPublicId } from '@hub/platform';
import { insertFirstApiKey } from '@hub/tenancy';

/** Issues a tenant another key as the operator role, which may add keys and can read none. */
export async function reissueKey(operatorUrl: string, tenantId: string): Promise<string> {
  const uuid = fromPublicId('tenant', tenantId);
  if (uuid === null) throw new Error(`"${tenantId}" is no tenant id`);
  const database = new Database({ url: operatorUrl, poolSize: 1, applicationName: 'hub-launcher' });
  try {
    const issued = await database.transaction((tx) => insertFirstApiKey(tx, uuid, 'test'));
    return issued.key;
  } finally {
    await database.close();
  }
}
