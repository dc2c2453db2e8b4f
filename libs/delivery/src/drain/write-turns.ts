import { type ClaimedDelivery } from '../claim/claim.types';

/**
 * Deliveries that write the same record take turns, because what a mapping makes depends on whether the record is known in
 * the other system yet: two of them that were mapped before either was sent would both create it. Who has waited is mapped
 * again, when the outcome before it is written down.
 *
 * Turns are a matter of one drain: no other one of the connection runs beside it.
 */
export class WriteTurns {
  /** Who waits, by the record that is being written. */
  private readonly waiting = new Map<string, ClaimedDelivery[]>();
  /** The record that each delivery writes whose turn it is. */
  private readonly records = new Map<string, string>();
  /** When each record's last outcome was written. */
  private readonly writtenAt = new Map<string, number>();
  private time = 0;

  /** A moment to compare mappings with. */
  get now(): number {
    return this.time;
  }

  /**
   * @param record names the record that the mapped delivery writes.
   * @param mappedAt a moment before its mapping began.
   * @returns `send`, `wait` (until `written` answers it), or `map_again`: the record has been written in the meantime.
   */
  take(delivery: ClaimedDelivery, record: string, mappedAt: number): 'send' | 'wait' | 'map_again' {
    if (this.records.has(delivery.id)) return 'send';
    const queue = this.waiting.get(record);
    if (queue !== undefined) {
      queue.push(delivery);
      return 'wait';
    }
    this.waiting.set(record, []);
    this.records.set(delivery.id, record);
    return (this.writtenAt.get(record) ?? -1) >= mappedAt ? 'map_again' : 'send';
  }

  /** Outcomes have been committed. @returns whose turn it is now: to be mapped again. */
  written(deliveryIds: readonly string[]): ClaimedDelivery[] {
    const next: ClaimedDelivery[] = [];
    for (const id of deliveryIds) {
      const record = this.records.get(id);
      if (record === undefined) continue;
      this.records.delete(id);
      this.writtenAt.set(record, this.time);
      const first = this.waiting.get(record)?.shift();
      if (first === undefined) this.waiting.delete(record);
      else {
        this.records.set(first.id, record);
        next.push(first);
      }
    }
    this.time++;
    return next;
  }

  /** Nobody waits any longer. @returns who did. */
  giveUp(): ClaimedDelivery[] {
    return [...this.waiting.values()].flatMap((queue) => queue.splice(0));
  }
}
