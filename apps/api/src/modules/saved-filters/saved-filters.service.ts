import { Inject, Injectable } from '@nestjs/common';
import { err, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import {
  deleteSavedFilter,
  insertSavedFilter,
  listSavedFilters,
  MOST_SAVED_FILTERS,
  TenantDb,
  updateSavedFilter,
  type FilteredView,
  type KeyIdentity,
  type SavedFilterRow,
} from '@hub/tenancy';
import { pathId } from '../../http/validation';
import {
  type SavedFilterResponse,
  type SaveFilterRequest,
  type UpdateSavedFilterRequest,
} from './dto/saved-filter.dto';

const NOT_A_MEMBER = problem(
  'forbidden',
  'members_only',
  'Filters are saved for the people of a company, not for keys.',
);
const NAME_TAKEN = problem('conflict', 'name_taken', 'You have a saved filter of this name already.');
const TOO_MANY = problem(
  'unprocessable',
  'too_many_saved_filters',
  `You have saved ${MOST_SAVED_FILTERS} filters for this view: delete one of them first.`,
);

/** Named views of lists. Each person has their own, and sees nobody else's. */
@Injectable()
export class SavedFiltersService {
  constructor(@Inject(TenantDb) private readonly tenants: TenantDb) {}

  async list({ tenantId, person }: KeyIdentity, view: FilteredView | undefined): Promise<SavedFilterResponse[]> {
    if (person === undefined) return [];
    const rows = await this.tenants.run(tenantId, (tx) => listSavedFilters(tx, person.id, view ?? null));
    return rows.map(toResponse);
  }

  async save(
    { tenantId, person }: KeyIdentity,
    request: SaveFilterRequest,
  ): Promise<Result<SavedFilterResponse, Problem>> {
    // Who runs the hub and is here on a visit has no membership that they could belong to.
    if (person === undefined || person.isOperator) return err(NOT_A_MEMBER);
    const saved = await this.tenants.run(tenantId, (tx) => insertSavedFilter(tx, person.id, request));
    if (saved.ok) return ok(toResponse(saved.value));
    return err(saved.error === 'name_taken' ? NAME_TAKEN : TOO_MANY);
  }

  async update(
    { tenantId, person }: KeyIdentity,
    id: string,
    change: UpdateSavedFilterRequest,
  ): Promise<Result<SavedFilterResponse, Problem>> {
    const uuid = pathId('savedFilter', id);
    if (person === undefined) return err(notFound('saved filter'));
    const saved = await this.tenants.run(tenantId, (tx) => updateSavedFilter(tx, person.id, uuid, change));
    if (saved.ok) return ok(toResponse(saved.value));
    return err(saved.error === 'name_taken' ? NAME_TAKEN : notFound('saved filter'));
  }

  async remove({ tenantId, person }: KeyIdentity, id: string): Promise<Result<void, Problem>> {
    const uuid = pathId('savedFilter', id);
    if (person === undefined) return err(notFound('saved filter'));
    const isGone = await this.tenants.run(tenantId, (tx) => deleteSavedFilter(tx, person.id, uuid));
    return isGone ? ok(undefined) : err(notFound('saved filter'));
  }
}

function toResponse({ id, view, name, query, created_at: createdAt }: SavedFilterRow): SavedFilterResponse {
  return { id: toPublicId('savedFilter', id), view, name, query, created_at: createdAt.toISOString() };
}
