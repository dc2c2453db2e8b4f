import { type SalesforceClient } from './salesforce.client';
import { type KnownFields } from './salesforce.fields';
import { DEFAULT_INACTIVE_FIELDS } from './salesforce.manifest';
import { type PreparedRecord } from './salesforce.record';

/**
 * Ready-made mappings say with the field that most orgs have for it whether an account is in use. An org may have another
 * one, which the connection names, or none: then there is nothing to be said, and the rest of the record is written.
 * Costs a call only where a record has the field.
 */
export async function translateStatus(
  client: SalesforceClient,
  known: KnownFields,
  object: string,
  records: readonly PreparedRecord[],
): Promise<readonly PreparedRecord[]> {
  const usual = DEFAULT_INACTIVE_FIELDS[object];
  // A standard field is there; whoever may not see it has to know.
  if (usual?.field.endsWith('__c') !== true) return records;
  const isUsual = (name: string): boolean => name.toLowerCase() === usual.field.toLowerCase();
  if (!records.some(({ fields }) => Object.keys(fields).some(isUsual))) return records;
  const described = await known.all(client, object);
  if (!described.ok || described.value.some(({ name }) => isUsual(name))) return records;
  const own = client.settings.inactiveFieldOf(object);
  return records.map((record) => {
    const [given] = Object.entries(record.fields).filter(([name]) => isUsual(name));
    if (given === undefined) return record;
    const fields = Object.fromEntries(Object.entries(record.fields).filter(([name]) => !isUsual(name)));
    if (own === null || isUsual(own.field)) return { ...record, fields };
    const isInactive = given[1] === usual.value;
    if (isInactive) return { ...record, fields: { ...fields, [own.field]: own.value } };
    return { ...record, fields: typeof own.value === 'boolean' ? { ...fields, [own.field]: !own.value } : fields };
  });
}
