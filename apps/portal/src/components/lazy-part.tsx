import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { CatchBoundary } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ComponentType, type LazyExoticComponent, type ReactNode } from 'react';
import { text } from '../text';
import { ProblemAlert } from './problem-alert';

const words = text.common.part;

type Load<Props> = () => Promise<ComponentType<Props>>;

export interface LazyPart<Props> {
  (props: Props): ReactNode;
  /** Fetches it before it is needed, for what must not fail then. */
  preload(): void;
}

const Nothing = (): null => null;

/** The files of a page that was loaded before an upgrade are gone. */
class PartMissing extends Error {}

/**
 * A part of a page that is fetched when it is first shown. One that does not come leaves the rest of the page as it is, with all
 * that is entered there, and is fetched again on request; React's own `lazy` takes the page away, and never asks again.
 */
export function lazyPart<Props extends object>(
  load: Load<Props>,
  placeholder: (props: Props) => ReactNode = () => null,
  around: (alert: ReactNode, props: Props) => ReactNode = (alert) => alert,
): LazyPart<Props> {
  const begin = (): LazyExoticComponent<ComponentType<Props>> =>
    lazy(async () => {
      try {
        return { default: await load() };
      } catch (cause) {
        current = begin();
        throw new PartMissing(words.missing, { cause });
      }
    });
  let current = begin();
  function Part(props: Props): ReactNode {
    const [Loaded, setLoaded] = useState(() => current);
    const [failure, setFailure] = useState<{ readonly error: unknown } | null>(null);
    const retry = (): void => {
      setLoaded(() => current);
      setFailure(null);
    };
    if (failure !== null) return around(<Failed error={failure.error} onRetry={retry} />, props);
    return (
      <CatchBoundary getResetKey={() => 0} errorComponent={Nothing} onCatch={(error) => setFailure({ error })}>
        <Suspense fallback={placeholder(props)}>
          <Loaded {...props} />
        </Suspense>
      </CatchBoundary>
    );
  }
  return Object.assign(Part, { preload: () => void load().catch(() => undefined) });
}

/** The same for a dialog: it can be closed even where it did not come. */
export function lazyDialog<Props extends { readonly onClose: () => void }>(load: Load<Props>): LazyPart<Props> {
  return lazyPart(load, undefined, (alert, { onClose }) => (
    <Modal opened onClose={onClose} title={words.title}>
      {alert}
    </Modal>
  ));
}

function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  return (
    <Stack gap="xs">
      <ProblemAlert error={error} onRetry={onRetry} />
      {error instanceof PartMissing && (
        <Group gap="xs">
          <Text size="sm">{words.upgraded}</Text>
          <Button size="compact-sm" variant="default" onClick={() => window.location.reload()}>
            {words.reload}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
