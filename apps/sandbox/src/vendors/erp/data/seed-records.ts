import Big from 'big.js';
import { seededRandom } from '../../../kernel/deterministic';
import { type ErpCompany } from '../erp.company';
import { type OperationContext } from '../operations/operation.types';
import { type Contract } from '../schema/contract.types';
import { importRecords, planAsOne } from './import-records';
import { plusDays, toStampMs } from './local-time';

const MIGRATED = 60;
const LATER = 15;
const INVOICES = 40;
const HOUR_MS = 3_600_000;

const STEMS = ['Müller', 'Schäfer', 'Groß', "O'Brien", 'Ångström', 'Nowak', 'Weiß & Co', 'Jensen', 'Øster', 'Lefèvre'];
const TRADES = ['Werkzeugbau', 'Metallbau', 'Elektro', 'Logistik', 'Handel', 'Präzision', 'Hydraulik', 'Verpackung'];
const FORMS = ['GmbH', 'KG', 'AG', 'e.K.'];
const CITIES = ['Köln', 'München', 'Århus', 'Zürich', 'Graz', 'Łódź', 'Lyon', 'Bremen'];
const ITEMS = ['BOLT-M8', 'DRILL-06', 'HOSE-12', 'PUMP-3', 'SERVICE'];

/** What a system of some age has in it: a migration of one second, umlauts, cut names, huge and tiny amounts. */
export function seedCompany(company: ErpCompany, contract: Contract, seed: number): void {
  const nowMs = company.clock.now();
  const migratedMs = toStampMs(nowMs - 30 * 24 * HOUR_MS);
  const random = seededRandom(seed ^ Number(company.code));
  const at = (modifiedMs: number): OperationContext => ({ company, actor: 'MIGRATION', modifiedMs });
  const customers = Array.from({ length: MIGRATED + LATER }, (_unused, index) => customer(company, index));
  const migration = planAsOne(at(migratedMs), contract, 'Customer', customers.slice(0, MIGRATED));
  company.transactions.commit(migration.changes, { actor: 'MIGRATION', modifiedMs: migratedMs });
  const later = customers
    .slice(MIGRATED)
    .flatMap((record, index) => importRecords(at(migratedMs + (index + 1) * HOUR_MS), contract, 'Customer', [record]));
  const custNos = [...migration.keys, ...later];
  let stampMs = migratedMs + 24 * HOUR_MS;
  for (let index = 0; index < INVOICES; index++) {
    const record = invoice(company, index, custNos[(index * 7) % custNos.length] ?? '', random);
    const [number = ''] = importRecords(at((stampMs += HOUR_MS)), contract, 'Invoice', [record]);
    if (index % 3 !== 0) continue;
    const amount = index % 2 === 0 ? record.Total : paidInPart(record.Total, record.Currency);
    const payment = paymentOf(record, number, amount, index);
    importRecords(at((stampMs += HOUR_MS)), contract, 'Payment', [payment]);
  }
}

function customer({ account }: ErpCompany, index: number): Record<string, unknown> {
  const stem = STEMS[index % STEMS.length] ?? '';
  const trade = TRADES[Math.floor(index / STEMS.length) % TRADES.length] ?? '';
  const form = FORMS[index % FORMS.length] ?? '';
  const country = account.currency === 'EUR' ? 'DE' : 'US';
  return {
    ...(index % 5 === 0 ? { ExtRef: `CRM-${account.companyCode}-${10_001 + index}` } : {}),
    // Name columns of 35 characters: somebody's import cut what did not fit.
    Name: [...(index === 3 ? "Vereinigte O'Brien Maschinenfabriken und Söhne" : `${stem} ${trade} ${form}`)]
      .slice(0, 35)
      .join(''),
    ...(index % 4 === 1 ? { ContactName: null } : { ContactName: `${stem.slice(0, 12)}, Sam` }),
    Email: `office@customer-${index + 1}.example.com`,
    ...(index % 6 === 2 ? { Phone: '' } : { Phone: `+49 221 55${String(1000 + index)}` }),
    ...(index % 9 === 4 ? { TaxNo: null } : { TaxNo: `${country}${account.companyCode}${String(100_000 + index)}` }),
    Currency: account.currency,
    CreditLimit: index === 7 ? '12345678901234.5670' : `${(index % 8) * 2500}.00`,
    TermsDays: [30, 14, 0][index % 3],
    Blocked: index === 11 ? 'Y' : 'N',
    Address: {
      Line1: `Industriestraße ${index + 1}`,
      City: CITIES[index % CITIES.length],
      PostCode: String(10_000 + index * 37).padStart(5, '0'),
      CountryCode: country,
    },
  };
}

interface InvoiceRecord {
  readonly CustNo: string;
  readonly InvDate: string;
  readonly Currency: string;
  readonly Total: string;
  readonly [name: string]: unknown;
}

function invoice(company: ErpCompany, index: number, custNo: string, random: () => number): InvoiceRecord {
  const isYen = index === 5;
  const currency = isYen ? 'JPY' : company.account.currency;
  const decimals = isYen ? 0 : 2;
  const taxCode = index % 4 === 0 ? 'S19' : 'NONE';
  const amounts =
    index === 9
      ? ['0.10', '0.20']
      : [1, 2].map(() => new Big(1 + Math.floor(random() * 90_000)).div(isYen ? 1 : 100).toFixed(decimals));
  const net = amounts.reduce((sum, amount) => sum.plus(amount), new Big(0));
  const total = taxCode === 'S19' ? net.times('1.19').round(decimals) : net;
  // Number 11 is a customer who is blocked: nobody invoices them any more.
  return {
    CustNo: custNo === '000012' ? '000013' : custNo,
    ...(index % 5 === 0 ? { ExtRef: `ORDER-${company.code}-${500 + index}` } : {}),
    InvDate: plusDays(company.today(), -29 + Math.floor(index / 2)),
    Currency: currency,
    Total: total.toFixed(decimals),
    ...(index % 2 === 0 ? { PoNumber: `PO-${7_000 + index}` } : {}),
    Lines: {
      Line: amounts.map((amount, line) => ({
        LineNo: line + 1,
        ItemCode: ITEMS[(index + line) % ITEMS.length],
        Description: `Lieferung für Auftrag ${index + 1}, Position ${line + 1}`,
        Qty: '1',
        UnitPrice: amount,
        TaxCode: taxCode,
        LineAmount: amount,
      })),
    },
  };
}

function paidInPart(total: string, currency: string): string {
  return new Big(total)
    .div(2)
    .round(currency === 'JPY' ? 0 : 2, Big.roundUp)
    .toFixed();
}

function paymentOf(record: InvoiceRecord, number: string, amount: string, index: number): Record<string, unknown> {
  return {
    ...(index % 6 === 0 ? { ExtRef: `BANK-${record.CustNo}-${index}` } : {}),
    CustNo: record.CustNo,
    PayDate: plusDays(record.InvDate, 3),
    Currency: record.Currency,
    Amount: amount,
    Method: index % 2 === 0 ? 'TRANSFER' : 'CHECK',
    Allocations: { Allocation: [{ InvoiceNo: number, Amount: amount }] },
  };
}
