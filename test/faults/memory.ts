import fs from 'node:fs';

/** Resident memory of a process, in MiB. Linux only. */
export function residentMiB(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** Of a process and all that it has started. */
export function residentOfTreeMiB(pid: number): number {
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return residentMiB(pid) + children.reduce((sum, child) => sum + residentOfTreeMiB(Number(child)), 0);
}
