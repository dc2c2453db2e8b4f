import { z } from 'zod';
import { ADMIN_PREFIX, ControlError, parseControl, type AdminRouter } from '../../../kernel/control-plane';
import { jsonReply } from '../../../kernel/http-frame';
import { type SalesforceState } from '../salesforce.state';
import { describeObject } from '../schema/describe';
import { findOrg } from './find-org';

const FIELD = z.strictObject({
  org: z.string().optional(),
  object: z.string(),
  field: z.string().regex(/^[A-Za-z]\w{0,79}$/),
  remove: z.boolean().optional(),
  type: z
    .enum(['string', 'textarea', 'email', 'phone', 'url', 'boolean', 'int', 'double', 'date', 'datetime', 'picklist'])
    .optional(),
  length: z.number().int().min(1).max(131_072).optional(),
  required: z.boolean().optional(),
  values: z.array(z.string().min(1)).min(1).max(1_000).optional(),
});

/** Makes, changes and removes fields, as an admin of the org does in its set-up pages. */
export function addSchemaControls(router: AdminRouter, state: SalesforceState): AdminRouter {
  return router.on('POST', `${ADMIN_PREFIX}/fields`, (exchange) => {
    const { org: name, ...edit } = parseControl(FIELD, exchange);
    const org = findOrg(state, name);
    const object = org.schema.object(edit.object);
    const known = object?.byName.get(edit.field.toLowerCase());
    if (object === undefined) throw new ControlError(400, `no such object: ${edit.object}`);
    if (known === undefined && edit.remove === true) throw new ControlError(404, `no such field: ${edit.field}`);
    if (known === undefined && !edit.field.endsWith('__c'))
      throw new ControlError(400, 'the name of a new field ends with __c');
    org.editField(edit);
    const changed = org.schema.object(object.name) ?? object;
    return jsonReply(200, describeObject(org.schema, changed, ''));
  });
}
