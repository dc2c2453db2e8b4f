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

export interface Telemetry {
  stop(): Promise<void>;
}

/**
 * Traces over OTLP/HTTP; without a collector nothing is recorded. Spans are made by hand where they tell something
 * (request, vendor call) rather than by patching modules: patches depend on the order of imports and cost the hot path.
 */
export async function startTelemetry(serviceName: string, endpoint: string | undefined): Promise<Telemetry> {
  if (endpoint === undefined) return { stop: () => Promise.resolve() };
  // A tenth of what a process loads, which most installations do without.
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName, instrumentations: [], autoDetectResources: false });
  sdk.start();
  return { stop: () => sdk.shutdown() };
}

/** The span of one request. `traceparent` is `null` when nothing is recorded. */
export interface ServerSpan {
  readonly traceparent: string | null;
  end(name: string, attributes: Attributes): void;
}

const NO_SPAN: ServerSpan = { traceparent: null, end: () => undefined };

export function startServerSpan(method: string, parent: string | null): ServerSpan {
  const started = continueTrace(parent);
  const span = trace.getTracer('hub').startSpan(method, { kind: SpanKind.SERVER }, started);
  if (!span.isRecording()) return NO_SPAN;
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(started, span), carrier);
  return {
    traceparent: carrier['traceparent'] ?? null,
    end: (name, attributes) => {
      span.updateName(name);
      span.setAttributes(attributes);
      span.end();
    },
  };
}

/** A context that continues the trace kept in a database row, so that it survives a lost queue. */
function continueTrace(traceparent: string | null): Context {
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
