import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const FLAG = '--heap-growing-percent';

/**
 * The heap may grow by seven tenths of what is in use before it is collected; nothing bounds it, so that many large bodies at once
 * still find room. By itself V8 lets it grow while the machine has memory: to 340 MB for 60 in use. With two fifths the process
 * takes 30 MB less, and batches cost it a tenth more CPU.
 */
export function growSlowly(): void {
  // What was asked for at the start wins.
  if (process.execArgv.some((flag) => flag.startsWith(FLAG))) return;
  setFlagsFromString(`${FLAG}=70`);
}

/**
 * Frees what starting has left behind, tens of megabytes, before the first request comes. It is less than the heap may grow by, so
 * that V8 by itself would see no reason to.
 */
export function collectStart(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  collect();
}
