// What the café's server writes for people.
import assert from "node:assert/strict";
import { test } from "node:test";
import { items } from "../../examples/cafe/server/menu.js";
import { hint, languageOf, named } from "../../examples/cafe/server/words.js";

const lines = (...wanted) => wanted.map(([id, count]) => ({ name: items.get(id).name, count }));

test("a receipt names everything that was ordered, in the language of the order", () => {
  const two = lines(["latte", 1], ["oolong", 2]);
  assert.equal(named(two, "en", 100), "Latte, Oolong × 2");
  assert.equal(named(two, "zh", 100), "拿铁、乌龙茶 × 2");
  assert.equal(named(lines(["latte", 1]), "zh", 100), "拿铁");
  assert.equal(hint("zh"), "请到柜台取餐。");
});

test("of a long order as much is named as fits, and how much there is besides", () => {
  const all = lines(...[...items.keys()].map((id) => [id, 20]));
  assert.equal(named(all, "en", 40), "Latte × 20, Americano × 20 and 9 more");
  assert.equal(named(all, "zh", 24), "拿铁 × 20、美式咖啡 × 20 等 11 项");
  for (const language of ["en", "zh"])
    for (let most = 20; most < 250; most++) assert.ok(named(all, language, most).length <= most);
});

test("Chinese of any region is Chinese; everybody else, and older orders, read English", () => {
  for (const tag of ["zh", "zh-CN", "zh-Hant"]) assert.equal(languageOf(tag), "zh");
  for (const tag of ["en", "fr", undefined, 7, "zha"]) assert.equal(languageOf(tag), "en");
});
