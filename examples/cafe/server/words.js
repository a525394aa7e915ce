// What people read on the pay sheet, on the receipt and in the message, in the language in which they
// ordered.
const WORDS = {
  en: { join: ", ", more: (n) => `and ${n} more`, hint: "Please come to the counter." },
  zh: { join: "、", more: (n) => `等 ${n} 项`, hint: "请到柜台取餐。" },
};

/** "zh" for Chinese of any kind, else "en". */
export function languageOf(given) {
  return /^zh\b/i.test(String(given ?? "")) ? "zh" : "en";
}

export function hint(language) {
  return WORDS[language].hint;
}

/** Every item of an order with its count; where not all fit, how many there are besides. */
export function named(lines, language, most) {
  const { join, more } = WORDS[language];
  const names = lines.map(({ name, count }) =>
    count > 1 ? `${name[language]} × ${count}` : name[language],
  );
  for (let shown = names.length; shown > 0; shown--) {
    const left = names.length - shown;
    // Chinese counts all of them, English those that are left.
    const rest = left > 0 ? ` ${more(language === "zh" ? names.length : left)}` : "";
    const text = names.slice(0, shown).join(join) + rest;
    if (text.length <= most) return text;
  }
  return names[0].slice(0, most);
}
