import {
  getPlatformHealth,
  getRetentionBounds,
  getTenant,
  listOperatorAuditLog,
  listTenants,
  listTiers,
  type AuditRecord,
  type Tenant,
} from '@hub/api-client';
import { queryOptions } from '@tanstack/react-query';
import { answerOf } from '../../lib/api';
import { listQuery } from '../../lib/pages';
import { type OperatorView } from './operator.routes';

export const tenantsQuery = (filters: Pick<OperatorView, 'q' | 'status'>) =>
  listQuery<Tenant>(['operator', 'tenants', 'list', filters], (cursor) =>
    answerOf(listTenants({ query: { ...filters, limit: 200, cursor } })),
  );

export const tenantQuery = (id: string) =>
  queryOptions({ queryKey: ['operator', 'tenants', id], queryFn: () => answerOf(getTenant({ path: { id } })) });

export const boundsQuery = (id: string) =>
  queryOptions({
    queryKey: ['operator', 'bounds', id],
    queryFn: () => answerOf(getRetentionBounds({ path: { id } })),
  });

export const tiersQuery = () =>
  queryOptions({ queryKey: ['operator', 'tiers'], queryFn: () => answerOf(listTiers({})), staleTime: Infinity });

export const healthQuery = () =>
  queryOptions({
    queryKey: ['operator', 'health'],
    queryFn: () => answerOf(getPlatformHealth({})),
    refetchInterval: 5_000,
  });

export type LogFilters = Pick<OperatorView, 'q' | 'action' | 'outcome'>;

export const operatorLogQuery = (filters: LogFilters) =>
  listQuery<AuditRecord>(['operator', 'audit', filters], (cursor) =>
    answerOf(listOperatorAuditLog({ query: { ...filters, limit: 100, cursor } })),
  );
