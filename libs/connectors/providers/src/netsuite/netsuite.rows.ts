import { LosslessNumber } from 'lossless-json';
import { textOf, type Members } from './netsuite.json';
import { type PullColumn, type PullSpec } from './netsuite.pull-objects';
import { wallOf } from './netsuite.suiteql';

/** What every statement of a pull asks for besides the record's own columns. */
export const STAMP = 'hub_stamp';
export const CREATED = 'hub_created';
export const NOW = 'hub_now';

const ADDRESS = ['addr1', 'addr2', 'city', 'state', 'zip', 'country'] as const;
const ADDRESS_KINDS = [
  { alias: 'bil', flag: 'defaultBilling', column: 'defaultbillingaddress' },
  { alias: 'shp', flag: 'defaultShipping', column: 'defaultshippingaddress' },
] as const;

/** `SELECT … FROM … JOIN …` of an object; the object's own table is `x`. */
export function selectOf(spec: PullSpec, columns: readonly PullColumn[]): string {
  const stamped = [
    'x.id',
    ...columns.flatMap(columnSql),
    ...(spec.addresses === null ? [] : ADDRESS_KINDS.flatMap(addressSql)),
    `${wallOf('x.lastmodifieddate')} AS ${STAMP}`,
    `${wallOf(`x.${spec.created}`)} AS ${CREATED}`,
    `${wallOf('SYSDATE')} AS ${NOW}`,
  ];
  const asksFor = (member: string): boolean => columns.some((column) => column.member === member);
  const joins = [
    ...(asksFor('currency') ? ['LEFT JOIN currency cur ON cur.id = x.currency'] : []),
    ...(asksFor('terms') ? ['LEFT JOIN term trm ON trm.id = x.terms'] : []),
    ...(spec.addresses === null
      ? []
      : ADDRESS_KINDS.map(
          ({ alias, column }) => `LEFT JOIN ${spec.addresses} ${alias} ON ${alias}.nkey = x.${column}`,
        )),
  ];
  return `SELECT ${stamped.join(', ')} FROM ${[`${spec.table} x`, ...joins].join(' ')}`;
}

function columnSql(column: PullColumn): string[] {
  const { member, kind, joined } = column;
  const source = `x.${column.column ?? member.toLowerCase()}`;
  const alias = member.toLowerCase();
  if (kind === 'date') return [`TO_CHAR(${source}, 'YYYY-MM-DD') AS ${alias}`];
  if (kind !== 'reference') return [`${source} AS ${alias}`];
  return [
    `${source} AS ${alias}`,
    `BUILTIN.DF(${source}) AS ${alias}_name`,
    ...(joined === undefined ? [] : [`${joined.sql} AS ${alias}_${joined.member.toLowerCase()}`]),
  ];
}

function addressSql({ alias, column }: (typeof ADDRESS_KINDS)[number]): string[] {
  return [`x.${column} AS ${alias}_key`, ...ADDRESS.map((name) => `${alias}.${name} AS ${alias}_${name}`)];
}

/**
 * The record as the record API would show it. A column that was asked for and is missing from the row is empty there, which
 * is something else than not said.
 */
export function recordOf(spec: PullSpec, columns: readonly PullColumn[], row: Members): Members {
  const record: Members = { id: textOf(row['id']) };
  for (const column of columns) record[column.member] = valueOf(column, row);
  if (spec.addresses !== null) record['addressBook'] = { items: addressesOf(row) };
  return record;
}

function valueOf({ member, kind, joined }: PullColumn, row: Members): unknown {
  const alias = member.toLowerCase();
  const value = textOf(row[alias]);
  if (value === null) return null;
  switch (kind) {
    case 'number':
      return numberOf(value);
    case 'boolean':
      return value === 'T' || value === 'true';
    case 'reference': {
      const name = textOf(row[`${alias}_name`]);
      const extra = joined === undefined ? null : textOf(row[`${alias}_${joined.member.toLowerCase()}`]);
      return {
        id: value,
        ...(name === null ? {} : { refName: name }),
        ...(joined === undefined || extra === null
          ? {}
          : { [joined.member]: joined.kind === 'number' ? numberOf(extra) : extra }),
      };
    }
    default:
      return value;
  }
}

/** SuiteQL prints numbers as text, and a fraction without its zero. What is no number stays text. */
export function numberOf(text: string): LosslessNumber | string {
  const whole = text.replace(/^(-?)\./, '$10.');
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(whole) ? new LosslessNumber(whole) : text;
}

function addressesOf(row: Members): Members[] {
  const [billing, shipping] = ADDRESS_KINDS.map(({ alias }) => textOf(row[`${alias}_key`]));
  return ADDRESS_KINDS.flatMap(({ alias, flag }): Members[] => {
    const key = textOf(row[`${alias}_key`]);
    const isShared = billing === shipping;
    // One address for both is one line.
    if (key === null || (isShared && flag === 'defaultShipping')) return [];
    const parts = Object.fromEntries(
      ADDRESS.map((name) => {
        const value = textOf(row[`${alias}_${name}`]);
        return [name, name === 'country' && value !== null ? { id: value } : value];
      }),
    );
    return [
      {
        defaultBilling: flag === 'defaultBilling' || isShared,
        defaultShipping: flag === 'defaultShipping' || isShared,
        addressBookAddress: parts,
      },
    ];
  });
}
