import { addRoute, connectSink, stageHub, type StagedHub, type StagedTenant } from './staged-hub';

/** A hub with a tenant whose events of type `order.*` go to a sink. */
export interface OrderStage {
  readonly hub: StagedHub;
  readonly tenant: StagedTenant;
  readonly connection: string;
  readonly sink: string;
  readonly route: string;
}

/** Call it inside a `describe`. What it returns is filled in before the first test. */
export function stageOrders(): OrderStage {
  let hub: StagedHub | undefined;
  const stage = {} as { -readonly [Key in keyof OrderStage]: OrderStage[Key] };
  beforeAll(async () => {
    hub = await stageHub();
    stage.hub = hub;
    stage.tenant = await hub.newTenant();
    const { id, sink } = await connectSink(hub, stage.tenant);
    const route = await addRoute(stage.tenant, { event_type: 'order.*', connection_id: id });
    Object.assign(stage, { connection: id, sink, route });
  }, 120_000);
  afterAll(() => hub?.stop());
  return stage;
}

/** An event that the route takes. */
export function orderOf(id: string, data: unknown = { n: 1 }): Record<string, unknown> {
  return { event_id: id, type: 'order.created', data };
}
