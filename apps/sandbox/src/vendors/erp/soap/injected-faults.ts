import { z } from 'zod';
import { SoapFault } from './soap-fault';

export const INJECTED_FAULT = z.strictObject({
  /** Code or slug; absent for both. */
  company: z.string().optional(),
  /** `UpsertCustomer`; absent for all. */
  operation: z.string().optional(),
  /** Plain substring of the message. */
  body: z.string().optional(),
  fault: z.enum(['Client', 'Server']).default('Server'),
  code: z.string().default('ERP-9001'),
  message: z.string().default('Database lock: the record is in use by another session'),
  field: z.string().optional(),
  retryable: z.boolean().default(true),
  http_status: z.number().int().min(200).max(599).optional(),
  /** The work is done, and the answer is this fault all the same. */
  after_commit: z.boolean().default(false),
  /** Let this many matching calls pass first. */
  after: z.number().int().min(0).default(0),
  times: z.number().int().min(1).default(1),
});

export type InjectedFaultInput = z.infer<typeof INJECTED_FAULT>;

export interface Injected {
  readonly fault: SoapFault;
  readonly afterCommit: boolean;
}

interface ActiveFault {
  readonly id: string;
  readonly input: InjectedFaultInput;
  matched: number;
  fired: number;
}

/** Faults that only a SOAP server can answer with; the kernel's rules know nothing of operations and envelopes. */
export class InjectedFaults {
  private active: ActiveFault[] = [];
  private lastId = 0;

  add(input: InjectedFaultInput): string {
    const id = `soap_fault_${++this.lastId}`;
    this.active.push({ id, input, matched: 0, fired: 0 });
    return id;
  }

  clear(): void {
    this.active = [];
  }

  list(): ActiveFault[] {
    return this.active.map((fault) => ({ ...fault }));
  }

  /** The first fault that fits and has not been used up. */
  decide(companyNames: readonly string[], operation: string, text: string): Injected | undefined {
    for (const rule of this.active) {
      const { input } = rule;
      if (input.company !== undefined && !companyNames.includes(input.company)) continue;
      if (input.operation !== undefined && input.operation !== operation) continue;
      if (input.body !== undefined && !text.includes(input.body)) continue;
      rule.matched++;
      if (rule.matched <= input.after || rule.fired >= input.times) continue;
      rule.fired++;
      const { code, message, field, retryable } = input;
      const fault = new SoapFault(input.fault, message, { code, message, field, retryable }, input.http_status);
      return { fault, afterCommit: input.after_commit };
    }
    return undefined;
  }
}
