import type Big from 'big.js';
import { type Company } from '../quickbooks.company';
import { ZERO, numberOf, objectsOf, refId, textOf } from '../quickbooks.values';
import { type Stored } from './entity-store';

interface CustomerBalance {
  readonly balance: Big;
  readonly withJobs: Big;
}

/** What the open documents of a company add up to. Built once per state of its records. */
class Ledger {
  private readonly own = new Map<string, Big>();
  private readonly children = new Map<string, string[]>();

  constructor(company: Company) {
    for (const { body } of company.store.all('Invoice')) this.add(refId(body, 'CustomerRef'), numberOf(body.Balance));
    for (const { body } of company.store.all('Payment')) this.add(refId(body, 'CustomerRef'), minus(body.UnappliedAmt));
    for (const { body } of company.store.all('CreditMemo')) {
      this.add(refId(body, 'CustomerRef'), minus(body.RemainingCredit));
    }
    for (const { id, body } of company.store.all('Customer')) {
      const parent = refId(body, 'ParentRef');
      if (parent !== undefined) this.children.set(parent, [...(this.children.get(parent) ?? []), id]);
    }
  }

  customer(id: string): CustomerBalance {
    const balance = this.own.get(id) ?? ZERO;
    const jobs = (this.children.get(id) ?? []).map((child) => this.customer(child).withJobs);
    return { balance, withJobs: jobs.reduce((sum, job) => sum.plus(job), balance) };
  }

  private add(customer: string | undefined, amount: Big | undefined): void {
    if (customer !== undefined && amount) this.own.set(customer, (this.own.get(customer) ?? ZERO).plus(amount));
  }
}

function minus(value: Stored['body'][string]): Big | undefined {
  return numberOf(value)?.neg();
}

const CACHE = new WeakMap<Company, { version: number; ledger: Ledger }>();

export function ledgerOf(company: Company): Ledger {
  const cached = CACHE.get(company);
  if (cached?.version === company.store.balanceVersion) return cached.ledger;
  const ledger = new Ledger(company);
  CACHE.set(company, { version: company.store.balanceVersion, ledger });
  return ledger;
}

export interface Application {
  readonly payment: Stored;
  readonly amount: Big;
}

/** The payments that carry money to a document, or use a credit. */
export function applicationsOf(company: Company, type: 'Invoice' | 'CreditMemo', id: string): Application[] {
  const found: Application[] = [];
  for (const payment of company.store.all('Payment')) {
    for (const line of objectsOf(payment.body.Line)) {
      const links = objectsOf(line.LinkedTxn).some(
        ({ TxnId, TxnType }) => textOf(TxnId) === id && textOf(TxnType) === type,
      );
      if (links) found.push({ payment, amount: numberOf(line.Amount) ?? ZERO });
    }
  }
  return found;
}
