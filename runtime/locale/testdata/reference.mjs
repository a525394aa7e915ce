// Answers each line of input, a case, with what this Node's Intl says: the reference of package locale.
import { createInterface } from 'node:readline';

const plain = (o) => Object.fromEntries(Object.entries(o ?? {}).filter(([, v]) => v !== '' && v !== null && v !== 0));
const number = (o) => {
  const { useGrouping, ...rest } = plain(o);
  return { ...rest, ...('minimumFractionDigits' in (o ?? {}) && o.minimumFractionDigits !== null && { minimumFractionDigits: o.minimumFractionDigits }),
    ...(o?.maximumFractionDigits === 0 && { maximumFractionDigits: 0 }), ...(useGrouping && { useGrouping: useGrouping === 'false' ? false : useGrouping }) };
};
const answers = {
  number: ({ locale, options, value }) => new Intl.NumberFormat(locale, number(options)).format(value === null ? NaN : value),
  date: ({ locale, options, value }) => new Intl.DateTimeFormat(locale, plain(options)).format(new Date(value)),
  compare: ({ locale, options, texts }) => Math.sign(new Intl.Collator(locale, plain(options)).compare(...texts)),
  plural: ({ locale, ordinal, value }) => new Intl.PluralRules(locale, { type: ordinal ? 'ordinal' : 'cardinal' }).select(value),
  relative: ({ locale, style, auto, value, unit }) => new Intl.RelativeTimeFormat(locale, { style, numeric: auto ? 'auto' : 'always' }).format(value, unit),
  list: ({ locale, type, style, items }) => new Intl.ListFormat(locale, { type, style }).format(items),
};
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'icu') { console.log(JSON.stringify(process.versions.icu)); continue; }
  const c = JSON.parse(line);
  let answer;
  try { answer = { is: String(answers[c.kind](c)) }; } catch (e) { answer = { error: e.name }; }
  console.log(JSON.stringify(answer));
}
