import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LocalServiceError } from '@hub/local-services';
import { openDataFolder } from './data-folder/data-folder';
import { lockDataFolder } from './data-folder/launcher-lock';
import { Hub, type ServiceName } from './hub';
import { LauncherError } from './launcher-error';
import { watchNpm } from './process/parent-watch';
import { assertPortsFree } from './services/ports';
import { readLauncherSettings, type LauncherSettings } from './settings/launcher-settings';
import { type SupervisorEvent } from './supervisor/supervisor';
import { seconds, Terminal } from './terminal/terminal';
import { welcome } from './terminal/welcome';

const EXIT = { done: 0, failed: 1, usage: 64, settings: 78, forced: 130 } as const;
/** How long the children of a killed launcher may take to end. */
const AFTERMATH_MS = 20_000;
/** One Ctrl-C may come twice: from the terminal, and again from npm, which hands on what it gets itself. */
const SAME_WISH_MS = 500;
/** `dist/`, seen from `dist/apps/launcher/src`. */
const DIST_FOLDER = resolve(__dirname, '..', '..', '..');

const terminal = new Terminal(process.stdout, process.stdout.isTTY);

async function main(): Promise<number> {
  const flags = readFlags();
  if (flags === null) return EXIT.usage;
  const settings = readLauncherSettings(process.cwd());
  if (!settings.ok) {
    terminal.say(
      `The hub cannot start, settings are wrong:\n${settings.error.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    return EXIT.settings;
  }
  const folder = await openDataFolder(settings.value.dataFolder);
  const lock = await lockDataFolder(folder.path);
  try {
    await assertPortsFree(settings.value.ports, lock.wasAbandoned ? AFTERMATH_MS : 0);
    const hub = new Hub({
      settings: settings.value,
      folder,
      terminal,
      verbose: flags.verbose,
      distFolder: DIST_FOLDER,
      onEvent: (event) => terminal.say(tell(event, folder.logs)),
    });
    return await runUntilStopped(hub, settings.value);
  } finally {
    await lock.release();
  }
}

function readFlags(): { verbose: boolean } | null {
  try {
    const { values } = parseArgs({ options: { verbose: { type: 'boolean', short: 'v', default: false } } });
    return { verbose: values.verbose };
  } catch {
    terminal.say(
      'Usage: npm start [-- --verbose]\n\n  --verbose, -v   show everything that the processes log, not warnings alone',
    );
    return null;
  }
}

/** Runs until somebody asks for the end, or until it cannot go on. */
async function runUntilStopped(hub: Hub, settings: LauncherSettings): Promise<number> {
  // A wish to stop may come at any time, also while things are still coming up.
  const asked = new Promise<'asked'>((ask) => onSignals(hub, () => ask('asked')));
  // Child processes and services do not keep this process alive by themselves.
  const heartbeat = setInterval(() => undefined, 60_000);
  const startedAt = performance.now();
  try {
    const starting = hub.start();
    starting.catch(() => undefined);
    const ready = await Promise.race([starting, asked]);
    if (ready === 'asked') return EXIT.done;
    terminal.say(welcome({ ...ready, dataFolder: settings.shownDataFolder, afterMs: performance.now() - startedAt }));
    const end = await Promise.race([asked, hub.defeated]);
    if (end === 'asked') return EXIT.done;
    terminal.say(explain(end));
    return EXIT.failed;
  } catch (error) {
    terminal.say(explain(error));
    return EXIT.failed;
  } finally {
    await terminal.step(
      'stopping',
      () => hub.stop(),
      () => 'stopped',
    );
    clearInterval(heartbeat);
  }
}

/** Once: an orderly stop. Twice: at once. A closed terminal counts as a wish to stop. */
function onSignals(hub: Hub, onFirst: () => void): void {
  let firstAt: number | null = null;
  const onSignal = (reason: string): void => {
    if (firstAt === null) {
      firstAt = performance.now();
      terminal.say(`\nStopping (${reason}); once more to stop at once.`);
      onFirst();
      return;
    }
    if (performance.now() - firstAt < SAME_WISH_MS) return;
    terminal.say('Stopping at once.');
    hub.kill();
    process.exit(EXIT.forced);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => onSignal(signal));
  watchNpm(() => {
    // After a signal to the whole group npm is gone too, which is no second wish.
    if (firstAt === null) onSignal('npm has ended');
  });
}

/** The reason and the cure; a stack only where neither is known. */
function explain(error: unknown): string {
  if (error instanceof LauncherError || error instanceof LocalServiceError) {
    return `\nThe hub cannot go on: ${error.message}\n${error.cure}\n`;
  }
  return `\nThe hub cannot go on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
}

function tell(event: SupervisorEvent<ServiceName>, logs: string): string {
  switch (event.kind) {
    case 'crashed': {
      const lines = event.lines.slice(-12).map((line) => `    ${line}`);
      const next =
        event.restartInMs === null ? 'too often by now' : `starting it again in ${event.restartInMs / 1000} s`;
      return [`! ${event.name} ${event.how}; ${next}. Log: ${join(logs, `${event.name}.log`)}`, ...lines].join('\n');
    }
    case 'restarted':
      return `✓ ${event.name} runs again (process ${event.pid}), ${seconds(event.afterMs)} after it ended`;
    case 'restart_failed':
      return `! ${event.name} did not start: ${event.reason}${event.restartInMs === null ? '' : `; again in ${event.restartInMs / 1000} s`}`;
    case 'stop_failed':
      return `! ${event.name} did not stop: ${event.reason}`;
  }
}

main().then(
  // Everything was ended in order by now; an idle connection must not hold the terminal.
  (code) => process.exit(code),
  (error: unknown) => {
    terminal.say(explain(error));
    process.exit(EXIT.failed);
  },
);
