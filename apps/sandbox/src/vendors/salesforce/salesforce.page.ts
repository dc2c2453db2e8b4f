import { html, htmlPage, type Html } from '../../kernel/html';
import { type Reply } from '../../kernel/http-frame';
import { advanceBulkJobs } from './bulk/bulk-processor';
import { printField } from './data/record-reader';
import { type StoredRecord } from './data/record-store';
import { ACCOUNT_PATH } from './salesforce.account-page';
import { limitInfo } from './rest/limits';
import { printJson } from './salesforce.json';
import { type SalesforceOrg } from './salesforce.org';
import { type SalesforceState } from './salesforce.state';
import { type SchemaObject } from './schema/org-schema';

const SHOWN_ROWS = 50;
/** Ids and names first, then what integrations fill in most; other fields appear when they are filled. */
const HIDDEN_IN_TABLE = new Set([
  'Id',
  'IsDeleted',
  'OwnerId',
  'CreatedById',
  'CreatedDate',
  'LastModifiedDate',
  'SystemModstamp',
]);

/** `GET /`: which records each org holds, newest first. */
export function recordPage(state: SalesforceState, query: URLSearchParams): Reply {
  const only = query.get('object') ?? undefined;
  const body = html`<h1>Salesforce</h1>
    <p class="lead">Two customer orgs, as the hub&#39;s connections see them. New records appear by themselves.</p>
    ${state.orgs.map((org) => orgSection(org, only))}`;
  return htmlPage('Salesforce', body, { refreshSeconds: 3 });
}

function orgSection(org: SalesforceOrg, only: string | undefined): Html {
  advanceBulkJobs(org);
  const objects = org.schema.objects.filter(({ name }) => name !== 'User' && name !== 'Pricebook2');
  const filled = objects.filter(({ name }) => org.store.count(name) > 0 && (only === undefined || name === only));
  const pills = objects.map(
    ({ name }) =>
      html`<a class="pill ${name === only ? 'on' : ''}" href="${name === only ? '/' : `/?object=${name}`}"
        >${name} ${org.store.count(name)}</a
      >`,
  );
  return html`<section class="card">
    <h2>${org.account.orgName}</h2>
    <p>
      <span class="pill">org ${org.id}</span><span class="pill">${org.account.username}</span
      ><span class="pill">${limitInfo({ org })}</span>
    </p>
    <nav aria-label="Objects">${pills}</nav>
    <p><a href="${ACCOUNT_PATH}?org=${org.id}">New account</a></p>
    ${filled.length === 0 ? html`<p class="lead">No records yet.</p>` : filled.map((object) => objectTable(org, object))}
  </section>`;
}

function objectTable(org: SalesforceOrg, object: SchemaObject): Html {
  const records = [...org.store.all(object.name)].filter(({ deletedAtMs }) => deletedAtMs === undefined);
  const newest = records
    .slice(-1_000)
    .sort((left, right) => Number(right.values.SystemModstamp) - Number(left.values.SystemModstamp))
    .slice(0, SHOWN_ROWS);
  return html`<h2>${object.labelPlural} <span class="pill">${records.length}</span></h2>
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
        ${newest.map((record) => row(org, object, record))}
      </tbody>
    </table>`;
}

function row(org: SalesforceOrg, object: SchemaObject, { id, values }: StoredRecord): Html {
  const filled = object.fields.filter(
    ({ name, type }) =>
      name !== 'Name' && type !== 'address' && !HIDDEN_IN_TABLE.has(name) && (values[name] ?? null) !== null,
  );
  const parts = filled.map((field) => {
    const printed = printField(field, values);
    return html`<div>
      <span class="pill">${field.name}</span>${typeof printed === 'string' ? printed : printJson(printed)}
    </div>`;
  });
  const change =
    object.name === 'Account' ? html`<a href="${ACCOUNT_PATH}?org=${org.id}&amp;id=${id}">Change</a>` : html``;
  const changed = new Date(Number(values.SystemModstamp)).toISOString().replace('T', ' ').slice(0, 19);
  return html`<tr>
    <td><code>${id}</code></td>
    <td>${String(values.Name ?? '')} ${change}</td>
    <td>${parts}</td>
    <td>${changed}</td>
  </tr>`;
}
