import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { systemCode } from '../errors/local-service.error';
import { runCommand } from './run-command';

export interface ProcessFacts {
  /** File name of the program, at most 15 characters on Linux. */
  readonly command: string;
  /** Tells a process from a later one with the same number. */
  readonly startToken: string;
  /** Current folder; null where the system does not tell. */
  readonly folder: string | null;
}

async function inspectOnLinux(pid: number): Promise<ProcessFacts | null> {
  const [stat, boot, folder] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink(`/proc/${pid}/cwd`).catch(() => null),
  ]);
  if (stat === null) return null;
  // `pid (name) state …`: the name may itself hold spaces and brackets, so the last bracket counts.
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  const state = fields[0];
  if (state === 'Z' || state === 'X') return null;
  const startTime = fields[19] ?? '';
  return { command: stat.slice(stat.indexOf('(') + 1, nameEnd), startToken: `${boot.trim()}:${startTime}`, folder };
}

async function inspectWithPs(pid: number): Promise<ProcessFacts | null> {
  const listed = await runCommand({ file: 'ps', args: ['-o', 'stat=,lstart=,comm=', '-p', String(pid)] });
  if (!listed.ok) return null;
  const [state = '', weekday, month, day, time, year, ...command] = listed.output.trim().split(/\s+/);
  if (state === '' || state.startsWith('Z')) return null;
  return {
    command: basename(command.join(' ')),
    startToken: [weekday, month, day, time, year].join(' '),
    folder: null,
  };
}

/**
 * What runs under `pid`; null when nothing does.
 * A zombie counts as nothing: under a container's init that never reaps, `kill(pid, 0)` would call it alive forever.
 */
export async function inspectProcess(pid: number): Promise<ProcessFacts | null> {
  return process.platform === 'linux' ? inspectOnLinux(pid) : inspectWithPs(pid);
}

/** Whether the number is taken in the kernel's table, zombies included. */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
