import type Big from 'big.js';
import { applicationsOf } from '../data/ledger';
import { type Stored } from '../data/entity-store';
import { type Company } from '../quickbooks.company';
import { business, fail } from '../quickbooks.errors';
import { ZERO, numberOf, objectsOf, refId, textOf, type ValueObject } from '../quickbooks.values';
import { type WriteContext, type Prepare } from './rules.types';
import { sum } from './tax.rules';
import { homeAmounts, prepareTransaction } from './transaction.rules';

type Linkable = 'Invoice' | 'CreditMemo';
interface Link {
  readonly type: Linkable;
  readonly id: string;
}

export const preparePayment: Prepare = ({ company }, input) => {
  const total = numberOf(input.desired.TotalAmt);
  if (!total) business('You must set a transaction amount.');
  if (total.lt(0)) business('Transaction amount must be 0 or greater.');
  const body = prepareTransaction(company, input);
  const lines = objectsOf(body.Line).map((line) => readLine(company, line, refId(body, 'CustomerRef')));
  const unapplied = unappliedAmount(total, lines);
  if (unapplied.lt(0)) business('The amount applied to transactions is more than the amount of the payment.');
  return {
    ...body,
    DepositToAccountRef: body.DepositToAccountRef ?? { value: undepositedFunds(company) },
    Line: lines,
    UnappliedAmt: unapplied,
    ProcessPayment: body.ProcessPayment ?? false,
    ...homeAmounts(company, body, { HomeTotalAmt: total }),
  };
};

/** @throws Fault 620 when a line names a transaction that cannot take the money */
function readLine(company: Company, line: ValueObject, customerId: string | undefined): ValueObject {
  const amount = numberOf(line.Amount);
  const links = objectsOf(line.LinkedTxn);
  if (!amount || links.length !== 1) business('Each payment line needs an amount and one linked transaction.');
  if (amount.lte(0)) business('Amounts applied to transactions must be greater than 0.');
  const id = textOf(links[0]?.TxnId) ?? '';
  const type = textOf(links[0]?.TxnType) ?? '';
  const target = type === 'Invoice' || type === 'CreditMemo' ? company.store.get(type, id) : undefined;
  if (!target || refId(target.body, 'CustomerRef') !== customerId) {
    fail({
      Message: 'Transaction cannot be linked',
      Detail: `Txn ID Cannot Be Linked : TxnId ${id} of type ${type === '' ? '(none)' : type} cannot be linked to this payment`,
      code: '620',
      element: 'LinkedTxn',
    });
  }
  return { Amount: amount, LinkedTxn: [{ TxnId: id, TxnType: type }] };
}

function unappliedAmount(total: Big, lines: readonly ValueObject[]): Big {
  const linked = (wanted: Linkable): Big =>
    sum(
      lines
        .filter((line) => linksOf(line).some(({ type }) => type === wanted))
        .map((line) => numberOf(line.Amount) ?? ZERO),
    );
  return total.plus(linked('CreditMemo')).minus(linked('Invoice'));
}

function undepositedFunds(company: Company): string {
  for (const { id, body } of company.store.all('Account')) {
    if (body.AccountSubType === 'UndepositedFunds') return id;
  }
  throw new Error('a company is seeded with an account for undeposited funds');
}

function linksOf(line: ValueObject): Link[] {
  return objectsOf(line.LinkedTxn).flatMap(({ TxnId, TxnType }) => {
    const id = textOf(TxnId);
    return id !== undefined && (TxnType === 'Invoice' || TxnType === 'CreditMemo') ? [{ type: TxnType, id }] : [];
  });
}

/**
 * Brings the documents that a payment touches, or no longer touches, into line: balance, links, and with them their
 * SyncToken and LastUpdatedTime. That is the echo that every client of this vendor sees.
 * @throws Fault 6000 when more is applied than a document is worth
 */
export function settle({ company, actor }: WriteContext, before: Stored | undefined, after: Stored | undefined): void {
  const links = new Map<string, Link>();
  for (const payment of [before, after]) {
    for (const line of objectsOf(payment?.body.Line)) {
      for (const link of linksOf(line)) links.set(`${link.type}/${link.id}`, link);
    }
  }
  for (const { type, id } of links.values()) {
    const document = company.store.get(type, id);
    if (!document) continue;
    const applied = applicationsOf(company, type, id);
    const balance = (numberOf(document.body.TotalAmt) ?? ZERO).minus(sum(applied.map(({ amount }) => amount)));
    if (balance.lt(0)) business('The amount applied is more than the open balance of the transaction.');
    const body = {
      ...document.body,
      Balance: balance,
      ...(type === 'CreditMemo'
        ? { RemainingCredit: balance }
        : homeAmounts(company, document.body, { HomeBalance: balance })),
      LinkedTxn: applied.map(({ payment }) => ({ TxnId: payment.id, TxnType: 'Payment' })),
    };
    company.replace(document, body, actor);
  }
}

/** Takes a document out of all payments, which then hold the money unapplied. */
export function unapply({ company, actor }: WriteContext, type: Linkable, id: string): void {
  for (const { payment } of applicationsOf(company, type, id)) {
    const lines = objectsOf(payment.body.Line).filter(
      (line) => !linksOf(line).some((link) => link.type === type && link.id === id),
    );
    const unapplied = unappliedAmount(numberOf(payment.body.TotalAmt) ?? ZERO, lines);
    company.replace(payment, { ...payment.body, Line: lines, UnappliedAmt: unapplied }, actor);
  }
}
