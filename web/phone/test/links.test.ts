import { expect, test } from "vitest";
import { piecesOf } from "../src/screens/chat/links";

const links = (text: string): string[] =>
  piecesOf(text).flatMap(({ text: shown, href }) => (href ? [`${shown} → ${href}`] : []));

test("web addresses, with and without https, end where the sentence goes on", () => {
  expect(links("See https://tea.example/menu?a=1#top, then (www.tea.example).")).toEqual([
    "https://tea.example/menu?a=1#top → https://tea.example/menu?a=1#top",
    "www.tea.example → https://www.tea.example",
  ]);
  expect(links("https://en.wikipedia.org/wiki/Tea_(drink)")).toEqual([
    "https://en.wikipedia.org/wiki/Tea_(drink) → https://en.wikipedia.org/wiki/Tea_(drink)",
  ]);
  expect(links("菜单在https://tea.example/菜单，请看。")).toEqual([
    "https://tea.example/菜单 → https://tea.example/菜单",
  ]);
});

test("mail addresses and telephone numbers", () => {
  expect(links("Write to mia.okada+tea@tea.example or call +86 138 0013 8000.")).toEqual([
    "mia.okada+tea@tea.example → mailto:mia.okada+tea@tea.example",
    "+86 138 0013 8000 → tel:+8613800138000",
  ]);
  expect(links("电话13800138000，或 010-62345678、(021) 6234-5678")).toEqual([
    "13800138000 → tel:13800138000",
    "010-62345678 → tel:01062345678",
    "(021) 6234-5678 → tel:02162345678",
  ]);
});

test("amounts, dates, order numbers, versions and addresses of machines stay texts", () => {
  for (const text of [
    "¥1380013.80",
    "2026-11-30 22:15",
    "order 20261130138001380001",
    "192.168.100.200",
    "v1.2.3-4567890",
    "01a22e88-7289-7bb1-9111-73215e564be5",
    "www.",
    "@alice",
    "javascript:alert(1)",
    "http://",
  ])
    expect(links(text), text).toEqual([]);
});

test("the pieces joined are the text, whatever it holds", () => {
  const parts = [
    "https://a.b",
    "www.a.b",
    "a@b.cc",
    "+8613800138000",
    " ",
    ")",
    "，",
    ".",
    "tea",
    "\n",
  ];
  let state = 3;
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648);
  for (let round = 0; round < 500; round++) {
    let text = "";
    for (let i = next() % 9; i >= 0; i--) text += parts[next() % parts.length];
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  }
});
