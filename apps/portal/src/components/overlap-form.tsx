import { Button, Stack, Text } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { DialogButtons } from './dialog-buttons';
import { Form } from './form';
import { NumberField } from './number-field';
import { ProblemAlert } from './problem-alert';

const USUAL_HOURS = 24;
const MOST_HOURS = 168;

export interface OverlapFormProps {
  readonly words: {
    readonly rotateBody: string;
    readonly overlap: string;
    readonly overlapHint: string;
    readonly rotate: string;
  };
  readonly rotation: { readonly error: Error | null; readonly isPending: boolean };
  readonly onRotate: (overlapHours: number) => void;
  /** What else there is to decide. */
  readonly children?: ReactNode;
}

/** For how long the old secret goes on beside the new one. */
export function OverlapForm({ words, rotation, onRotate, children }: OverlapFormProps) {
  const [hours, setHours] = useState(USUAL_HOURS);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onRotate(hours);
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{words.rotateBody}</Text>
        <NumberField
          label={words.overlap}
          description={words.overlapHint}
          required
          min={0}
          max={MOST_HOURS}
          allowDecimal={false}
          value={hours}
          onChange={(entered) => entered !== '' && setHours(Number(entered))}
        />
        {children}
        {rotation.error !== null && <ProblemAlert error={rotation.error} />}
        <DialogButtons>
          <Button type="submit" loading={rotation.isPending}>
            {words.rotate}
          </Button>
        </DialogButtons>
      </Stack>
    </Form>
  );
}
