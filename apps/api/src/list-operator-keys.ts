import 'reflect-metadata';
import { listOperatorKeys } from '@hub/audit';
import { runAsOwner } from './as-owner';

/** Platform operators' keys, oldest first: prefix, when it was made, whether it is in force, and whose it is. */
void runAsOwner('list-operator-keys', 'The keys cannot be listed', async (tx) => {
  const keys = await listOperatorKeys(tx);
  const now = new Date();
  return keys
    .map(({ prefix, name, created_at: createdAt, expires_at: expiresAt, revoked_at: revokedAt }) => {
      const isOver = expiresAt !== null && expiresAt <= now;
      const state = revokedAt !== null ? `revoked ${revokedAt.toISOString()}` : isOver ? 'expired' : 'in force';
      return [prefix, createdAt.toISOString(), state, name].join('\t') + '\n';
    })
    .join('');
});
