import { sameEvent } from './same-event';

describe('the body that sends an event again', () => {
  it('has what was sent, letter by letter, and nothing that the hub has added', () => {
    const payload = '{"n":12345678901234567890.10, "text":"O\'Neill \\"🙂\\"\\n"}';
    const answer = `{"tracking_id":"evt_1","event_id":"e-1","type":"order.created","source":null,"subject":"s/1","status":"failed","occurred_at":"2026-11-20T10:00:00.000Z","received_at":"x","metadata":{"a":1e3},"request_id":"r","archived":false,"deliveries":[],"payload":${payload}}`;
    expect(sameEvent(answer)).toBe(
      `{"event_id":"e-1","type":"order.created","subject":"s/1","occurred_at":"2026-11-20T10:00:00.000Z","data":${payload},"metadata":{"a":1e3}}`,
    );
  });

  it('is none without the payload', () => {
    expect(sameEvent('{"event_id":"e-1","type":"a","payload":null}')).toBeNull();
    expect(sameEvent('{"event_id":"e-1","type":"a"}')).toBeNull();
  });
});
