import { listApiKeys, listMembers } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { text } from '../text';
import { answerOf } from './api';
import { useMay } from './session';

export interface Doer {
  readonly type: string;
  readonly id: string;
  /** As they were called then, where that is kept: of a key a part of it, of a person the address. */
  readonly label?: string | null;
}

const MOST = 200;
const words = text.common.who;

/** Who did something, by the name that people know them by. Null is the hub itself. */
export function useWho(): (by: Doer | null) => string {
  const may = useMay();
  const { data: members } = useQuery({
    queryKey: ['members', 'all'],
    queryFn: () => answerOf(listMembers({ query: { limit: MOST } })),
    enabled: may('config:read'),
  });
  const { data: keys } = useQuery({
    queryKey: ['api-keys', 'all'],
    queryFn: () => answerOf(listApiKeys({ query: { limit: MOST } })),
    enabled: may('keys:write'),
  });
  return useMemo(() => {
    const people = new Map(members?.data.map(({ user }) => [user.id, user.name ?? user.email]));
    const programs = new Map(keys?.data.map(({ id, name }) => [id, name]));
    return (by) => {
      if (by === null) return words.hub;
      const { type, id, label } = by;
      const name = people.get(id) ?? programs.get(id) ?? label ?? id;
      if (type === 'api_key') return words.key(name);
      return type === 'operator' ? words.operator(label ?? null) : name;
    };
  }, [members, keys]);
}
