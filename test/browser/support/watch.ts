import { expect, type Page, type Request } from '@playwright/test';

/** Whatever goes wrong in a page without anybody seeing it. */
export class Watch {
  readonly faults: string[] = [];
  private readonly pending = new Set<Request>();
  private readonly tolerated: RegExp[] = [];

  constructor(
    private readonly page: Page,
    private readonly portalUrl: string,
  ) {
    page.on('console', (message) => {
      const { url } = message.location();
      const isOurs = url === '' || url.startsWith(portalUrl);
      if (isOurs && ['error', 'warning'].includes(message.type()))
        this.blame(`console ${message.type()}: ${message.text()} (${url})`);
    });
    page.on('pageerror', (error) => this.blame(`uncaught: ${error.message}`));
    page.on('response', (response) => {
      if (this.isOurs(response.url()) && response.status() >= 400)
        this.blame(`${response.request().method()} ${response.url()} answered ${response.status()}`);
    });
    page.on('request', (request) => {
      if (this.isOurs(request.url()) && !isStream(request)) this.pending.add(request);
    });
    page.on('requestfinished', (request) => this.pending.delete(request));
    page.on('requestfailed', (request) => {
      this.pending.delete(request);
      const why = request.failure()?.errorText ?? '';
      // A page that is left takes its requests with it.
      if (this.isOurs(request.url()) && why !== 'net::ERR_ABORTED') this.blame(`${request.url()} failed: ${why}`);
    });
  }

  /** From here on: what a test brings about on purpose. */
  tolerate(...patterns: readonly RegExp[]): void {
    this.tolerated.push(...patterns);
  }

  /** The page has its heading, all that it asked for, and no more placeholders. */
  async settled(): Promise<void> {
    await expect(this.page.locator('h1').first()).toBeVisible();
    const skeletons = this.page.locator('.mantine-Skeleton-root');
    await expect
      .poll(
        async () => {
          // Two frames: what an answer brings is drawn by then, and may have asked for more.
          await this.page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
          return this.pending.size + (await skeletons.count());
        },
        { message: 'the page is still loading', intervals: [20, 50, 100] },
      )
      .toBe(0);
  }

  expectQuiet(): void {
    expect(this.faults, 'what went wrong in the page').toEqual([]);
  }

  private isOurs(url: string): boolean {
    return url.startsWith(this.portalUrl);
  }

  private blame(fault: string): void {
    if (!this.tolerated.some((pattern) => pattern.test(fault))) this.faults.push(fault);
  }
}

function isStream(request: Request): boolean {
  return request.resourceType() === 'eventsource' || (request.headers()['accept'] ?? '').includes('text/event-stream');
}
