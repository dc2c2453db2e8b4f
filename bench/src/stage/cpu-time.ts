import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second on every Linux that Node.js runs on. */
const TICKS = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly seconds: number;
}

/** CPU seconds of a process and its children, `null` where there is no /proc. */
export function cpuSeconds(pid: number): number | null {
  const processes = allProcesses();
  if (processes === null || !processes.has(pid)) return null;
  return familyOf(processes, pid).reduce((sum, id) => sum + (processes.get(id)?.seconds ?? 0), 0);
}

/** A process and all below it, itself first and the rest in the order of their ids; empty where there is no /proc. */
export function family(pid: number): number[] {
  const processes = allProcesses();
  return processes === null || !processes.has(pid) ? [] : familyOf(processes, pid);
}

function familyOf(processes: ReadonlyMap<number, ProcessTimes>, pid: number): number[] {
  const below = [...processes.keys()].filter((id) => id !== pid && isBelow(processes, id, pid));
  return [pid, ...below.sort((a, b) => a - b)];
}

function allProcesses(): Map<number, ProcessTimes> | null {
  const processes = new Map<number, ProcessTimes>();
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const times = timesOf(Number(name));
      if (times !== null) processes.set(Number(name), times);
    }
  } catch {
    return null;
  }
  return processes;
}

function isBelow(processes: ReadonlyMap<number, ProcessTimes>, pid: number, ancestor: number): boolean {
  for (let at = processes.get(pid)?.parent; at !== undefined && at > 1; at = processes.get(at)?.parent)
    if (at === ancestor) return true;
  return false;
}

function timesOf(pid: number): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold spaces; what follows it does not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
  } catch {
    return null;
  }
}
