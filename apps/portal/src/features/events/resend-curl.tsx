import { Button, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconTerminal2 } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { fetchText } from '../../lib/api';
import { curlOf } from '../../lib/curl';
import { text } from '../../text';
import { events as eventsText } from '../../text/events.text';
import { sameEvent } from './same-event';

/** Copies the command that sends this very event again. */
export function ResendCurl({ trackingId }: { readonly trackingId: string }) {
  const clipboard = useClipboard({ timeout: 1_500 });
  const copy = useMutation({
    mutationFn: async () => {
      const body = sameEvent(await fetchText(`/v1/events/${trackingId}?include=payload`));
      if (body !== null) clipboard.copy(curlOf({ method: 'POST', url: `${window.location.origin}/v1/events`, body }));
    },
  });
  return (
    <Tooltip label={copy.error?.message ?? eventsText.detail.curlHint} multiline maw={320}>
      <Button
        variant="default"
        size="sm"
        loading={copy.isPending}
        leftSection={clipboard.copied ? <IconCheck size={15} /> : <IconTerminal2 size={15} />}
        onClick={() => copy.mutate()}
      >
        {clipboard.copied ? text.common.copied : text.common.copyCurl}
      </Button>
    </Tooltip>
  );
}
