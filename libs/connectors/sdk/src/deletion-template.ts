import { type CanonicalType } from './canonical/canonical.types';
import { type MappingTemplate } from './mapping-template';

export interface Deletion {
  /** The connector's id, by which `$link` knows its records. */
  readonly connector: string;
  /** Its name, for people. */
  readonly system: string;
  readonly type: CanonicalType;
  /** Member of the payload that takes the record's id. */
  readonly idMember: string;
  /** What `.deactivate` makes of the record: `inactive`, `void`. */
  readonly state: string;
}

/**
 * The ready-made mapping for records that are deleted at their source. Nothing becomes of them in the other system unless a
 * tenant applies it: one that was never delivered is skipped.
 */
export function deletionTemplate({ connector, system, type, idMember, state }: Deletion): MappingTemplate {
  return {
    id: `${connector}.${type}-deleted.outbound`,
    version: 1,
    title: `Deleted ${type}: made ${state} in ${system}`,
    description: `Deleted at the source, the ${type} is made ${state} in ${system}.`,
    direction: 'outbound',
    canonicalType: type,
    operation: `${type}.deactivate`,
    expression: `(
  $id := $link("${type}", canonical.id, "${connector}");
  $exists($id) ? {"${idMember}": $id} : $skip("${system} has no such ${type}.")
)`,
    goldenCases: [
      {
        name: 'the one that is linked',
        input: { change: 'deleted', canonical: { id: 'A1', status: 'deleted' } },
        links: [{ type, id: 'A1', system: connector, found: '58' }],
        output: { [idMember]: '58' },
      },
    ],
  };
}
