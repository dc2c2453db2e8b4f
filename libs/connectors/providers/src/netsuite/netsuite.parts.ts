import Big from 'big.js';
import { LosslessNumber } from 'lossless-json';
import { slices, type ConnectorError } from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { type NetSuiteClient } from './netsuite.client';
import { textOf, type Members } from './netsuite.json';
import { type PullSpec } from './netsuite.pull-objects';
import { numberOf } from './netsuite.rows';
import { idLiteral, IDS_A_QUERY, isRefusedQuery, PAGE_ROWS, queryRows } from './netsuite.suiteql';

type PartRows = ReadonlyMap<string, readonly Members[]>;

/** Puts lines, applications or prices into the records, as the record API shows them. */
export async function withParts(
  client: NetSuiteClient,
  spec: PullSpec,
  records: readonly Members[],
): Promise<Result<readonly Members[], ConnectorError>> {
  if (spec.parts === null || records.length === 0) return ok(records);
  const { select, owner, key, put } = PARTS[spec.parts];
  const ids = records.flatMap((record) => textOf(record['id']) ?? []);
  const found = await rowsOf(client, { select, owner, key }, ids);
  // Without the feature Multiple Prices there is no such table: prices are then not known, which is no reason to know nothing.
  if (!found.ok) return spec.parts === 'prices' && isRefusedQuery(found.error) ? ok(records) : found;
  return ok(records.map((record) => put(record, found.value.get(textOf(record['id']) ?? '') ?? [])));
}

interface Part {
  /** Statement up to its conditions, which end in `WHERE … AND` or `WHERE`. */
  readonly select: string;
  /** Column with the id of the record that a row belongs to. */
  readonly owner: string;
  /** Column that tells the rows of one record apart. */
  readonly key: string;
  readonly put: (record: Members, rows: readonly Members[]) => Members;
}

const PARTS: Readonly<Record<NonNullable<PullSpec['parts']>, Part>> = {
  lines: {
    select:
      'SELECT tl.transaction AS owner, tl.id AS part, tl.item, itm.itemid, tl.quantity, tl.rate, tl.foreignamount, tl.memo, ' +
      'tl.taxline FROM transactionline tl LEFT JOIN item itm ON itm.id = tl.item ' +
      // The line of the total, and those that move an item's cost from stock to cost of goods sold, are not what was sold.
      "WHERE tl.mainline = 'F' AND tl.iscogs = 'F' AND",
    owner: 'tl.transaction',
    key: 'tl.id',
    put: withLines,
  },
  applications: {
    select:
      'SELECT lnk.nextdoc AS owner, lnk.previousdoc AS part, lnk.foreignamount FROM nexttransactionlinelink lnk ' +
      "WHERE lnk.previoustype = 'CustInvc' AND",
    owner: 'lnk.nextdoc',
    key: 'lnk.previousdoc',
    put: withApplications,
  },
  prices: {
    select:
      'SELECT prc.item AS owner, prc.currency AS part, cur.symbol, prc.unitprice FROM pricing prc ' +
      'LEFT JOIN currency cur ON cur.id = prc.currency WHERE prc.pricelevel = 1 AND prc.quantity = 0 AND',
    owner: 'prc.item',
    key: 'prc.currency',
    put: withPrices,
  },
};

async function rowsOf(
  client: NetSuiteClient,
  { select, owner, key }: Pick<Part, 'select' | 'owner' | 'key'>,
  ids: readonly string[],
): Promise<Result<PartRows, ConnectorError>> {
  const found = new Map<string, Members[]>();
  for (const slice of slices(ids, IDS_A_QUERY)) {
    const among = `${owner} IN (${slice.map(idLiteral).join(', ')})`;
    for (let after = ''; ;) {
      const page = await queryRows(client, `${select} ${among}${after} ORDER BY ${owner}, ${key}`);
      if (!page.ok) return page;
      const { rows, complete } = page.value;
      for (const row of rows) {
        const id = textOf(row['owner']) ?? '';
        found.set(id, [...(found.get(id) ?? []), row]);
      }
      const [last, part] = [textOf(rows.at(-1)?.['owner']), textOf(rows.at(-1)?.['part'])];
      if (last === null || part === null || (complete && rows.length < PAGE_ROWS)) break;
      const id = idLiteral(last);
      after = ` AND (${owner} > ${id} OR (${owner} = ${id} AND ${key} > ${idLiteral(part)}))`;
    }
  }
  return ok(found);
}

/** The ledger has what is sold with a minus. */
function withLines(record: Members, rows: readonly Members[]): Members {
  const items = rows
    .filter((row) => row['taxline'] !== 'T' && textOf(row['item']) !== null)
    .map((row): Members => {
      const name = textOf(row['itemid']);
      return {
        line: numberOf(textOf(row['part']) ?? ''),
        item: { id: textOf(row['item']), ...(name === null ? {} : { refName: name }) },
        quantity: negated(row['quantity']),
        rate: amountOf(row['rate']),
        amount: negated(row['foreignamount']),
        description: textOf(row['memo']),
      };
    });
  const tax = rows.filter((row) => row['taxline'] === 'T').map((row) => textOf(row['foreignamount']));
  const taxTotal = tax.reduce((sum, amount) => sum.minus(decimalOf(amount) ?? 0), new Big(0));
  return { ...record, taxTotal: new LosslessNumber(taxTotal.toFixed()), item: { items } };
}

/** A payment and an invoice may be linked by several of their lines. */
function withApplications(record: Members, rows: readonly Members[]): Members {
  const amounts = new Map<string, Big>();
  for (const row of rows) {
    const doc = textOf(row['part']) ?? '';
    amounts.set(doc, (amounts.get(doc) ?? new Big(0)).plus(decimalOf(textOf(row['foreignamount'])) ?? 0));
  }
  const items = [...amounts].map(([id, amount]) => ({
    doc: { id },
    apply: true,
    amount: new LosslessNumber(amount.toFixed()),
  }));
  return { ...record, apply: { items } };
}

/** The base price of one piece, in each currency that has one. */
function withPrices(record: Members, rows: readonly Members[]): Members {
  const items = rows.map((row) => {
    const symbol = textOf(row['symbol']);
    return {
      priceLevel: { id: '1' },
      currencyPage: { id: textOf(row['part']), ...(symbol === null ? {} : { symbol }) },
      quantity: new LosslessNumber('0'),
      price: amountOf(row['unitprice']),
    };
  });
  return { ...record, price: { items } };
}

function negated(value: unknown): LosslessNumber | null {
  const decimal = decimalOf(textOf(value));
  return decimal === null ? null : new LosslessNumber(decimal.eq(0) ? '0' : decimal.times(-1).toFixed());
}

function amountOf(value: unknown): unknown {
  const text = textOf(value);
  return text === null ? null : numberOf(text);
}

function decimalOf(text: string | null): Big | null {
  if (text === null) return null;
  const number = numberOf(text);
  return typeof number === 'string' ? null : new Big(number.value);
}
