import { Button, Card, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { mergeLinks, type Link as RecordLink } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ConfirmButton } from '../../components/confirm-button';
import { Listed } from '../../components/list-table';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { answerOf } from '../../lib/api';
import { useList } from '../../lib/pages';
import { links as wording } from '../../text/links.text';
import { useConnections } from '../connections/use-connections';
import { endsInWords } from './link-ends';
import { linksQuery } from './links.queries';

const route = getRouteApi('/shell/links/$linkId');
const words = wording.detail.merge;

/** Found by a record rather than by an id of the hub: the vendor's id is what people have at hand. */
export function MergeLinks({ link }: { readonly link: RecordLink }) {
  const { other } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(other ?? '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = typed.trim();
    void navigate({ search: wanted === '' ? {} : { other: wanted }, replace: true, resetScroll: false });
  };
  return (
    <Section title={words.title}>
      <Text size="sm" c="dimmed">
        {words.hint}
      </Text>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="xs">
          <TextInput
            label={words.record}
            w={{ base: '100%', xs: 280 }}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" variant="default">
            {words.search}
          </Button>
        </Group>
      </form>
      {other !== undefined && <Candidates link={link} recordId={other} />}
    </Section>
  );
}

function Candidates({ link, recordId }: { readonly link: RecordLink; readonly recordId: string }) {
  const { nameOf } = useConnections();
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const list = useList(linksQuery({ type: link.type, record_id: recordId }));
  const merge = useMutation({
    mutationFn: (otherId: string) => answerOf(mergeLinks({ path: { id: link.id }, body: { link_id: otherId } })),
    onSuccess: async (merged) => {
      client.setQueryData(['link', link.id], merged);
      await navigate({ search: {}, replace: true, resetScroll: false });
      await client.invalidateQueries({ queryKey: ['links'] });
    },
  });
  const others = list.rows.filter(({ id }) => id !== link.id);
  return (
    <Stack gap="xs">
      <Listed list={list}>
        {list.isLoading && <Skeleton height={60} />}
        {!list.isLoading && others.length === 0 && <Text size="sm">{words.none}</Text>}
      </Listed>
      {merge.error !== null && <ProblemAlert error={merge.error} />}
      {others.map((one) => (
        <Card key={one.id} withBorder radius="md" padding="sm">
          <Group justify="space-between">
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {endsInWords(one, nameOf)}
            </Text>
            <ConfirmButton
              label={words.action}
              title={words.confirm.title}
              body={words.confirm.body(one.ends.length)}
              isPending={merge.isPending}
              onConfirm={() => merge.mutate(one.id)}
            />
          </Group>
        </Card>
      ))}
    </Stack>
  );
}
