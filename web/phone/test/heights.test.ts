import { expect, test } from "vitest";
import { Heights } from "../src/screens/chat/heights";

/** A small generator with a seed, so that a failure comes again. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

test("sums and rows are those of a plain list, while it grows and rows are measured", () => {
  const random = numbers(7);
  const heights = new Heights(60);
  const plain: number[] = [];
  for (let round = 0; round < 400; round++) {
    if (round % 20 === 0) {
      const more = Math.floor(random() * 300);
      for (let i = 0; i < more; i++) plain.push(60);
      heights.grow(plain.length);
    }
    if (plain.length === 0) continue;
    const row = Math.floor(random() * plain.length);
    plain[row] = 20 + Math.floor(random() * 400);
    heights.set(row, plain[row]!);

    const asked = Math.floor(random() * (plain.length + 1));
    const sum = plain.slice(0, asked).reduce((a, b) => a + b, 0);
    expect(heights.offset(asked)).toBeCloseTo(sum, 3);
    if (asked < plain.length) {
      expect(heights.rowAt(sum + 0.5)).toBe(asked);
      expect(heights.rowAt(sum + plain[asked]! - 0.5)).toBe(asked);
    }
  }
  expect(heights.total).toBeCloseTo(
    plain.reduce((a, b) => a + b, 0),
    3,
  );
  expect(heights.rowAt(-5)).toBe(0);
  expect(heights.rowAt(heights.total + 5)).toBe(plain.length - 1);
});
