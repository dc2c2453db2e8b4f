import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { NodeSDK } from '@opentelemetry/sdk-node';

export interface Telemetry {
  stop(): Promise<void>;
}

/**
 * Traces over OTLP/HTTP; without a collector nothing is loaded into the hot path. Must run before the server and the
 * database pools are made, because instrumentations patch their modules as they are first used.
 *
 * undici is not instrumented: the outbound call carries the `traceparent` of its own span, see `inSpan`.
 */
export function startTelemetry(serviceName: string, endpoint: string | undefined): Telemetry {
  if (endpoint === undefined) return { stop: () => Promise.resolve() };
  const sdk = new NodeSDK({
    serviceName,
    instrumentations: [
      new HttpInstrumentation({ ignoreIncomingRequestHook: (request) => request.url?.startsWith('/health') === true }),
      new PgInstrumentation(),
      new IORedisInstrumentation(),
    ],
  });
  sdk.start();
  return { stop: () => sdk.shutdown() };
}

/** The `traceparent` of the running span, or `null` when nothing traces. */
export function activeTraceparent(): string | null {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'] ?? null;
}

/** A context that continues the trace kept in a database row, so that it survives a lost queue. */
export function continueTrace(traceparent: string | null): Context {
  return traceparent === null ? context.active() : propagation.extract(context.active(), { traceparent });
}

/** Runs `work` in a client span that continues `traceparent`; the work is given the `traceparent` to send on. */
export async function inSpan<T>(
  name: string,
  traceparent: string | null,
  attributes: Attributes,
  work: (outgoing: string | null, span: Span) => Promise<T>,
): Promise<T> {
  const parent = continueTrace(traceparent);
  const span = trace.getTracer('hub').startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
  const active = trace.setSpan(parent, span);
  try {
    return await context.with(active, async () => {
      const carrier: Record<string, string> = {};
      propagation.inject(active, carrier);
      return work(carrier['traceparent'] ?? traceparent, span);
    });
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
