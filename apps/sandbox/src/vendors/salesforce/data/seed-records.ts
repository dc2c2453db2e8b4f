import { type OrgUser, type SalesforceOrg } from '../salesforce.org';

/** The people of an org, and the standard price book that no org is without. */
export function seedOrg(org: SalesforceOrg): OrgUser[] {
  const slug = org.account.username.split('@')[1] ?? 'example.com';
  const users: OrgUser[] = [
    {
      id: org.account.userId,
      username: org.account.username,
      firstName: 'Integration',
      lastName: 'User',
      email: org.account.username,
    },
    { id: org.ids.next('005'), username: `sam@${slug}`, firstName: 'Sam', lastName: 'Sales', email: `sam@${slug}` },
  ];
  const stamps = {
    CreatedDate: org.stampMs(),
    CreatedById: org.account.userId,
    LastModifiedDate: org.stampMs(),
    LastModifiedById: org.account.userId,
    SystemModstamp: org.stampMs(),
    IsDeleted: false,
  };
  const user = org.schema.object('User');
  const priceBook = org.schema.object('Pricebook2');
  if (!user || !priceBook) throw new Error('the schema has users and price books');
  for (const { id, username, firstName, lastName, email } of users) {
    const values = {
      Id: id,
      Username: username,
      FirstName: firstName,
      LastName: lastName,
      Name: `${firstName} ${lastName}`,
      Email: email,
      IsActive: true,
    };
    org.store.insert(user, id, { ...values, ...stamps }, undefined);
  }
  const id = org.ids.next(priceBook.keyPrefix);
  org.store.insert(
    priceBook,
    id,
    { Id: id, Name: 'Standard Price Book', IsActive: true, IsStandard: true, Description: null, ...stamps },
    undefined,
  );
  org.store.commit();
  return users;
}
