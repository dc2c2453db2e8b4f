import { Button, Stack, Text } from '@mantine/core';
import { deleteMapping, type Mapping } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Dialog } from '../../../components/dialog';
import { DialogButtons } from '../../../components/dialog-buttons';
import { ProblemAlert } from '../../../components/problem-alert';
import { answerOf } from '../../../lib/api';
import { mappings as wording } from '../../../text/mappings.text';

const words = wording.remove;

export function DeleteMapping({ mapping, onClose }: { readonly mapping: Mapping; readonly onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => answerOf(deleteMapping({ path: { id: mapping.id } })),
    onSuccess: async () => {
      await navigate({ to: '/mappings', ignoreBlocker: true });
      client.removeQueries({ queryKey: ['mapping', mapping.id] });
      await client.invalidateQueries({ queryKey: ['mappings'] });
    },
  });
  return (
    <Dialog opened onClose={onClose} title={words.title(mapping.name)}>
      <Stack gap="md">
        <Text size="sm">{words.body}</Text>
        {remove.error !== null && <ProblemAlert error={remove.error} />}
        <DialogButtons>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {words.action}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  );
}
