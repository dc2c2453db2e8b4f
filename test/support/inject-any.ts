import { type NestFastifyApplication } from '@nestjs/platform-fastify';

type InjectOptions = Exclude<Parameters<NestFastifyApplication['inject']>[0], string | undefined>;
type InjectedAnswer = Awaited<ReturnType<NestFastifyApplication['inject']>>;

export interface AnyAnswer {
  readonly status: number;
  readonly headers: InjectedAnswer['headers'];
  /** Nothing, of a stream that has no end: what comes in it is another test's business. */
  readonly text: string;
}

/** Asks the API without a socket, a stream of events too: that one is hung up on as soon as it has begun. */
export async function injectAny(app: NestFastifyApplication, options: InjectOptions): Promise<AnyAnswer> {
  const response = await app.inject({ ...options, payloadAsStream: true });
  const { statusCode: status, headers } = response;
  if (headers['content-type']?.toString().startsWith('text/event-stream') === true) {
    response.raw.res.destroy();
    return { status, headers, text: '' };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response.stream()) chunks.push(chunk as Buffer);
  return { status, headers, text: Buffer.concat(chunks).toString('utf8') };
}
