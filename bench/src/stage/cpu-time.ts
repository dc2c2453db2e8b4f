import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second on every Linux that Node.js runs on. */
const TICKS = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly seconds: number;
}

/** CPU seconds of a process and its children, `null` where there is no /proc. */
export function cpuSeconds(pid: number): number | null {
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
  if (!processes.has(pid)) return null;
  let sum = 0;
  for (const [id, times] of processes) if (id === pid || isBelow(processes, id, pid)) sum += times.seconds;
  return sum;
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
