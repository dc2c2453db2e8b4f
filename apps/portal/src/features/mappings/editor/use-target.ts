import {
  getConnection,
  getConnector,
  listConnectionFields,
  listConnectionObjects,
  type Mapping,
} from '@hub/api-client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answerOf } from '../../../lib/api';
import { mappings as wording } from '../../../text/mappings.text';
import { canonicalTypesQuery, templatesQuery, usesOf, usesQuery } from '../mappings.queries';
import { type Schema } from '../model/schema-check';
import { choiceOf, keyOf, objectOf, usualChoices, type TargetChoice } from '../model/target-choices';
import { targetOfFields, targetOfSchema, type Target } from '../model/target-fields';

const words = wording.output;

export interface TargetState {
  /** What can be chosen, by key. */
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly chosen: string | null;
  readonly target: Target | null;
  /** Why there are no fields though something is chosen. */
  readonly error: Error | null;
}

/** What the mapping is to make: as asked for, or else as its use tells. */
export function useTarget(mapping: Mapping, wanted: string | undefined): TargetState {
  const { data: uses } = useQuery(usesQuery());
  const { data: templates } = useQuery(templatesQuery());
  const { data: types } = useQuery(canonicalTypesQuery());
  const usual = useMemo(() => {
    if (uses === undefined || templates === undefined) return [];
    const template = templates.find(({ id }) => id === mapping.template?.id);
    return usualChoices(usesOf(uses, mapping.id), template);
  }, [uses, templates, mapping]);
  const chosen = wanted === undefined ? (usual[0] ?? null) : choiceOf(wanted);
  const described = useQuery({
    ...describedTargetQuery(chosen?.kind === 'object' ? chosen : null),
    enabled: chosen?.kind === 'object',
  });
  const canonical = chosen?.kind === 'canonical' ? types?.find(({ type }) => type === chosen.type) : undefined;
  const target = useMemo(
    () =>
      canonical === undefined ? null : targetOfSchema(words.canonical(canonical.type), canonical.schema as Schema),
    [canonical],
  );
  const objects = usual.filter((choice) => choice.kind === 'object');
  const extra = chosen?.kind === 'object' && !objects.some((one) => keyOf(one) === keyOf(chosen)) ? [chosen] : [];
  return {
    choices: [
      ...[...objects, ...extra].map((choice) => ({ value: keyOf(choice), label: choice.operation })),
      ...(types ?? []).map(({ type }) => ({ value: `canonical:${type}`, label: words.canonical(type) })),
    ],
    chosen: chosen === null ? null : keyOf(chosen),
    target: chosen?.kind === 'object' ? (described.data ?? null) : target,
    error: chosen?.kind === 'object' ? described.error : null,
  };
}

const describedTargetQuery = (choice: Extract<TargetChoice, { kind: 'object' }> | null) =>
  queryOptions({
    queryKey: ['mapping-target', choice],
    queryFn: () => (choice === null ? null : describedTarget(choice.connectionId, choice.operation)),
    staleTime: 5 * 60_000,
    retry: false,
  });

/** Null where the system describes no such object. */
async function describedTarget(id: string, operation: string): Promise<Target | null> {
  const connection = await answerOf(getConnection({ path: { id } }));
  const connector = await answerOf(getConnector({ path: { id: connection.connector } }));
  if (!connector.capabilities.describe) return null;
  const { data: objects } = await answerOf(listConnectionObjects({ path: { id } }));
  const object = objectOf(operation, connector, objects);
  if (object === undefined) return null;
  const { data: fields } = await answerOf(listConnectionFields({ path: { id, object: object.name } }));
  return targetOfFields(words.targetOf(object.label, connection.name), fields);
}
