// Writes data.json: what the formats of package locale are made of, as this Node's ICU has it (the data is
// that of Unicode's CLDR). Patterns are read off formatted samples, so that nothing is copied by hand:
//   node runtime/locale/generate.mjs > runtime/locale/data.json
const dateLocales = ['en-US', 'en-GB', 'en-CA', 'zh-CN', 'de', 'sv'];
const numberLocales = [...dateLocales, 'zh-TW', 'zh-HK', 'ja', 'ko', 'fr', 'en-AU', 'en-IN', 'es', 'es-MX', 'it', 'pt-BR', 'pt-PT', 'ru', 'uk', 'pl', 'cs', 'sk', 'nl',
  'nb', 'da', 'fi', 'tr', 'hu', 'ro', 'el', 'th', 'vi', 'id', 'ms', 'hi', 'bg', 'hr', 'ca', 'de-CH'];
const currencies = ['CNY', 'USD', 'EUR', 'JPY', 'GBP', 'HKD', 'TWD', 'KRW', 'INR', 'BRL', 'RUB', 'AUD', 'CAD', 'CHF', 'SGD', 'MXN',
  'VND', 'THB', 'IDR', 'MYR', 'PHP', 'PLN', 'TRY', 'SEK', 'NOK', 'DKK', 'NZD', 'ZAR', 'AED', 'MOP'];
const units = ['percent', 'byte', 'kilobyte', 'megabyte', 'gigabyte', 'meter', 'kilometer', 'centimeter', 'gram', 'kilogram', 'celsius',
  'liter', 'second', 'minute', 'hour', 'day', 'week', 'month', 'year'];

const pattern = (parts, name) => parts.map((p) => name(p) ?? p.value).join('');
const numeric = new Set(['integer', 'group', 'decimal', 'fraction']);
const unsignedShape = (parts, extra) => {
  let seen = false;
  return pattern(parts, (p) => {
    if (numeric.has(p.type)) { if (seen) return ''; seen = true; return '{0}'; }
    return extra[p.type];
  });
};

function numbers(locale) {
  const parts = new Intl.NumberFormat(locale).formatToParts(-12345678.9);
  const value = (type) => parts.find((p) => p.type === type)?.value ?? '';
  const four = new Intl.NumberFormat(locale).formatToParts(1234);
  const groups = parts.filter((p) => p.type === 'integer').map((p) => p.value.length);
  const money = (options, n) => new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', ...options }).formatToParts(n);
  const shape = { currency: '{1}' };
  return {
    decimal: value('decimal'), group: value('group'), minus: value('minusSign'),
    plus: new Intl.NumberFormat(locale, { signDisplay: 'always' }).formatToParts(1).find((p) => p.type === 'plusSign').value,
    second: groups.length > 2 ? groups[groups.length - 2] : 3,
    minGrouping: four.some((p) => p.type === 'group') ? 1 : 2,
    percent: unsignedShape(new Intl.NumberFormat(locale, { style: 'percent' }).formatToParts(1), { percentSign: '%' }),
    money: unsignedShape(money({}, 1), shape), moneyMinus: unsignedShape(money({}, -1), { ...shape, minusSign: '-' }),
    accounting: unsignedShape(money({ currencySign: 'accounting' }, -1), { ...shape, minusSign: '-' }),
    symbols: Object.fromEntries(currencies.map((c) => [c, money({ currency: c, currencyDisplay: 'symbol' }, 1).find((p) => p.type === 'currency').value])),
    narrow: Object.fromEntries(currencies.map((c) => [c, money({ currency: c, currencyDisplay: 'narrowSymbol' }, 1).find((p) => p.type === 'currency').value])
      .filter(([c, s]) => s !== money({ currency: c, currencyDisplay: 'symbol' }, 1).find((p) => p.type === 'currency').value)),
    ...(/^(en|zh)/.test(locale) && words(locale)),
  };
}

