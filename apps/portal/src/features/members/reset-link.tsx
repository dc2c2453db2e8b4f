import { Button, Stack, Text } from '@mantine/core';
import { createPasswordResetLink, type Member } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { Dialog } from '../../components/dialog';
import { DialogButtons } from '../../components/dialog-buttons';
import { ProblemAlert } from '../../components/problem-alert';
import { SecretOnce } from '../../components/secret-once';
import { answerOf } from '../../lib/api';
import { govern } from '../../text/govern.text';

const words = govern.members.reset;

/** For a member who gets no mail: a link that somebody hands over. */
export function ResetLink({ member }: { readonly member: Member }) {
  const [isOpen, modal] = useDisclosure(false);
  const make = useMutation({ mutationFn: () => answerOf(createPasswordResetLink({ path: { id: member.id } })) });
  const open = (): void => {
    make.reset();
    modal.open();
  };
  const { email } = member.user;
  return (
    <>
      <Button size="xs" variant="default" onClick={open} aria-label={words.title(email)}>
        {words.button}
      </Button>
      <Dialog opened={isOpen} onClose={modal.close} isSending={make.isPending} title={words.title(email)}>
        <Stack gap="md">
          {make.error !== null && <ProblemAlert error={make.error} />}
          {make.data === undefined ? (
            <>
              <Text size="sm">{words.body}</Text>
              <DialogButtons>
                <Button data-autofocus loading={make.isPending} onClick={() => make.mutate()}>
                  {words.make}
                </Button>
              </DialogButtons>
            </>
          ) : (
            <SecretOnce
              title={email}
              hint={words.shown}
              value={new URL(make.data.reset_url ?? '', window.location.origin).toString()}
            />
          )}
        </Stack>
      </Dialog>
    </>
  );
}
