import { ActionIcon, Button, Group, Menu, Stack, Text, TextInput } from '@mantine/core';
import { deleteSavedFilter, saveFilter, updateSavedFilter, type SavedFilter } from '@hub/api-client';
import { IconBookmark, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../components/dialog';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { membersOf, type QueryMembers } from '../../lib/search-params';
import { useSession } from '../../lib/session';
import { text } from '../../text';
import { isSame } from './filter-members';
import { savedFiltersQuery, type FilteredView } from './saved-filters.queries';

const words = text.savedFilters;

export interface SavedFiltersProps {
  readonly view: FilteredView;
  /** As the address has them. */
  readonly filters: QueryMembers;
  /** Leads to the view's address with these. */
  readonly onApply: (filters: Readonly<Record<string, string>>) => void;
}

/** The reader's own names for views of this list: applying one leads to its address, like a link. */
export function SavedFilters({ view, filters, onApply }: SavedFiltersProps) {
  const { acting_as_operator: visit } = useSession();
  const [named, setNamed] = useState<SavedFilter | 'new' | null>(null);
  const saved = useQuery({ ...savedFiltersQuery(view), enabled: visit === null });
  // Who is here on a visit leaves nothing behind.
  if (visit !== null) return null;
  const now = membersOf(filters);
  const all = saved.data?.data ?? [];
  const current = all.find(({ query }) => isSame(query, now));
  return (
    <>
      <Menu position="bottom-start" width={280} withinPortal>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={15} />} maw={220}>
            {current === undefined ? words.title : current.name}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {all.map((filter) => (
            <Menu.Item
              key={filter.id}
              aria-current={filter === current || undefined}
              onClick={() => onApply(filter.query)}
            >
              {filter.name}
            </Menu.Item>
          ))}
          {all.length === 0 && <Menu.Label>{words.none}</Menu.Label>}
          <Menu.Divider />
          {current === undefined ? (
            <Menu.Item
              leftSection={<IconBookmark size={15} />}
              disabled={Object.keys(now).length === 0}
              onClick={() => setNamed('new')}
            >
              {words.save}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setNamed(current)}>
              {words.change}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {named !== null && <NameDialog view={view} filter={named} query={now} onClose={() => setNamed(null)} />}
    </>
  );
}

interface NameDialogProps {
  readonly view: FilteredView;
  readonly filter: SavedFilter | 'new';
  readonly query: Record<string, string>;
  readonly onClose: () => void;
}

/** Gives a name, another name, or takes the saved filter away. */
function NameDialog({ view, filter, query, onClose }: NameDialogProps) {
  const known = filter === 'new' ? null : filter;
  const [name, setName] = useState(known?.name ?? '');
  const client = useQueryClient();
  const onSuccess = async (): Promise<void> => {
    await client.invalidateQueries(savedFiltersQuery(view));
    onClose();
  };
  const keep = useMutation({
    mutationFn: () =>
      known === null
        ? answerOf(saveFilter({ body: { view, name: name.trim(), query } }))
        : answerOf(updateSavedFilter({ path: { id: known.id }, body: { name: name.trim() } })),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (id: string) => answerOf(deleteSavedFilter({ path: { id } })),
    onSuccess,
  });
  const failure = keep.error ?? remove.error;
  return (
    <Dialog opened onClose={onClose} title={known === null ? words.save : words.change}>
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') keep.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label={words.name}
            data-autofocus
            required
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Text size="sm" c="dimmed">
            {words.hint}
          </Text>
          {failure !== null && <ProblemAlert error={failure} />}
          <Group justify="space-between">
            {known === null ? (
              <span />
            ) : (
              <ActionIcon
                variant="default"
                size="lg"
                aria-label={words.remove}
                loading={remove.isPending}
                onClick={() => remove.mutate(known.id)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
            <Button type="submit" loading={keep.isPending} disabled={name.trim() === ''}>
              {text.common.save}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Dialog>
  );
}
