import { html, htmlPage, type Html } from '../../kernel/html';
import { type Reply } from '../../kernel/http-frame';
import { ENTITY_TYPES, type EntityType, type Row } from './data/erp-store';
import { printStamp } from './data/local-time';
import { type ErpCompany } from './erp.company';
import { type ErpState } from './erp.state';
import { isFields, listField, textField, type FieldValue, type Fields } from './schema/contract.types';

const SHOWN_ROWS = 50;
const HEADINGS: Readonly<Record<EntityType, string>> = {
  Customer: 'Customers',
  Invoice: 'Invoices',
  Payment: 'Payments',
};
const KEY_AND_TITLE = new Set(['CustNo', 'InvoiceNo', 'PaymentNo', 'Name', 'Paid']);

/** `GET /`: which records each company holds, newest first. */
export function recordPage(state: ErpState, query: URLSearchParams): Reply {
  const only = ENTITY_TYPES.find((type) => type === query.get('entity'));
  const body = html`<h1>Legacy ERP</h1>
    <p class="lead">
      Two companies&#39; systems, reached by SOAP alone. The contract is at <a href="/erp?wsdl">/erp?wsdl</a>. New
      records appear by themselves.
    </p>
    ${state.companies.map((company) => companySection(company, only))}`;
  return htmlPage('Legacy ERP', body, { refreshSeconds: 3 });
}

function companySection(company: ErpCompany, only: EntityType | undefined): Html {
  company.catchUp();
  const { account, settings, store, clock } = company;
  const pills = ENTITY_TYPES.map(
    (type) =>
      html`<a class="pill ${type === only ? 'on' : ''}" href="${type === only ? '/' : `/?entity=${type}`}"
        >${HEADINGS[type]} ${store.all(type).length}</a
      >`,
  );
  const shown = ENTITY_TYPES.filter((type) => only === undefined || type === only);
  return html`<section class="card">
    <h2>${account.companyName}</h2>
    <p>
      <span class="pill">company ${company.code}</span><span class="pill">${account.username}</span
      ><span class="pill">${printStamp(clock.now(), settings)} ${settings.time_zone}</span
      ><span class="pill">${settings.session_limit} sessions</span>
    </p>
    <nav aria-label="Records">${pills}</nav>
    ${shown.map((type) => recordTable(company, type))}
  </section>`;
}

function recordTable(company: ErpCompany, type: EntityType): Html {
  const rows = company.store.all(type);
  if (rows.length === 0) return html``;
  const newest = rows.sort((left, right) => compareNewest(left, right)).slice(0, SHOWN_ROWS);
  return html`<h2>${HEADINGS[type]} <span class="pill">${rows.length}</span></h2>
    <table>
      <thead>
        <tr>
          <th>Number</th>
          <th>Title</th>
          <th>Fields</th>
          <th>Changed</th>
        </tr>
      </thead>
      <tbody>
        ${newest.map((row) => tableRow(company, row))}
      </tbody>
    </table>`;
}

function compareNewest(left: Row, right: Row): number {
  if (left.rowVersion !== right.rowVersion) return left.rowVersion > right.rowVersion ? -1 : 1;
  return right.id - left.id;
}

function tableRow(company: ErpCompany, { key, fields, modifiedMs, modifiedBy }: Row): Html {
  const parts = Object.entries(fields)
    .filter(([name, value]) => !KEY_AND_TITLE.has(name) && value !== undefined)
    .map(([name, value]) => html`<div><span class="pill">${name}</span>${printValue(value ?? null)}</div>`);
  return html`<tr>
    <td><code>${key}</code></td>
    <td>${titleOf(company, fields)}</td>
    <td>${parts}</td>
    <td>${printStamp(modifiedMs, company.settings)}<br />${modifiedBy}</td>
  </tr>`;
}

/** A customer's name, or the name of the customer whom a document is about. */
function titleOf({ store }: ErpCompany, fields: Fields): string {
  const name = textField(fields, 'Name');
  if (name !== undefined) return name;
  const customer = store.findByKey('Customer', textField(fields, 'CustNo') ?? '');
  return (customer && textField(customer.fields, 'Name')) ?? '';
}

function printValue(value: FieldValue): string {
  if (value === null) return '(nil)';
  if (typeof value === 'string') return value === '' ? '(empty)' : value;
  if (!isFields(value)) return value.map(printValue).join('; ');
  const items = [...listField(value, 'Line'), ...listField(value, 'Allocation')];
  if (items.length > 0) return items.map(printValue).join('; ');
  return Object.values(value)
    .filter((inner) => inner !== undefined)
    .map(printValue)
    .join(', ');
}
