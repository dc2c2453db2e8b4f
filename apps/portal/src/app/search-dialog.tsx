import { Alert, Kbd, NavLink, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowRight, IconSearch } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { useState, type KeyboardEvent } from 'react';
import { Dialog } from '../components/dialog';
import { useSession } from '../lib/session';
import { text } from '../text';
import { navigationFor } from './navigation';
import { destinationsOf, noteOf } from './search-destinations';

interface SearchDialogProps {
  readonly wanted: string;
  readonly onType: (wanted: string) => void;
  readonly onClose: () => void;
}

/** One box for any id, subject, type or page. */
export function SearchDialog({ wanted, onType, onClose }: SearchDialogProps) {
  const [chosen, setChosen] = useState(0);
  const session = useSession();
  const router = useRouter();
  const pages = navigationFor(session).flatMap((group) => group.pages);
  const found = destinationsOf(wanted, pages);
  const note = noteOf(wanted);
  const go = (href: string): void => {
    onClose();
    void router.navigate({ href });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setChosen((now) => Math.min(now + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setChosen((now) => Math.max(now - 1, 0));
    else if (event.key === 'Enter' && found[chosen] !== undefined) go(found[chosen].href);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog
      opened
      onClose={onClose}
      title={text.shell.searchAnything}
      size="lg"
      yOffset="12vh"
      centered={false}
      // The field has the focus once the dialog stands.
      transitionProps={{ duration: 0 }}
    >
      <Stack gap="xs">
        <TextInput
          data-autofocus
          aria-label={text.shell.searchAnything}
          leftSection={<IconSearch size={16} />}
          rightSection={<Kbd size="xs">↵</Kbd>}
          value={wanted}
          onChange={(event) => {
            onType(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        {note !== undefined && (
          <Alert role="status" variant="light">
            {note}
          </Alert>
        )}
        <div>
          {found.map((destination, index) => (
            <NavLink
              key={destination.href}
              component="button"
              label={<Text size="sm">{destination.label}</Text>}
              description={destination.hint}
              rightSection={<IconArrowRight size={14} />}
              active={index === chosen}
              onClick={() => go(destination.href)}
            />
          ))}
        </div>
      </Stack>
    </Dialog>
  );
}
