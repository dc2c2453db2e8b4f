import { zipfOrder } from './zipf';

it('the second is drawn half as often as the first, the tenth a tenth as often, and everybody within range', () => {
  const drawn = zipfOrder(1_000, 50_000);
  const timesOf = (rank: number): number => drawn.filter((each) => each === rank).length;
  expect(timesOf(0) / timesOf(1)).toBeCloseTo(2, 1);
  expect(timesOf(0) / timesOf(9)).toBeCloseTo(10, 0);
  expect(Math.max(...drawn)).toBeLessThan(1_000);
  expect(drawn).toHaveLength(50_000);
});

it('the first does not come in clusters', () => {
  const places = zipfOrder(1_000, 5_000).flatMap((rank, place) => (rank === 0 ? [place] : []));
  const gaps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(13);
});
