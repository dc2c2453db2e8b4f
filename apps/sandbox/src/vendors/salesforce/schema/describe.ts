import { type OrgSchema, type SchemaObject } from './org-schema';
import { type FieldDef } from './schema.types';

const SOAP_TYPES: Readonly<Record<FieldDef['type'], string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  string: 'xsd:string',
  email: 'xsd:string',
  phone: 'xsd:string',
  url: 'xsd:string',
  textarea: 'xsd:string',
  picklist: 'xsd:string',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  address: 'urn:address',
};

function describeField(field: FieldDef): object {
  const isNumber = ['double', 'currency', 'percent'].includes(field.type);
  return {
    aggregatable: field.filterable,
    autoNumber: field.autoNumber,
    byteLength: field.length * 3,
    calculated: field.calculated,
    calculatedFormula: null,
    cascadeDelete: field.cascadeDelete,
    caseSensitive: field.caseSensitive,
    compoundFieldName: field.compoundFieldName,
    createable: field.createable,
    custom: field.name.endsWith('__c'),
    defaultValue: field.defaultValue,
    defaultedOnCreate: field.defaultedOnCreate,
    dependentPicklist: false,
    deprecatedAndHidden: false,
    digits: field.type === 'int' ? field.precision : 0,
    encrypted: false,
    externalId: field.externalId,
    filterable: field.filterable,
    groupable: field.filterable,
    htmlFormatted: false,
    idLookup: field.idLookup,
    inlineHelpText: null,
    label: field.label,
    length: field.length,
    name: field.name,
    nameField: field.nameField,
    nillable: field.nillable,
    permissionable: field.nillable && !field.nameField,
    picklistValues: field.picklist.map(({ value, isDefault }) => ({
      active: true,
      defaultValue: isDefault,
      label: value,
      validFor: null,
      value,
    })),
    polymorphicForeignKey: false,
    precision: isNumber ? field.precision : 0,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    relationshipOrder: null,
    restrictedPicklist: field.restrictedPicklist,
    scale: isNumber ? field.scale : 0,
    soapType: SOAP_TYPES[field.type],
    sortable: field.sortable,
    type: field.type,
    unique: field.unique,
    updateable: field.updateable,
  };
}

/** An entry of the global describe; the full describe starts with the same members. */
export function describeSummary(object: SchemaObject, base: string): object {
  const root = `${base}/sobjects/${object.name}`;
  return {
    activateable: false,
    createable: object.createable,
    custom: object.custom,
    customSetting: false,
    deletable: object.deletable,
    deprecatedAndHidden: false,
    keyPrefix: object.keyPrefix,
    label: object.label,
    labelPlural: object.labelPlural,
    layoutable: true,
    mergeable: object.byName.has('masterrecordid'),
    name: object.name,
    queryable: true,
    replicateable: true,
    retrieveable: true,
    searchable: false,
    triggerable: true,
    undeletable: object.deletable,
    updateable: object.updateable,
    urls: {
      sobject: root,
      describe: `${root}/describe`,
      rowTemplate: `${root}/{ID}`,
    },
  };
}

export function describeObject(schema: OrgSchema, object: SchemaObject, base: string): object {
  return {
    ...describeSummary(object, base),
    childRelationships: schema.childrenOf(object.name).map(({ object: child, field }) => ({
      cascadeDelete: field.cascadeDelete,
      childSObject: child.name,
      deprecatedAndHidden: false,
      field: field.name,
      relationshipName: child.childRelationshipName[field.name] ?? null,
      restrictedDelete: false,
    })),
    fields: object.fields.map(describeField),
    recordTypeInfos: [
      {
        active: true,
        available: true,
        defaultRecordTypeMapping: true,
        developerName: 'Master',
        master: true,
        name: 'Master',
        recordTypeId: '012000000000000AAA',
        urls: {},
      },
    ],
  };
}
