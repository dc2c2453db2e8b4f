import { html, htmlPage, type Html } from '../../kernel/html';
import { type Reply } from '../../kernel/http-frame';
import { displayName, nameOfRef } from './data/record-lookup';
import { type StoredRecord } from './data/record-store';
import { isRef, linesOf, refsOf } from './data/values';
import { type NetSuiteAccount } from './netsuite.account';
import { type NetSuiteState } from './netsuite.state';
import { advanceJobs } from './rest/api-routes';
import { type RecordType } from './schema/account-schema';
import { type FieldDef } from './schema/schema.types';

const SHOWN_ROWS = 50;

/** `GET /`: which records each account holds, newest first. */
export function recordPage(state: NetSuiteState, query: URLSearchParams): Reply {
  const only = query.get('type') ?? undefined;
  const body = html`<h1>NetSuite</h1>
    <p class="lead">Two customer accounts, as the hub&#39;s connections see them. New records appear by themselves.</p>
    ${state.accounts.map((account) => accountSection(account, only))}`;
  return htmlPage('NetSuite', body, { refreshSeconds: 3 });
}

function accountSection(account: NetSuiteAccount, only: string | undefined): Html {
  advanceJobs(account);
  const types = account.schema.types.filter(({ viewOnly, name }) => !viewOnly || name === only);
  const filled = types.filter(({ name }) => account.store.count(name) > 0 && (only === undefined || name === only));
  const pills = types.map(
    ({ name, plural }) =>
      html`<a class="pill ${name === only ? 'on' : ''}" href="${name === only ? '/' : `/?type=${name}`}"
        >${plural} ${account.store.count(name)}</a
      >`,
  );
  const { active, peak, refused } = account.limiter.describe();
  return html`<section class="card">
    <h2>${account.companyName}</h2>
    <p>
      <span class="pill">account ${account.id}</span><span class="pill">${account.credentials.username}</span
      ><span class="pill"
        >calls ${active} of ${account.settings.concurrencyLimit}, peak ${peak}, refused ${refused}</span
      ><span class="pill">deleted ${account.store.deleted().length}</span>
    </p>
    <nav aria-label="Record types">${pills}</nav>
    ${filled.length === 0 ? html`<p class="lead">No records yet.</p>` : filled.map((type) => typeTable(account, type))}
  </section>`;
}

function typeTable(account: NetSuiteAccount, type: RecordType): Html {
  const newest = [...account.store.all(type.name)]
    .sort((left, right) => right.modifiedMs - left.modifiedMs || Number(right.id) - Number(left.id))
    .slice(0, SHOWN_ROWS);
  return html`<h2>${type.plural} <span class="pill">${account.store.count(type.name)}</span></h2>
    <table>
      <thead>
        <tr>
          <th>Id</th>
          <th>Name</th>
          <th>Fields</th>
          <th>Changed</th>
        </tr>
      </thead>
      <tbody>
        ${newest.map((record) => row(account, type, record))}
      </tbody>
    </table>`;
}

function row(account: NetSuiteAccount, type: RecordType, record: StoredRecord): Html {
  const parts = type.fields.flatMap((field) => {
    const shown = show(account, field, record);
    return shown === undefined ? [] : [html`<div><span class="pill">${field.name}</span>${shown}</div>`];
  });
  const changed = new Date(record.modifiedMs).toISOString().replace('T', ' ').slice(0, 19);
  return html`<tr>
    <td><code>${record.id}</code></td>
    <td>${displayName(type, record)}</td>
    <td>${parts}</td>
    <td>${changed}</td>
  </tr>`;
}

function show(account: NetSuiteAccount, field: FieldDef, { values }: StoredRecord): string | undefined {
  const value = values[field.name];
  if (field.type === 'dateTime' || value === undefined || value === null || value === false) return undefined;
  if (isRef(value)) return nameOfRef(account, value) ?? value.id;
  if (field.type === 'multiselect') {
    return refsOf(values, field.name)
      .map((ref) => nameOfRef(account, ref) ?? ref.id)
      .join(', ');
  }
  if (field.type === 'sublist') {
    const lines = linesOf(values, field.name);
    return lines.length === 0 ? undefined : lines.map((line) => showLine(account, line)).join(' · ');
  }
  return typeof value === 'object' ? showLine(account, value as Parameters<typeof showLine>[1]) : String(value);
}

function showLine(account: NetSuiteAccount, line: StoredRecord['values']): string {
  return Object.entries(line)
    .filter(([name, value]) => name !== 'addrText' && value !== null && value !== undefined && value !== false)
    .map(([name, value]) => {
      if (isRef(value)) return `${name} ${nameOfRef(account, value) ?? value.id}`;
      return typeof value === 'object'
        ? showLine(account, value as StoredRecord['values'])
        : `${name} ${String(value)}`;
    })
    .join(', ');
}
