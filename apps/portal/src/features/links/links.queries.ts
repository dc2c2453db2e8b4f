import { getLink, listLinks, type Link } from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery } from '../../lib/pages';

export interface LinkFilters {
  readonly record_id?: string;
  readonly connection_id?: string;
  readonly type?: string;
  readonly deleted?: 'true' | 'false';
}

export const linksQuery = (filters: LinkFilters) =>
  listQuery<Link>(['links', filters], (cursor) => answerOf(listLinks({ query: { ...filters, limit: 100, cursor } })));

export const linkQuery = (id: string) =>
  queryOptions({ queryKey: ['link', id], queryFn: () => answerOf(getLink({ path: { id } })) });
