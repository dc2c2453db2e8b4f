import { type Logger } from '@hub/platform';

export interface Repeated {
  /** Begins no further turn and waits for the one under way. */
  stop(): Promise<void>;
}

/** One turn at a time, with a pause between the end of one and the beginning of the next. What fails is tried again then. */
export function repeat(
  what: string,
  logger: Logger,
  firstMs: number,
  pauseMs: number,
  work: () => Promise<unknown>,
): Repeated {
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  const go = (): void => {
    running = work()
      .then(
        () => undefined,
        (error: unknown) => logger.warn(`${what}: a turn failed; the next one follows`, { error }),
      )
      .then(() => wait(pauseMs));
  };
  const wait = (ms: number): void => {
    if (!stopped) timer = setTimeout(go, ms);
  };
  wait(firstMs);
  return {
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      return running;
    },
  };
}