// What only the languages of Teahouse itself have: names of currencies, compact numbers, units.
function words(locale) {
  const compact = (display) => Array.from({ length: 16 }, (_, i) => {
    const parts = new Intl.NumberFormat(locale, { notation: 'compact', compactDisplay: display }).formatToParts(10 ** i);
    const digits = parts.find((p) => p.type === 'integer').value.length;
    return [i + 1 - digits, unsignedShape(parts, {})];
  });
  const named = (n) => Object.fromEntries(currencies.map((c) => [c, unsignedShape(new Intl.NumberFormat(locale,
    { style: 'currency', currency: c, currencyDisplay: 'name', maximumFractionDigits: n === 1 ? 0 : 2 }).formatToParts(n), {})]));
  const unit = (display, n) => Object.fromEntries(units.map((u) => [u, unsignedShape(new Intl.NumberFormat(locale,
    { style: 'unit', unit: u, unitDisplay: display }).formatToParts(n), {})]));
  const relative = (style) => Object.fromEntries(['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'].map((u) => {
    const say = (n, numeric) => {
      let shape = '';
      for (const p of new Intl.RelativeTimeFormat(locale, { style, numeric }).formatToParts(n, u)) shape += p.type === 'literal' ? p.value : '{0}';
      return shape;
    };
    const auto = Object.fromEntries([-2, -1, 0, 1, 2].map((n) => [n, say(n, 'auto')]).filter(([, v]) => !v.includes('{0}')));
    return [u, { past: [say(-1, 'always'), say(-5, 'always')], future: [say(1, 'always'), say(5, 'always')], auto }];
  }));
  const lists = Object.fromEntries(['conjunction', 'disjunction', 'unit'].flatMap((type) => ['long', 'short', 'narrow'].map((style) => {
    const joins = (list) => new Intl.ListFormat(locale, { type, style }).formatToParts(list).filter((p) => p.type === 'literal').map((p) => p.value);
    const [two] = joins(['a', 'b']), many = joins(['a', 'b', 'c', 'd']);
    return [`${type} ${style}`, [two ?? '', many[0] ?? '', many.at(-1) ?? '']];
  })));
  return { relative: Object.fromEntries(['long', 'short', 'narrow'].map((s) => [s, relative(s)])), lists, compactShort: compact('short'), compactLong: compact('long'), nameOne: named(1), nameOther: named(2),
    units: Object.fromEntries(['short', 'long', 'narrow'].map((d) => [d, { one: unit(d, 1), other: unit(d, 2) }])) };
}

const forms = [undefined, 'numeric', '2-digit'];
const monthForms = [...forms, 'long', 'short', 'narrow'];
const textForms = [undefined, 'long', 'short', 'narrow'];
const code = { undefined: '-', numeric: 'n', '2-digit': '2', long: 'l', short: 's', narrow: 'a' };

