import { type Database } from './database';

export class UnsafeDatabaseRoleError extends Error {
  constructor(role: string, why: string) {
    super(
      `Refusing to start: database role "${role}" ${why}. Row-level security would not hold. Use the hub's own roles.`,
    );
    this.name = 'UnsafeDatabaseRoleError';
  }
}

interface RoleRow {
  role: string;
  superuser: boolean;
  bypasses: boolean;
  owned: string | null;
}

/** Throws when the role skips policies: superuser, BYPASSRLS, or owner (or member of the owner) of any hub table. */
export async function assertRoleIsConfined(database: Database): Promise<void> {
  const [row] = await database.query<RoleRow>(`
    select r.rolname as role, r.rolsuper as superuser, r.rolbypassrls as bypasses,
           (select min(c.relname::text) from pg_class c
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
               and pg_has_role(r.oid, c.relowner, 'member')) as owned
    from pg_roles r where r.rolname = current_user`);
  if (row === undefined) throw new Error('the database does not know its own current_user');
  if (row.superuser) throw new UnsafeDatabaseRoleError(row.role, 'is a superuser');
  if (row.bypasses) throw new UnsafeDatabaseRoleError(row.role, 'has BYPASSRLS');
  if (row.owned !== null) throw new UnsafeDatabaseRoleError(row.role, `owns table "${row.owned}"`);
}
