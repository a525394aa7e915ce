import { expect, test } from "vitest";
import { byLetter, letterOf } from "../src/state/letters";
import { isWeak } from "../src/screens/wallet/weakPin";
import { backoff } from "../../shared/realtime";

test("Chinese names stand under their pinyin, accents under their letter, the rest under #", () => {
  const names = ["王小明", "李梅", "周杰", "Émile", "alice", "🌸", "7up", "安娜", "邹"];
  expect(names.map(letterOf)).toEqual(["W", "L", "Z", "E", "A", "#", "#", "A", "Z"]);
});

test("the letters are in order with # last", () => {
  expect(byLetter(["🌸", "Bob", "安娜", "alice"], (name) => name).map((g) => g.letter)).toEqual([
    "A",
    "B",
    "#",
  ]);
});

test("PINs that anyone tries first are weak, others are not", () => {
  for (const pin of [
    "000000",
    "123456",
    "654321",
    "890123",
    "098765",
    "121212",
    "123123",
    "112233",
  ])
    expect(isWeak(pin), pin).toBe(true);
  for (const pin of ["135791", "481516", "123457", "246813"]) expect(isWeak(pin), pin).toBe(false);
});

test("the pause between connections grows to a ceiling and is spread", () => {
  expect(backoff(0, () => 0)).toBe(250);
  expect(backoff(0, () => 1)).toBe(500);
  expect(backoff(3, () => 1)).toBe(4000);
  expect(backoff(50, () => 1)).toBe(30_000);
});
