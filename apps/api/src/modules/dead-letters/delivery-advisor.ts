import { Inject, Injectable, Module } from '@nestjs/common';
import { type ConnectorRegistry } from '@hub/connector-sdk';
import { adviceFor, holdAdvice, type DeliveryRow, type FailureAdvice, type FailureFacts } from '@hub/delivery';
import { CONNECTOR_REGISTRY } from '../../tokens';

/** Brings together what the hub knows of a failure and what the connector knows of the vendor's codes. */
@Injectable()
export class DeliveryAdvisor {
  constructor(@Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry) {}

  /** What to do about a delivery that is dead, or what it waits for; null where there is nothing to say. */
  adviceOf(row: Pick<DeliveryRow, 'status' | 'reason' | 'last_error' | 'connector_id'>): FailureAdvice | null {
    const { status, reason, last_error: error } = row;
    if (status === 'dead')
      return this.ofFailure(row.connector_id, { category: error?.category ?? null, code: error?.code ?? null, reason });
    return status === 'held' || reason === 'waiting_for_link' ? holdAdvice(reason) : null;
  }

  ofFailure(connectorId: string, failure: FailureFacts): FailureAdvice {
    const known = this.connectors.get(connectorId)?.manifest.advice ?? {};
    const { code } = failure;
    return adviceFor(failure, code !== null && Object.hasOwn(known, code) ? known[code] : undefined);
  }

  /** As people call it. */
  systemName(connectorId: string): string {
    return this.connectors.get(connectorId)?.manifest.name ?? connectorId;
  }
}

@Module({ providers: [DeliveryAdvisor], exports: [DeliveryAdvisor] })
export class DeliveryAdvisorModule {}
