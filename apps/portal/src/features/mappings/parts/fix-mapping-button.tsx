import { Button } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { mappings as wording } from '../../../text/mappings.text';

export interface FixMappingButtonProps {
  readonly mappingId: string;
  /** Of the event that failed: it becomes the sample. */
  readonly trackingId: string;
}

/** From what failed to what may be wrong with it. */
export function FixMappingButton({ mappingId, trackingId }: FixMappingButtonProps) {
  return (
    <Button
      component={Link}
      to={`/mappings/${mappingId}?event=${trackingId}`}
      size="sm"
      variant="default"
      leftSection={<IconArrowsExchange size={15} aria-hidden />}
    >
      {wording.fix}
    </Button>
  );
}
