import fs from 'node:fs';
import { IS_LONG_FORM } from '../support/form';

const IS_UNTOLD = process.platform !== 'linux' && !IS_LONG_FORM;

/**
 * Resident memory of a process, in MiB. Linux only: elsewhere it is 0 in the short form, which runs on every system, and the
 * long one fails.
 */
export function residentMiB(pid: number): number {
  if (IS_UNTOLD) return 0;
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** Of a process and all that it has started. */
export function residentOfTreeMiB(pid: number): number {
  if (IS_UNTOLD) return 0;
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return residentMiB(pid) + children.reduce((sum, child) => sum + residentOfTreeMiB(Number(child)), 0);
}
