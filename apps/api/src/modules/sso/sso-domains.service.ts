import { Resolver } from 'node:dns/promises';
import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, appendOperatorAudit, type AuditActor } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { listSsoDomains, TenantDb, verifySsoDomain, type SsoDomainRow } from '@hub/tenancy';
import { OPERATOR_DATABASE } from '../../tokens';
import { type SsoResponse } from './dto/sso.response';
import { challengeName, challengeValue } from './sso.mapper';
import { SsoService, targetOf, viewOf } from './sso.service';

/** @throws whatever the resolver does when there is no such record, or no answer */
export type TxtLookup = (name: string) => Promise<string[][]>;
export const TXT_LOOKUP = Symbol('TxtLookup');
/** Somebody waits for the answer: a name server that is silent is not waited for as long as its protocol would. */
const resolver = new Resolver({ timeout: 3_000, tries: 2 });
export const lookUpTxt: TxtLookup = (name) => resolver.resolveTxt(name);

const TAKEN = problem('conflict', 'domain_taken', 'Another company has proved this domain to be its own.');

/**
 * A domain counts when it is proved: otherwise anybody could name another company's and let its people in by a provider of
 * their own. Proved is it by who may write its DNS, or by the people who run the hub, and for one tenant only.
 */
@Injectable()
export class SsoDomainsService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(OPERATOR_DATABASE) private readonly operators: Database,
    @Inject(SsoService) private readonly sso: SsoService,
    @Inject(TXT_LOOKUP) private readonly lookUp: TxtLookup,
  ) {}

  /** Looks at the DNS of every domain that is not proved yet. */
  async verify(tenantId: string, actor: AuditActor): Promise<Result<SsoResponse, Problem>> {
    const open = (await this.tenants.run(tenantId, listSsoDomains)).filter((row) => row.verified_at === null);
    const answers = await Promise.all(open.map(async (row) => ((await this.isProved(row)) ? row.domain : null)));
    const proved = answers.filter((domain) => domain !== null);
    return this.tenants.run(tenantId, async (tx): Promise<Result<SsoResponse, Problem>> => {
      const verified: string[] = [];
      const taken: string[] = [];
      for (const domain of proved) {
        const outcome = await verifySsoDomain(tx, tenantId, domain, 'dns');
        if (outcome === 'verified') verified.push(domain);
        if (outcome === 'taken') taken.push(domain);
      }
      const details = {
        verified,
        taken,
        not_found: open.map(({ domain }) => domain).filter((d) => !proved.includes(d)),
      };
      await appendAudit(tx, { action: 'sso.domains_verified', actor, target: targetOf(tenantId), details });
      return taken.length > 0 ? err(TAKEN) : ok(await this.sso.answer(tx, await viewOf(tx)));
    });
  }

  /** By an operator, who has been shown that the domain is theirs. */
  confirm(tenantId: string, domain: string, actor: AuditActor): Promise<Result<null, Problem>> {
    return this.operators.transaction(async (tx) => {
      const outcome = await verifySsoDomain(tx, tenantId, domain.toLowerCase(), 'operator');
      if (outcome === 'unknown') return err(notFound('domain'));
      if (outcome === 'taken') return err(TAKEN);
      const entry = { action: 'sso.domain_confirmed', actor, target: targetOf(tenantId), details: { domain } };
      await appendOperatorAudit(tx, entry, tenantId);
      return ok(null);
    });
  }

  private async isProved({ domain, token }: SsoDomainRow): Promise<boolean> {
    // No such name, no such record, no answer: not proved, and the next look may find it.
    const records = await this.lookUp(challengeName(domain)).catch(() => []);
    return records.some((parts) => parts.join('') === challengeValue(token));
  }
}
