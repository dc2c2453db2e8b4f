import { planCustomer } from '../operations/customer';
import { planInvoice } from '../operations/invoice';
import { type OperationContext, type Plan } from '../operations/operation.types';
import { carryOut } from '../operations/operations';
import { planPayment } from '../operations/payment';
import { isFields, type Contract, type ElementDeclaration, type Fields } from '../schema/contract.types';
import { elementFromJson } from '../schema/from-json';
import { readElement } from '../schema/validator';
import { type Change, type EntityType } from './erp-store';

const OPERATION_OF: Readonly<Record<EntityType, string>> = {
  Customer: 'UpsertCustomer',
  Invoice: 'UpsertInvoice',
  Payment: 'PostPayment',
};

/**
 * A record of plain JSON, checked as if it had come in a message.
 * @throws UnknownFieldError, SchemaViolation
 */
export function readRecord(contract: Contract, entity: EntityType, record: unknown): Fields {
  const declaration = recordDeclaration(contract, entity);
  const fields = readElement(contract.namespace, declaration, elementFromJson(contract.namespace, declaration, record));
  if (!isFields(fields)) throw new Error('a record has fields');
  return fields;
}

function recordDeclaration({ operations }: Contract, entity: EntityType): ElementDeclaration {
  const operation = operations.find(({ name }) => name === OPERATION_OF[entity]);
  const type = operation?.input.type;
  const declaration = type?.kind === 'complex' ? type.sequence.find(({ name }) => name === entity) : undefined;
  if (!declaration) throw new Error(`the contract cannot take a ${entity}`);
  return declaration;
}

/** @throws SoapFault when a rule of the system is broken */
export function planRecord({ company }: OperationContext, entity: EntityType, fields: Fields): Plan {
  switch (entity) {
    case 'Customer':
      return planCustomer(company, fields, undefined);
    case 'Invoice':
      return planInvoice(company, fields, undefined);
    case 'Payment':
      return planPayment(company, fields);
  }
}

/** Writes the records one after the other; each sees what the ones before it did. @returns their keys */
export function importRecords(
  context: OperationContext,
  contract: Contract,
  entity: EntityType,
  records: readonly unknown[],
): string[] {
  return records.map((record) => {
    const plan = planRecord(context, entity, readRecord(contract, entity, record));
    carryOut(context, plan);
    return plan.key;
  });
}

/** All the records as one transaction, which is still to be written. Only for records that do not build on each other. */
export function planAsOne(
  context: OperationContext,
  contract: Contract,
  entity: EntityType,
  records: readonly unknown[],
): { readonly keys: string[]; readonly changes: Change[] } {
  const plans = records.map((record) => planRecord(context, entity, readRecord(contract, entity, record)));
  return { keys: plans.map(({ key }) => key), changes: plans.flatMap(({ changes }) => changes) };
}
