import { join } from 'node:path';
import { LineSplitter } from '../process/line-splitter';
import { LogFile } from '../process/log-file';
import { NoticeFilter, NoticeScanner } from '../process/log-notices';
import { type Terminal } from '../terminal/terminal';

export interface ChildOutput {
  readonly log: LogFile;
  onStdout(chunk: Buffer): void;
  onStderr(chunk: Buffer): void;
  /** For services that report line by line. */
  onLine(line: string): void;
}

export interface OutputOptions {
  readonly terminal: Terminal;
  readonly logs: string;
  /** Everything goes to the terminal, not warnings alone. */
  readonly verbose: boolean;
}

/** Where a child's words go: all of them to its log file, what a person should see to the terminal. */
export function createOutput(name: string, { terminal, logs, verbose }: OutputOptions): ChildOutput {
  const log = new LogFile(join(logs, `${name}.log`));
  const filter = new NoticeFilter();
  const tell = (line: string): void => {
    const shown = filter.pass(line, performance.now());
    if (shown !== null) terminal.say(`[${name}] ${shown}`);
  };
  const stream = new LineSplitter((line) => terminal.say(`[${name}] ${line}`));
  const notices = new NoticeScanner(tell);
  const errors = new NoticeScanner(tell);
  return {
    log,
    onStdout: (chunk) => (verbose ? stream : notices).add(chunk),
    // Log records only: what a dying process says last is told with its end.
    onStderr: (chunk) => (verbose ? stream : errors).add(chunk),
    onLine: (line) => {
      log.write(`${line}\n`);
      if (verbose) terminal.say(`[${name}] ${line}`);
    },
  };
}
