import { startNodeChild } from '../process/node-child';
import { type ManagedService } from '../supervisor/managed-service';
import { type ChildOutput } from './child-output';
import { waitUntilReady } from './readiness';

export interface ChildServiceOptions<Name extends string> {
  readonly name: Name;
  readonly script: string;
  readonly args?: readonly string[];
  readonly nodeFlags?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly readyUrl: string;
  readonly output: ChildOutput;
}

/** One of the hub's own programs, started once it answers at `readyUrl`. */
export function childService<Name extends string>(options: ChildServiceOptions<Name>): ManagedService<Name> {
  const { name, script, args, nodeFlags, env, readyUrl, output } = options;
  return {
    name,
    start: async (onSpawn) => {
      const run = await startNodeChild({
        name,
        script,
        args,
        nodeFlags,
        env,
        log: output.log,
        onStdout: output.onStdout,
        onStderr: output.onStderr,
      });
      onSpawn(run);
      await waitUntilReady(run, { name, url: readyUrl, logFile: output.log.path });
      return run;
    },
  };
}
