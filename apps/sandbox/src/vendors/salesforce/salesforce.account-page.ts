import { html, htmlPage, type Html } from '../../kernel/html';
import { type Exchange, type Reply } from '../../kernel/http-frame';
import { asColleague } from './control/as-colleague';
import { insertRecord, requireRecord, updateRecord } from './data/record-writer';
import { Rejection } from './salesforce.errors';
import { parseJson, type JsonObjectNode } from './salesforce.json';
import { type SalesforceOrg } from './salesforce.org';
import { type SalesforceState } from './salesforce.state';

export const ACCOUNT_PATH = '/account';
const FIELDS = [
  { name: 'Name', label: 'Account name' },
  { name: 'Phone', label: 'Phone' },
  { name: 'Website', label: 'Website' },
  { name: 'BillingStreet', label: 'Street' },
  { name: 'BillingPostalCode', label: 'Postal code' },
  { name: 'BillingCity', label: 'City' },
  { name: 'BillingCountry', label: 'Country' },
] as const;

type Values = Readonly<Record<string, string>>;

/** `GET`: the form in which a colleague writes an account, or changes the one that `id` names. */
export function accountForm(state: SalesforceState, { query }: Exchange): Reply {
  const org = orgOf(state, query.get('org'));
  if (org === undefined) return gone();
  const id = query.get('id') ?? '';
  if (id === '') return formPage(org, id, {});
  const record = org.store.get('Account', id);
  if (record === undefined || record.deletedAtMs !== undefined) return gone();
  return formPage(org, id, Object.fromEntries(FIELDS.map(({ name }) => [name, String(record.values[name] ?? '')])));
}

/** `POST` of the form: saved as through the vendor's own screens, so that polls and outbound messages see it. */
export function saveAccount(state: SalesforceState, { body, headers }: Exchange): Reply {
  // Pages of other origins have no business here. Browsers say where a form comes from.
  if (headers['sec-fetch-site'] !== undefined && headers['sec-fetch-site'] !== 'same-origin') return gone();
  const form = new URLSearchParams(body.toString('utf8'));
  const org = orgOf(state, form.get('org'));
  if (org === undefined) return gone();
  const id = form.get('id') ?? '';
  const values = Object.fromEntries(FIELDS.map(({ name }) => [name, (form.get(name) ?? '').trim()]));
  const refusal = write(org, id, values);
  if (refusal !== null) return formPage(org, id, values, refusal);
  return { status: 303, headers: { location: '/?object=Account', 'cache-control': 'no-store' } };
}

/** @returns what the vendor says against it */
function write(org: SalesforceOrg, id: string, values: Values): string | null {
  const context = asColleague(org);
  const object = org.schema.object('Account');
  if (object === undefined) throw new Error('every org has accounts');
  const savepoint = org.store.savepoint();
  try {
    if (id === '') insertRecord(context, object, nodeOf(values, false));
    else updateRecord(context, object, requireRecord(context, object, id), nodeOf(values, true));
    org.store.commit();
    return null;
  } catch (error) {
    org.store.rollback(savepoint);
    if (error instanceof Rejection) return error.items.map(({ message }) => message).join(' ');
    throw error;
  }
}

/** What is empty empties a field, and is not there on a new record. */
function nodeOf(values: Values, withEmpty: boolean): JsonObjectNode {
  const given = Object.entries(values).filter(([, value]) => withEmpty || value !== '');
  const node = parseJson(
    JSON.stringify(Object.fromEntries(given.map(([name, value]) => [name, value === '' ? null : value]))),
  );
  if (node.kind !== 'object') throw new Error('a form is an object');
  return node;
}

function formPage(org: SalesforceOrg, id: string, values: Values, refusal?: string): Reply {
  const title = id === '' ? 'New account' : 'Change account';
  const fields = FIELDS.map(
    ({ name, label }) =>
      html`<label
        >${label}<br /><input name="${name}" value="${values[name] ?? ''}" size="40" autocomplete="off"
      /></label>`,
  );
  const told: Html = refusal === undefined ? html`` : html`<p role="alert"><strong>${refusal}</strong></p>`;
  const body = html`<div class="card">
    <h1>${title}</h1>
    <p class="lead">${org.account.orgName}</p>
    ${told}
    <form method="post" action="${ACCOUNT_PATH}">
      <input type="hidden" name="org" value="${org.id}" />
      <input type="hidden" name="id" value="${id}" />
      ${fields}
      <p><button class="primary">Save</button> <a href="/?object=Account">Cancel</a></p>
    </form>
  </div>`;
  return htmlPage(title, body, { status: refusal === undefined ? 200 : 400 });
}

function gone(): Reply {
  return htmlPage('Not found', html`<div class="card"><h1>There is no such record</h1></div>`, { status: 404 });
}

function orgOf(state: SalesforceState, id: string | null): SalesforceOrg | undefined {
  return state.orgs.find((org) => org.id === id);
}
