import { SandboxFixture, type Answer } from '../../fixtures/sandbox-fixture';

/** The answer to a write of one record, alone or in a list. */
export interface Saved {
  readonly id: string;
  readonly success: boolean;
  readonly created?: boolean;
  readonly errors: readonly {
    readonly statusCode: string;
    readonly message: string;
    readonly fields: readonly string[];
  }[];
}

/** A running sandbox that is as new before each test, with a session of its first org. */
export interface RestStage {
  readonly fixture: SandboxFixture;
  readonly session: string;
  call<T = unknown>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** @returns the id of the new record, which must be accepted. */
  create(object: string, fields: object): Promise<string>;
}

/** For the body of a `describe`. */
export function useRestStage(): RestStage {
  let fixture: SandboxFixture;
  let session: string;
  beforeAll(async () => {
    fixture = await SandboxFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    session = await fixture.session();
  });
  const call: RestStage['call'] = (method, path, body, headers) => fixture.call(session, method, path, body, headers);
  return {
    get fixture() {
      return fixture;
    },
    get session() {
      return session;
    },
    call,
    create: async (object, fields) => {
      const { status, body } = await call<Saved>('POST', `/sobjects/${object}`, fields);
      expect([status, body]).toEqual([201, expect.objectContaining({ success: true })]);
      return body.id;
    },
  };
}

export function errorOf(answer: Answer): unknown {
  return (answer.body as { errorCode: string }[])[0]?.errorCode;
}