function dates(locale) {
  const utc = { timeZone: 'UTC' };
  const name = (part, options, date) => new Intl.DateTimeFormat(locale, { ...utc, ...options }).formatToParts(date).find((p) => p.type === part).value;
  const month = (i) => new Date(Date.UTC(2021, i, 3));
  const day = (i) => new Date(Date.UTC(2021, 7, 1 + i)); // 1 August 2021 was a Sunday
  const months = {}, standing = {}, weekdays = {}, standingDays = {};
  for (const form of ['long', 'short', 'narrow']) {
    months[form] = Array.from({ length: 12 }, (_, i) => name('month', { month: form, day: 'numeric' }, month(i)));
    standing[form] = Array.from({ length: 12 }, (_, i) => name('month', { month: form }, month(i)));
    standingDays[form] = Array.from({ length: 7 }, (_, i) => name('weekday', { weekday: form }, day(i)));
    weekdays[form] = Array.from({ length: 7 }, (_, i) => name('weekday', { weekday: form, month: 'long', day: 'numeric' }, day(i)));
  }
  // 3 September 2021, 09:05:07.123; a Friday.
  const sample = new Date(Date.UTC(2021, 8, 3, 9, 5, 7, 123));
  const text = (p, lists, index) => {
    for (const [form, list] of Object.entries(lists)) if (list[index] === p.value) return form;
  };
  const token = (p) => {
    switch (p.type) {
      case 'year': return p.value === '21' ? '{y2}' : '{y}';
      case 'month': {
        if (p.value === '9' || p.value === '09') return p.value === '9' ? '{m}' : '{m2}';
        const form = text(p, months, 8);
        return form ? `{m:${form}}` : `{m:standing:${text(p, standing, 8)}}`;
      }
      case 'day': return p.value === '3' ? '{d}' : '{d2}';
      case 'weekday': {
        const form = text(p, weekdays, 5);
        return form ? `{w:${form}}` : `{w:standing:${text(p, standingDays, 5)}}`;
      }
      case 'hour': return p.value === '9' ? '{h}' : '{h2}';
      case 'minute': return p.value === '5' ? '{min}' : '{min2}';
      case 'second': return p.value === '7' ? '{s}' : '{s2}';
      case 'dayPeriod': return '{p}';
      case 'timeZoneName': return '{z}';
    }
  };
  const shape = (options) => pattern(new Intl.DateTimeFormat(locale, { ...utc, ...options }).formatToParts(sample), token);
  const between = (options, datePattern, time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }) => {
    const both = shape({ ...options, ...time });
    const at = both.indexOf(shape(time));
    return both.slice(datePattern.length, at);
  };
  const date = {};
  for (const weekday of textForms) for (const year of forms) for (const month of monthForms) for (const d of forms) {
    const options = { weekday, year, month, day: d };
    if (!weekday && !year && !month && !d) continue;
    const p = shape(options);
    date[code[weekday] + code[year] + code[month] + code[d]] = [p, between(options, p)];
  }
  const time = {};
  for (const hour of forms) for (const minute of forms) for (const second of forms) for (const cycle of ['h12', 'h23']) {
    if (!hour && !minute && !second) continue;
    time[code[hour] + code[minute] + code[second] + (hour ? cycle : 'h23')] = shape({ hour, minute, second, ...(hour && { hourCycle: cycle }) });
  }
  const styles = ['full', 'long', 'medium', 'short'];
  const dateStyles = Object.fromEntries(styles.map((s) => [s, shape({ dateStyle: s })]));
  const cycles = (hour12) => new Intl.DateTimeFormat(locale, { hour: 'numeric', ...(hour12 !== undefined && { hour12 }) }).resolvedOptions().hourCycle;
  return {
    months, standing, weekdays, standingDays, date, time,
    am: name('dayPeriod', { hour: 'numeric', hourCycle: 'h12' }, sample),
    pm: name('dayPeriod', { hour: 'numeric', hourCycle: 'h12' }, new Date(Date.UTC(2021, 8, 3, 14))),
    cycle: cycles(), cycle12: cycles(true), cycle24: cycles(false),
    dateStyles,
    timeStyles: Object.fromEntries(['long', 'medium', 'short'].map((s) => [s, shape({ timeStyle: s })])),
    styleJoins: Object.fromEntries(styles.map((s) => [s, (() => {
      const both = shape({ dateStyle: s, timeStyle: 'short' }), t = shape({ timeStyle: 'short' });
      return both.slice(dateStyles[s].length, both.length - t.length);
    })()])),
    zone: shape({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }),
    decimal: new Intl.NumberFormat(locale).formatToParts(0.5).find((p) => p.type === 'decimal').value,
    ...(/^(en|zh)/.test(locale) && { zoneZero: new Intl.DateTimeFormat(locale, { hour: 'numeric', timeZoneName: 'short', timeZone: 'Africa/Accra' }).formatToParts(sample).find((p) => p.type === 'timeZoneName').value }),
  };
}

const all = { numbers: {}, dates: {} };
for (const l of numberLocales) all.numbers[l] = numbers(l);
for (const l of dateLocales) all.dates[l] = dates(l);
const lines = (o) => `{\n${Object.entries(o).map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)}`).join(',\n')}\n}`;
process.stdout.write(`{"icu": "${process.versions.icu}",\n"numbers": ${lines(all.numbers)},\n"dates": ${lines(all.dates)}}\n`);
