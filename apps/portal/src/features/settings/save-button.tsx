import { Button, Group } from '@mantine/core';
import { ConfirmButton } from '../../components/confirm-button';
import { text } from '../../text';

interface SaveButtonProps {
  /** Things are kept for a shorter time than before: what is deleted by that cannot be brought back. */
  readonly isLess: boolean;
  readonly words: { readonly title: string; readonly body: string };
  readonly isPending: boolean;
  readonly isReady: boolean;
  readonly onConfirm: () => void;
}

/** For how long things are kept: submits its form, unless that has to be confirmed. */
export function SaveButton({ isLess, words, isPending, isReady, onConfirm }: SaveButtonProps) {
  return (
    <Group>
      {isLess ? (
        <ConfirmButton
          label={text.common.save}
          title={words.title}
          body={words.body}
          isPending={isPending}
          onConfirm={onConfirm}
        />
      ) : (
        <Button type="submit" loading={isPending} disabled={!isReady}>
          {text.common.save}
        </Button>
      )}
    </Group>
  );
}
