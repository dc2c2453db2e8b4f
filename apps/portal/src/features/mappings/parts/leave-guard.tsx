import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { mappings as wording } from '../../../text/mappings.text';

const words = wording.editor.leave;

/** Asks before what is written is lost: by another page, another version or a closed window. */
export function LeaveGuard({ isDirty }: { readonly isDirty: boolean }) {
  const { proceed, reset, status } = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isDirty && (current.pathname !== next.pathname || versionOf(current.search) !== versionOf(next.search)),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  return (
    <Modal opened={status === 'blocked'} onClose={() => reset?.()} title={words.title}>
      <Stack gap="md">
        <Text size="sm">{words.body}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => reset?.()}>
            {words.stay}
          </Button>
          <Button color="red" onClick={() => proceed?.()}>
            {words.go}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function versionOf(search: object): unknown {
  return 'version' in search ? search.version : undefined;
}
