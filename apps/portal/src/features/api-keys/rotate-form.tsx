import { Radio, Stack } from '@mantine/core';
import { rotateApiKey, type ApiKey } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { OverlapForm } from '../../components/overlap-form';
import { SecretOnce } from '../../components/secret-once';
import { answerOf } from '../../lib/api';
import { hubNow } from '../../lib/hub-clock';
import { localDay } from '../../lib/time';
import { govern } from '../../text/govern.text';

const words = govern.keys;
const HOUR_SECONDS = 3_600;

/** What the list of keys is kept under. */
export const KEYS = ['api-keys'];

/** A new key in the place of one, which goes on for as long as programs need to change over. */
export function RotateForm({ row }: { readonly row: ApiKey }) {
  const [again] = useState(() => endAgain(row));
  // Who rotates a key that is about to end wants one that does not end with it.
  const [endsAt, setEndsAt] = useState(again);
  const client = useQueryClient();
  const rotate = useMutation({
    mutationFn: (hours: number) =>
      answerOf(
        rotateApiKey({
          path: { id: row.id },
          body: { overlap_seconds: hours * HOUR_SECONDS, ...(endsAt === null ? {} : { expires_at: endsAt }) },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: KEYS }),
  });
  if (rotate.data !== undefined) {
    // Null only in the answer to a repeat, and this form does not repeat.
    return <SecretOnce title={rotate.data.name} hint={words.shown} value={rotate.data.key ?? ''} />;
  }
  return (
    <OverlapForm words={words} rotation={rotate} onRotate={rotate.mutate}>
      {again !== null && row.expires_at !== null && (
        <Radio.Group label={words.newEnds} value={endsAt} onChange={setEndsAt}>
          <Stack gap={6} mt={6}>
            <Radio value={again} label={words.endsAgain(localDay(again))} />
            <Radio value={row.expires_at} label={words.endsWithOld(localDay(row.expires_at))} />
          </Stack>
        </Radio.Group>
      )}
    </OverlapForm>
  );
}

/** As long after now, by the hub's clock, as the key's own end was after its making. Null for one without an end. */
function endAgain({ created_at: createdAt, expires_at: expiresAt }: ApiKey): string | null {
  if (expiresAt === null) return null;
  return new Date(hubNow() + Date.parse(expiresAt) - Date.parse(createdAt)).toISOString();
}
