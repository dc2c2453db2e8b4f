export interface GatheredOptions {
  /** Most questions in one call. Default 500. */
  readonly most?: number;
  /** Calls under way at once; what comes meanwhile waits for the next one. Default 2, so that a slow one does not stop all. */
  readonly callsAtOnce?: number;
}

interface Question<Answer> {
  readonly key: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Questions that are asked together: all that come in one turn of the event loop, or while others are under way, are one
 * call. Nobody waits for company, so a lone question is asked at once, and thousands of callers with a question each cost
 * a few calls. Who asks what is being asked already gets the same answer.
 */
export class Gathered<Answer> {
  private readonly shared = new Map<string, Promise<Answer>>();
  private waiting: Question<Answer>[] = [];
  private calls = 0;
  private isDue = false;
  private readonly most: number;
  private readonly callsAtOnce: number;

  /** @param ask one answer for each key, in order; when it rejects, everybody in that call is told so */
  constructor(
    private readonly ask: (keys: readonly string[]) => Promise<readonly Answer[]>,
    { most = 500, callsAtOnce = 2 }: GatheredOptions = {},
  ) {
    this.most = most;
    this.callsAtOnce = callsAtOnce;
  }

  get(key: string): Promise<Answer> {
    const running = this.shared.get(key);
    if (running !== undefined) return running;
    const answer = new Promise<Answer>((resolve, reject) => this.waiting.push({ key, resolve, reject }));
    this.shared.set(key, answer);
    this.askSoon();
    return answer;
  }

  private askSoon(): void {
    if (this.isDue || this.calls >= this.callsAtOnce) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      while (this.calls < this.callsAtOnce && this.waiting.length > 0) void this.askWaiting();
    });
  }

  private async askWaiting(): Promise<void> {
    const questions = this.waiting.splice(0, this.most);
    this.calls++;
    try {
      const answers = await this.ask(questions.map(({ key }) => key));
      if (answers.length !== questions.length) throw new Error('a gathered call answered another number of questions');
      questions.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      questions.forEach(({ reject }) => reject(error));
    } finally {
      for (const { key } of questions) this.shared.delete(key);
      this.calls--;
      if (this.waiting.length > 0) this.askSoon();
    }
  }
}
