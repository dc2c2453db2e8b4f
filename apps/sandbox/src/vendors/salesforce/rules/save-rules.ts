import { type FieldValue, type FieldValues } from '../data/field-values';
import { printRecord } from '../data/record-reader';
import { textOf, type StoredRecord } from '../data/record-store';
import { type ApiContext } from '../salesforce.context';
import { reject, Rejection, type SfErrorItem } from '../salesforce.errors';
import { Decimal } from '../salesforce.json';
import { type SchemaObject } from '../schema/org-schema';
import { conditionTest } from '../soql/soql-engine';
import { type Automation, type DuplicateRule } from './org-rules';

/** A record on its way into the database, after the vendor's own checks and before anything of it is stored. */
export interface Save {
  readonly context: ApiContext;
  readonly object: SchemaObject;
  /** Absent on insert. */
  readonly before: FieldValues | undefined;
  readonly after: FieldValues;
}

/** In the vendor's order: automations before saving, validation rules, duplicate rules. */
export function applySaveRules(save: Save): void {
  runAutomations(save);
  checkValidationRules(save);
  checkDuplicateRules(save);
}

function holds({ context, object, after }: Save, when: string | undefined): boolean {
  return when === undefined || conditionTest(context, object, when)(after);
}

function runAutomations(save: Save): void {
  for (const automation of save.context.org.settings.automations) {
    if (automation.object !== save.object.name || automation.remaining === 0 || !holds(save, automation.when)) continue;
    automation.remaining--;
    fail(save, automation);
  }
}

/** An automation reports with a code of its own; the row that it could not lock shows in the words alone. */
function fail({ object, before, after }: Save, { kind, name, meets }: Automation): never {
  const row = parentOf(object, after) ?? textOf(after.Id) ?? '000000000000000AAA';
  const locked = `UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record or 1 records: ${row}: []`;
  if (kind === 'flow') {
    const cause =
      meets === 'locked_row'
        ? `This error occurred when the flow tried to update records: ${locked}`
        : 'An unhandled fault has occurred in this flow';
    reject(
      400,
      'CANNOT_EXECUTE_FLOW_TRIGGER',
      `We can't save this record because the “${name}” process failed. Give your Salesforce admin these details. ${cause}. You can look up ExceptionCode values in the SOAP API Developer Guide.`,
      [],
    );
  }
  const cause =
    meets === 'locked_row'
      ? `System.DmlException: Update failed. First exception on row 0 with id ${row}; first error: ${locked}`
      : 'System.NullPointerException: Attempt to de-reference a null object';
  reject(
    400,
    'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    `${name}: execution of Before${before ? 'Update' : 'Insert'}\n\ncaused by: ${cause}\n\nTrigger.${name}: line 7, column 1`,
    [],
  );
}

function parentOf(object: SchemaObject, after: FieldValues): string | undefined {
  const parent = object.fields.find(({ type, referenceTo }) => type === 'reference' && !referenceTo.includes('User'));
  return parent && textOf(after[parent.name]);
}

/** All that hold are told at once. */
function checkValidationRules(save: Save): void {
  const broken = save.context.org.settings.validationRules.filter(
    ({ object, when }) => object === save.object.name && holds(save, when),
  );
  if (broken.length === 0) return;
  const items = broken.map(({ message, field }): SfErrorItem => ({
    message,
    errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    fields: field === undefined ? [] : [field],
  }));
  throw new Rejection(400, items);
}

function checkDuplicateRules(save: Save): void {
  const { context, object } = save;
  for (const rule of context.org.settings.duplicateRules) {
    if (rule.object !== object.name || (rule.action === 'alert' && context.duplicateRules.allowSave)) continue;
    const found = matchesOf(rule, save);
    if (found.length > 0) throw new Rejection(400, [duplicateProblem(rule, save, found)]);
  }
}

function matchesOf({ fields }: DuplicateRule, { context, object, before, after }: Save): readonly StoredRecord[] {
  const keys = fields.map((name) => keyOf(after[name]));
  if (keys.includes(undefined)) return [];
  // A record that looked like the other one before is none that this save makes a duplicate of.
  if (before && fields.every((name) => keyOf(before[name]) === keyOf(after[name]))) return [];
  return [...context.org.store.all(object.name)].filter(
    ({ id, values, deletedAtMs }) =>
      deletedAtMs === undefined && id !== before?.Id && fields.every((name, at) => keyOf(values[name]) === keys[at]),
  );
}

function keyOf(value: FieldValue | undefined): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  return (value instanceof Decimal ? value.text : String(value)).toLowerCase();
}

/** The member's name is misspelt by the vendor. Lists of records and bulk jobs leave it out. */
function duplicateProblem(rule: DuplicateRule, { context, object }: Save, found: readonly StoredRecord[]): SfErrorItem {
  const fields = context.duplicateRules.includeRecordDetails
    ? object.fields
    : [object.fields[0]].flatMap((id) => id ?? []);
  return {
    duplicateResut: {
      allowSave: rule.action === 'alert',
      duplicateRule: rule.name,
      duplicateRuleEntityType: object.name,
      errorMessage: rule.message,
      matchResults: [
        {
          entityType: object.name,
          errors: [],
          matchEngine: 'ExactMatchEngine',
          matchRecords: found.map(({ values }) => ({
            additionalInformation: [],
            fieldDiffs: [],
            matchConfidence: 100,
            record: printRecord(context, object, values, fields),
          })),
          rule: rule.name,
          size: found.length,
          success: true,
        },
      ],
    },
    errorCode: 'DUPLICATES_DETECTED',
    message: rule.message,
  };
}
