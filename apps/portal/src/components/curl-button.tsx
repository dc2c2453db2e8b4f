import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconTerminal2 } from '@tabler/icons-react';
import { curlOf, urlWith } from '../lib/curl';
import { type QueryMembers } from '../lib/search-params';
import { text } from '../text';

export interface CurlButtonProps {
  /** Of the API, from the root on. */
  readonly url: string;
  readonly query: QueryMembers;
}

/** Copies the request behind what is shown, for a shell. */
export function CurlButton({ url, query }: CurlButtonProps) {
  const command = curlOf({ method: 'GET', url: urlWith(`${window.location.origin}${url}`, query) });
  return (
    <CopyButton value={command} timeout={1_500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? text.common.copied : text.common.copyCurl}>
          <ActionIcon
            variant="default"
            size={36}
            color={copied ? 'teal' : 'gray'}
            aria-label={copied ? text.common.copied : text.common.copyCurl}
            onClick={copy}
          >
            {copied ? <IconCheck size={16} /> : <IconTerminal2 size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
