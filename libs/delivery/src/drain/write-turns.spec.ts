import { claimedDelivery } from '../testing/claimed-delivery';
import { WriteTurns } from './write-turns';

describe('write turns', () => {
  const [a, b, c] = [claimedDelivery(), claimedDelivery(), claimedDelivery()];

  it('lets one delivery of a record go at a time, in the order in which they came', () => {
    const turns = new WriteTurns();
    expect(turns.take(a, 'acme', turns.now)).toBe('send');
    expect(turns.take(b, 'acme', turns.now)).toBe('wait');
    expect(turns.take(c, 'acme', turns.now)).toBe('wait');
    expect(turns.written([a.id])).toEqual([b]);
    expect(turns.take(b, 'acme', turns.now)).toBe('send');
    expect(turns.written([b.id])).toEqual([c]);
  });

  it('keeps the turn for whom it was given to, though another is mapped first', () => {
    const turns = new WriteTurns();
    turns.take(a, 'acme', turns.now);
    turns.take(b, 'acme', turns.now);
    turns.written([a.id]);
    expect(turns.take(c, 'acme', turns.now)).toBe('wait');
    // Whatever became of it: it was left out by its mapping, or given back.
    expect(turns.written([b.id])).toEqual([c]);
  });

  it('has a delivery mapped again whose mapping began before the record was written', () => {
    const turns = new WriteTurns();
    turns.take(a, 'acme', turns.now);
    const before = turns.now;
    turns.written([a.id]);
    expect(turns.take(b, 'acme', before)).toBe('map_again');
    expect(turns.take(b, 'acme', turns.now)).toBe('send');
    expect(turns.take(c, 'bolt', before)).toBe('send');
  });

  it('knows who waits when the drain has to end', () => {
    const turns = new WriteTurns();
    turns.take(a, 'acme', turns.now);
    turns.take(b, 'acme', turns.now);
    turns.take(c, 'acme', turns.now);
    expect(turns.giveUp()).toEqual([b, c]);
    expect(turns.written([a.id])).toEqual([]);
  });
});
