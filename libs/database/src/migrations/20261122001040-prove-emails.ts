import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

const unforced = (table: string, statement: string): string[] => [
  `alter table ${table} no force row level security`,
  statement,
  `alter table ${table} force row level security`,
];

/** Who says that an account is its e-mail's owner's: the owner, by a link that they alone were sent, or one tenant alone. */
export class ProveEmails20261122001040 implements MigrationInterface {
  readonly name = 'ProveEmails20261122001040';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // The tenant by whose word alone the password is the owner's; null once the e-mail is proved.
      `alter table users add column vouched_tenant_id uuid references tenants (id)`,
      // Of accounts from before nobody knows. Whoever belongs to one tenant goes on there, and proves the e-mail for another.
      ...unforced(
        'users',
        `update users u set vouched_tenant_id = m.tenant_id
           from (select user_id, (array_agg(tenant_id))[1] as tenant_id from memberships group by user_id having count(*) = 1) m
           where m.user_id = u.id and u.password_hash is not null and not u.is_operator`,
      ),
      // Whoever invites reads the other link.
      `alter table invitations add column mailed_token_hash bytea unique`,
      // The tenant that the link was handed to; null for one that was mailed.
      `alter table sign_in_challenges add column vouched_tenant_id uuid references tenants (id)`,
      // Which of those that are under way were mailed, nobody knows either. They would be good for an hour at most.
      ...unforced('sign_in_challenges', `delete from sign_in_challenges where kind = 'password_reset'`),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table sign_in_challenges drop column vouched_tenant_id`,
      `alter table invitations drop column mailed_token_hash`,
      `alter table users drop column vouched_tenant_id`,
    ]);
  }
}
