import { type Reply } from './http-frame';

/** For rules of stale reads: what was answered to each question when a rule met it first. */
export class EarlierAnswers {
  private readonly byRule = new WeakMap<object, Map<string, Reply>>();

  /**
   * @param now the true answer. One that says nothing of the data (a refused login, no room) is given as it is.
   * @returns the answer that is told: what lies behind it may have changed since
   */
  of(rule: object, question: string, now: Reply): Reply {
    if (!tellsOfData(now)) return now;
    const answers = this.byRule.get(rule) ?? new Map<string, Reply>();
    this.byRule.set(rule, answers);
    const told = answers.get(question) ?? now;
    answers.set(question, told);
    return told;
  }
}

function tellsOfData({ status }: Reply): boolean {
  return (status >= 200 && status < 300) || status === 404;
}
