import 'reflect-metadata';
import { revokeOperatorKey } from '@hub/audit';
import { runAsOwner } from './as-owner';

const PROGRAM = 'revoke-operator-key';

/** Ends a platform operator's key at once. `revoke-operator-key <prefix>`: the eight characters after `hub_op_`. */
void runAsOwner(PROGRAM, 'No key was revoked', async (tx) => {
  const prefix = process.argv[2]?.trim() ?? '';
  if (prefix === '') throw new Error(`usage: ${PROGRAM} <prefix of the key, as list-operator-keys shows it>`);
  if (!(await revokeOperatorKey(tx, prefix, PROGRAM))) throw new Error('no key in force has this prefix');
  return `The key ${prefix} is revoked.\n`;
});
