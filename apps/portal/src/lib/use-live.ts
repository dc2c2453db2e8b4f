import { useDocumentVisibility } from '@mantine/hooks';
import { useEffect, useEffectEvent, useState } from 'react';
import { openStream } from './api';
import { ApiProblem } from './problem';
import { type QueryMembers } from './search-params';
import { readServerSent, type ServerSent } from './server-sent';

/** `paused`: nobody is looking. `refused`: it will not come back by itself. */
export type LiveState = 'off' | 'connecting' | 'live' | 'interrupted' | 'paused' | 'refused';

export interface Live {
  readonly state: LiveState;
  /** Why it was refused. */
  readonly problem: ApiProblem | null;
}

export interface LiveOptions {
  readonly isOn: boolean;
  /** Of the API. */
  readonly path: string;
  readonly query: QueryMembers;
  /** Called with what came together. */
  readonly onMessages: (messages: readonly ServerSent[]) => void;
}

const [SOONEST_MS, LATEST_MS] = [1_000, 30_000];

/** Follows a stream while it is on and the tab is in sight, goes on where it was, and says how that is going. */
export function useLive({ isOn, path, query, onMessages }: LiveOptions): Live {
  const isVisible = useDocumentVisibility() !== 'hidden';
  const [live, setLive] = useState<Live>({ state: 'connecting', problem: null });
  const tell = useEffectEvent(onMessages);
  const asked = JSON.stringify(query);
  const [position] = useState<{ asked: string; id: string | null }>({ asked, id: null });
  useEffect(() => {
    if (!isOn || !isVisible) return;
    const leaving = new AbortController();
    const go = (state: LiveState, problem: ApiProblem | null = null): void => {
      if (!leaving.signal.aborted) setLive({ state, problem });
    };
    const follow = async (): Promise<void> => {
      // Another question has no place of its own to go on from.
      const from = position.asked === asked ? position.id : null;
      const body = await openStream(path, JSON.parse(asked) as QueryMembers, from, leaving.signal);
      for await (const messages of readServerSent(body)) {
        if (leaving.signal.aborted) return;
        go('live');
        tell(messages.filter(({ data }) => data !== null));
        Object.assign(position, { asked, id: messages.findLast(({ id }) => id !== null)?.id ?? position.id });
      }
    };
    void (async () => {
      go('connecting');
      for (let wait = SOONEST_MS; !leaving.signal.aborted; wait = Math.min(wait * 2, LATEST_MS)) {
        const startedAt = Date.now();
        const problem = await follow().then(
          () => null,
          (error: unknown) => (error instanceof ApiProblem ? error : null),
        );
        if (problem !== null && isFinal(problem)) return go('refused', problem);
        go('interrupted');
        // Whoever was on for a while lost the line by accident.
        if (Date.now() - startedAt > LATEST_MS) wait = SOONEST_MS;
        await pause(wait * (0.75 + Math.random() / 2), leaving.signal);
      }
    })();
    return () => leaving.abort();
  }, [isOn, isVisible, path, asked, position]);
  if (!isOn) return { state: 'off', problem: null };
  return isVisible ? live : { state: 'paused', problem: null };
}

function isFinal({ status }: ApiProblem): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
