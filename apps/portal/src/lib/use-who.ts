import { listApiKeys, listMembers, type ApiKey, type Member } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { text } from '../text';
import { answerOf } from './api';
import { wholeQuery } from './pages';
import { useMay } from './session';

export interface Doer {
  readonly type: string;
  readonly id: string;
  /** As they were called then, where that is kept: of a key a part of it, of a person the address. */
  readonly label?: string | null;
}

const words = text.common.who;

/** Who did something, by the name that people know them by. Null is the hub itself. */
export function useWho(): (by: Doer | null) => string {
  const may = useMay();
  const { data: members } = useQuery({
    ...wholeQuery<Member>(['members', 'all'], (page) => answerOf(listMembers({ query: page }))),
    enabled: may('config:read'),
  });
  const { data: keys } = useQuery({
    ...wholeQuery<ApiKey>(['api-keys', 'all'], (page) => answerOf(listApiKeys({ query: page }))),
    enabled: may('keys:write'),
  });
  return useMemo(() => {
    const people = new Map(members?.map(({ user }) => [user.id, user.name ?? user.email]));
    const programs = new Map(keys?.map(({ id, name }) => [id, name]));
    return (by) => {
      if (by === null) return words.hub;
      const { type, id, label } = by;
      const name = people.get(id) ?? programs.get(id) ?? label ?? id;
      if (type === 'api_key') return words.key(name);
      return type === 'operator' ? words.operator(label ?? null) : name;
    };
  }, [members, keys]);
}
