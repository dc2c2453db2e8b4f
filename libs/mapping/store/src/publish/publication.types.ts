import { type AuditActor } from '@hub/audit';

export const PUBLICATION_KINDS = ['created', 'published', 'rolled_back', 'found'] as const;
/** `found`: it was published before the hub kept this history, so who did it and when is not known. */
export type PublicationKind = (typeof PUBLICATION_KINDS)[number];

/** Who published. Names and addresses are in the audit log alone, where they can be erased. */
export type Publisher = Pick<AuditActor, 'type' | 'id'>;

/** One time that a version became the published one. */
export interface PublicationRow {
  number: number;
  version: number;
  kind: PublicationKind;
  /** The publication that a rollback from here returns to; null where there is none. */
  back_to: number | null;
  published_at: Date | null;
  actor_type: string | null;
  actor_id: string | null;
}

/** Whether a rollback from there leads anywhere. Of what is older than the history, the version below is the best guess. */
export function leadsBack({ back_to: backTo, kind, version }: PublicationRow): boolean {
  return backTo !== null || (kind === 'found' && version > 1);
}
