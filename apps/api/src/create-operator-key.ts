import 'reflect-metadata';
import { z } from 'zod';
import { addOperatorKey } from '@hub/audit';
import { issueKey } from '@hub/tenancy';
import { runAsOwner } from './as-owner';

const PROGRAM = 'create-operator-key';
const nameSchema = z.string().trim().min(1).max(100);

/** Makes a key for a platform operator and prints it, once: only its hash is stored. `create-operator-key <name>`. */
void runAsOwner(PROGRAM, 'No key was made', async (tx) => {
  const name = nameSchema.safeParse(process.argv[2]);
  if (!name.success) throw new Error(`usage: ${PROGRAM} <name of the person or program>`);
  const { key, prefix, hash } = issueKey('op');
  if (!(await addOperatorKey(tx, { prefix, hash, name: name.data }, PROGRAM)))
    throw new Error('its prefix is taken, which is bad luck: try again');
  return `${key}\n`;
});
