import { html, htmlPage, type Html } from '../../kernel/html';
import { type Reply } from '../../kernel/http-frame';
import { printEntity } from './data/entity-printer';
import { type Stored } from './data/entity-store';
import { type Company } from './quickbooks.company';
import { type QuickBooksState } from './quickbooks.state';
import { printJson, textOf } from './quickbooks.values';
import { ENTITY_TYPES } from './schema/entity-registry';
import { type EntityType } from './schema/schema.types';

const SHOWN_ROWS = 50;
/** Lists that come with every company file stay out of the way until somebody asks for them. */
const ON_REQUEST = new Set(['Account', 'Term', 'PaymentMethod', 'TaxCode']);
const HIDDEN_FIELDS = new Set(['domain', 'sparse', 'Id', 'SyncToken', 'MetaData', 'DisplayName', 'Name', 'DocNumber']);

/** `GET /`: which records each company holds, newest first. */
export function recordPage(state: QuickBooksState, query: URLSearchParams): Reply {
  const only = query.get('entity') ?? undefined;
  const body = html`<h1>QuickBooks Online</h1>
    <p class="lead">Two customer companies, as the hub&#39;s connections see them. New records appear by themselves.</p>
    ${state.companies.map((company) => companySection(company, only))}`;
  return htmlPage('QuickBooks Online', body, { refreshSeconds: 3 });
}

function companySection(company: Company, only: string | undefined): Html {
  const types = ENTITY_TYPES.filter(({ name }) => name !== 'CompanyInfo' && name !== 'Preferences');
  const shown = types.filter(
    ({ name }) => company.store.count(name) > 0 && (only === undefined ? !ON_REQUEST.has(name) : name === only),
  );
  const pills = types.map(
    ({ name }) =>
      html`<a class="pill ${name === only ? 'on' : ''}" href="${name === only ? '/' : `/?entity=${name}`}"
        >${name} ${company.store.count(name)}</a
      >`,
  );
  const { settings, account } = company;
  return html`<section class="card">
    <h2>${account.companyName}</h2>
    <p>
      <span class="pill">company ${company.realmId}</span><span class="pill">${account.adminEmail}</span
      ><span class="pill">${settings.multiCurrency ? 'multi-currency' : settings.homeCurrency}</span
      ><span class="pill">${settings.customTxnNumbers ? 'own document numbers' : 'automatic document numbers'}</span>
    </p>
    <nav aria-label="Entities">${pills}</nav>
    ${shown.length === 0 ? html`<p class="lead">No records yet.</p>` : shown.map((type) => entityTable(company, type))}
  </section>`;
}

function entityTable(company: Company, type: EntityType): Html {
  const records = [...company.store.all(type.name)];
  const newest = records.sort((left, right) => right.updatedMs - left.updatedMs).slice(0, SHOWN_ROWS);
  return html`<h2>${type.name} <span class="pill">${records.length}</span></h2>
    <table>
      <thead>
        <tr>
          <th>Id</th>
          <th>Name or number</th>
          <th>Fields</th>
          <th>Changed</th>
        </tr>
      </thead>
      <tbody>
        ${newest.map((stored) => row(company, stored))}
      </tbody>
    </table>`;
}

function row(company: Company, stored: Stored): Html {
  const printed = printEntity(company, stored);
  const fields = Object.entries(printed).filter(([name, value]) => !HIDDEN_FIELDS.has(name) && value !== undefined);
  const parts = fields.map(
    ([name, value]) =>
      html`<div><span class="pill">${name}</span>${typeof value === 'string' ? value : printJson(value)}</div>`,
  );
  const title = textOf(printed.DisplayName) ?? textOf(printed.Name) ?? textOf(printed.DocNumber) ?? '';
  const lock = stored.lock === undefined ? html`` : html` <span class="pill">${stored.lock}</span>`;
  return html`<tr>
    <td><code>${stored.id}</code> <span class="pill">v${stored.syncToken}</span>${lock}</td>
    <td>${title}</td>
    <td>${parts}</td>
    <td>${new Date(stored.updatedMs).toISOString().replace('T', ' ').slice(0, 19)} by ${stored.actor.name}</td>
  </tr>`;
}
