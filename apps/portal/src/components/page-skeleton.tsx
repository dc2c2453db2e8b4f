import { Skeleton, Stack } from '@mantine/core';

/**
 * The shape of a page of sections while what decides about their heights is still on its way: they then appear together, and
 * none is pushed down by another.
 */
export function PageSkeleton({ sections }: { readonly sections: readonly number[] }) {
  return (
    <Stack gap="md">
      {sections.map((height, index) => (
        <Stack key={index} gap="sm">
          <Skeleton height={24} width={180} />
          <Skeleton height={height} />
        </Stack>
      ))}
    </Stack>
  );
}
