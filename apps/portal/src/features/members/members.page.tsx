import { Button, Checkbox, Select, Stack, Text, TextInput } from '@mantine/core';
import { inviteMember, listMembers, removeMember, updateMember, type Member } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { IconUsers } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ConfirmButton } from '../../components/confirm-button';
import { type Column } from '../../components/data-table';
import { Dialog } from '../../components/dialog';
import { EmptyState } from '../../components/empty-state';
import { Form } from '../../components/form';
import { ListTable } from '../../components/list-table';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { SecretOnce } from '../../components/secret-once';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { listQuery, useList } from '../../lib/pages';
import { ROLES, useMay, type Role } from '../../lib/session';
import { text } from '../../text';
import { govern } from '../../text/govern.text';
import { ResetLink } from './reset-link';

const words = govern.members;
const KEY = ['members'];
const MEMBERS = listQuery<Member>(KEY, (cursor) => answerOf(listMembers({ query: { limit: 200, cursor } })));

export function MembersPage() {
  const may = useMay();
  const [isInviting, invite] = useDisclosure(false);
  const list = useList<Member>(MEMBERS);
  const mayChange = may('members:write');
  const mayDecide = useMayDecide();
  // A row is too narrow for the reason.
  const [refused, setRefused] = useState<Error | null>(null);
  const columns = columnsOf(mayChange, ({ role }) => mayDecide(role), setRefused);
  return (
    <Page
      title={words.title}
      description={words.description}
      actions={mayChange ? <Button onClick={invite.open}>{words.invite}</Button> : undefined}
    >
      {refused !== null && <ProblemAlert error={refused} />}
      <ListTable
        list={list}
        label={words.title}
        columns={columns}
        rowKey={(row) => row.id}
        rowHeight={56}
        empty={<EmptyState icon={<IconUsers />} title={words.empty.title} hint={words.empty.hint} />}
      />
      <Dialog opened={isInviting} onClose={invite.close} title={words.inviteTitle}>
        <InviteForm />
      </Dialog>
    </Page>
  );
}

/** Whoever is no owner neither makes nor unmakes one. */
function useMayDecide(): (role: Role) => boolean {
  const may = useMay();
  return (role) => may('members:write') && (role !== 'owner' || may('tenant:own'));
}

/** @param mayDecide whether the reader may do anything about this member */
function columnsOf(
  mayChange: boolean,
  mayDecide: (member: Member) => boolean,
  onRefused: (why: Error | null) => void,
): readonly Column<Member>[] {
  return [
    {
      id: 'name',
      title: words.columns.name,
      width: 'minmax(76px, 2fr)',
      cell: ({ user }) => (
        <>
          <Text size="sm" truncate title={user.name ?? user.email}>
            {user.name ?? user.email}
          </Text>
          {user.name !== null && <small title={user.email}>{user.email}</small>}
        </>
      ),
    },
    {
      id: 'role',
      title: words.columns.role,
      width: 'minmax(114px, 0.8fr)',
      cell: (member) =>
        mayDecide(member) && member.status !== 'invited' ? (
          <RoleSelect member={member} onRefused={onRefused} />
        ) : (
          words.roles[member.role]
        ),
    },
    {
      id: 'status',
      title: words.columns.status,
      width: '100px',
      wideOnly: true,
      cell: ({ status }) => <StatusBadge status={status} />,
    },
    {
      id: 'seen',
      title: words.columns.seen,
      width: '110px',
      wideOnly: true,
      cell: (row) => <Time at={row.last_seen_at} ago size="sm" />,
    },
    ...(mayChange
      ? [
          {
            id: 'reset',
            title: words.reset.column,
            width: '140px',
            wideOnly: true,
            cell: (member: Member) =>
              member.status !== 'invited' && mayDecide(member) ? <ResetLink member={member} /> : null,
          },
          {
            id: 'remove',
            title: text.common.actions,
            width: '84px',
            alignEnd: true,
            cell: (member: Member) => (mayDecide(member) ? <Remove member={member} /> : null),
          },
        ]
      : []),
  ];
}

function useChanged(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: KEY });
}

interface RoleSelectProps {
  readonly member: Member;
  /** Null as soon as it is tried again. */
  readonly onRefused: (why: Error | null) => void;
}

function RoleSelect({ member, onRefused }: RoleSelectProps) {
  const changed = useChanged();
  const mayDecide = useMayDecide();
  const change = useMutation({
    mutationFn: (role: Role) => answerOf(updateMember({ path: { id: member.id }, body: { role } })),
    onMutate: () => onRefused(null),
    onSuccess: changed,
    onError: onRefused,
  });
  return (
    <Select
      size="xs"
      aria-label={`${words.columns.role}: ${member.user.email}`}
      data={ROLES.filter(mayDecide).map((role) => ({ value: role, label: words.roles[role] ?? role }))}
      value={member.role}
      allowDeselect={false}
      error={change.error !== null}
      onChange={(role) => role !== null && change.mutate(role)}
    />
  );
}

function Remove({ member }: { readonly member: Member }) {
  const changed = useChanged();
  const remove = useMutation({
    mutationFn: () => answerOf(removeMember({ path: { id: member.id } })),
    onSuccess: changed,
  });
  return (
    <ConfirmButton
      size="xs"
      label={words.remove}
      title={words.confirmRemove.title(member.user.email)}
      body={words.confirmRemove.body}
      isPending={remove.isPending}
      onConfirm={() => remove.mutateAsync()}
    />
  );
}

function InviteForm() {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [payloads, setPayloads] = useState(false);
  const changed = useChanged();
  const mayDecide = useMayDecide();
  const invite = useMutation({
    mutationFn: () => answerOf(inviteMember({ body: { email, role, can_read_payloads: payloads } })),
    onSuccess: changed,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    invite.mutate();
  };
  if (invite.data !== undefined) {
    const link = new URL(invite.data.invitation_url ?? '', window.location.origin).toString();
    return (
      <SecretOnce
        title={invite.data.member.user.email}
        hint={
          <>
            {words.link} {invite.data.mailed && words.mailed}
          </>
        }
        value={link}
        asks={!invite.data.mailed}
      />
    );
  }
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm">
        {invite.error !== null && <ProblemAlert error={invite.error} />}
        <TextInput
          label={words.email}
          type="email"
          required
          data-autofocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label={words.role}
          description={words.roleHints[role]}
          data={ROLES.filter(mayDecide).map((value) => ({ value, label: words.roles[value] ?? value }))}
          value={role}
          allowDeselect={false}
          onChange={(value) => value !== null && setRole(value)}
        />
        <Checkbox
          label={words.payloads}
          checked={payloads}
          onChange={(event) => setPayloads(event.currentTarget.checked)}
        />
        <Button type="submit" loading={invite.isPending}>
          {words.invite}
        </Button>
      </Stack>
    </Form>
  );
}
