// Intl and the toLocale… methods, over package locale. It runs in the VMs of programs that name one of
// them. What the data lacks is a RangeError there, never an answer in another language.
(function (native) {
  'use strict';
  const strings = (names) => names.split(' ').map((name) => [name, String]);
  const whole = (value) => {
    const n = Math.floor(Number(value));
    if (n !== n) throw new RangeError('a number of digits is not a number');
    return n;
  };
  const flag = (value) => Boolean(value);
  const numberOptions = strings('style currency currencyDisplay currencySign unit unitDisplay notation compactDisplay signDisplay')
    .concat('minimumIntegerDigits minimumFractionDigits maximumFractionDigits minimumSignificantDigits maximumSignificantDigits'
      .split(' ').map((name) => [name, whole]), [['useGrouping', (value) => (value === true ? 'always' : String(value))]]);
  const dateOptions = strings('dateStyle timeStyle weekday era year month day dayPeriod hour minute second timeZoneName timeZone ' +
    'hourCycle calendar numberingSystem').concat([['fractionalSecondDigits', whole], ['hour12', flag]]);
  const collatorOptions = strings('sensitivity caseFirst usage').concat([['numeric', flag], ['ignorePunctuation', flag]]);

  const read = (options, known) => {
    if (options === null) throw new TypeError('Cannot convert undefined or null to object');
    const out = {};
    if (options === undefined) return out;
    for (const [name, convert] of known) {
      const value = options[name];
      if (value !== undefined) out[name] = convert(value);
    }
    return out;
  };
  // A list of locales is in the order of preference: the first that there is data for.
  const choose = (locales, what) => {
    if (locales === undefined) return native.language();
    if (typeof locales === 'string') return locales;
    if (locales === null || typeof locales !== 'object') throw new TypeError('Incorrect locale information provided');
    const list = Array.from(locales, String);
    const found = list.find((tag) => native.supports(tag, what));
    return found !== undefined ? found : list.length ? list[0] : native.language();
  };
  const dateParts = ['weekday', 'year', 'month', 'day'];
  const timeParts = ['dayPeriod', 'hour', 'minute', 'second', 'fractionalSecondDigits'];
  const complete = (options, required, defaults) => {
    const has = (names) => names.some((name) => options[name] !== undefined);
    if (options.dateStyle !== undefined || options.timeStyle !== undefined) {
      if (required === 'date' && options.timeStyle !== undefined) throw new TypeError('Invalid option : timeStyle');
      if (required === 'time' && options.dateStyle !== undefined) throw new TypeError('Invalid option : dateStyle');
      return options;
    }
    if ((required !== 'time' && has(dateParts)) || (required !== 'date' && has(timeParts))) return options;
    if (defaults !== 'time') for (const name of ['year', 'month', 'day']) options[name] = 'numeric';
    if (defaults !== 'date') for (const name of ['hour', 'minute', 'second']) options[name] = 'numeric';
    return options;
  };
  const method = (target, name, value) => {
    Object.defineProperty(target, name, { value, writable: true, configurable: true });
  };

  const number = (locale, options, value) =>
    native.number(locale, JSON.stringify(options), typeof value === 'bigint' ? safe(value) : Number(value));
  const safe = (value) => {
    if (BigInt.asIntN(53, value) !== value) throw new RangeError('Teahouse formats whole numbers up to 2 to the power of 52');
    return Number(value);
  };
  const date = (locale, options, value) => {
    const time = value === undefined ? Date.now() : Number(value);
    if (!Number.isFinite(time)) throw new RangeError('Invalid time value');
    return native.date(locale, JSON.stringify(options), time);
  };
  const compare = (locale, options, a, b) => native.compare(locale, options && JSON.stringify(options), String(a), String(b));

  const numeric = (check) => ({
    toLocaleString(locales, options) {
      return number(choose(locales, 'numbers'), read(options, numberOptions), check(this));
    },
  }).toLocaleString;
  method(Number.prototype, 'toLocaleString', numeric((value) => Number.prototype.valueOf.call(value)));
  method(BigInt.prototype, 'toLocaleString', numeric((value) => BigInt.prototype.valueOf.call(value)));
  for (const [name, required, defaults] of [['toLocaleString', 'any', 'all'], ['toLocaleDateString', 'date', 'date'],
    ['toLocaleTimeString', 'time', 'time']]) {
    method(Date.prototype, name, {
      [name](locales, options) {
        const time = Date.prototype.getTime.call(this);
        if (Number.isNaN(time)) return 'Invalid Date';
        return date(choose(locales, 'dates'), complete(read(options, dateOptions), required, defaults), time);
      },
    }[name]);
  }
  method(String.prototype, 'localeCompare', {
    localeCompare(that, locales, options) {
      return compare(choose(locales, 'numbers'), options === undefined ? undefined : read(options, collatorOptions), this, that);
    },
  }.localeCompare);

  const absent = (name) => function () { throw new RangeError(name + ' is not available in Teahouse'); };
  // Each of the classes may be called without new, as V8 lets them.
  const kind = (name, what, make, missing) => {
    const construct = function (locales, options) {
      if (!(this instanceof construct)) return new construct(locales, options);
      const locale = choose(locales, what);
      const [own, resolved] = make(locale, options);
      for (const key of Object.keys(own)) method(this, key, own[key]);
      method(this, 'resolvedOptions', () => Object.assign({ locale: native.canonical(locale) }, resolved()));
    };
    method(construct, 'name', name);
    method(construct, 'supportedLocalesOf', (list) =>
      [].concat(list === undefined ? [] : list).map(String).filter((tag) => native.supports(tag, what)));
    for (const part of missing) method(construct.prototype, part, absent('Intl.' + name + '.' + part));
    Object.defineProperty(construct.prototype, Symbol.toStringTag, { value: 'Intl.' + name, configurable: true });
    return construct;
  };

  const Intl = {};
  method(Intl, 'NumberFormat', kind('NumberFormat', 'numbers', (locale, given) => {
    const options = read(given, numberOptions);
    number(locale, options, 0); // refuses now what it would refuse later
    return [{ format: (value) => number(locale, options, value) },
      () => Object.assign({ numberingSystem: 'latn', style: 'decimal' }, options)];
  }, ['formatToParts', 'formatRange', 'formatRangeToParts']));
  method(Intl, 'DateTimeFormat', kind('DateTimeFormat', 'dates', (locale, given) => {
    const options = complete(read(given, dateOptions), 'any', 'date');
    date(locale, options, 0);
    return [{ format: (value) => date(locale, options, value) },
      () => Object.assign({ calendar: 'gregory', numberingSystem: 'latn', timeZone: native.zone() }, options)];
  }, ['formatToParts', 'formatRange', 'formatRangeToParts']));
  method(Intl, 'Collator', kind('Collator', 'numbers', (locale, given) => {
    const options = read(given, collatorOptions);
    compare(locale, options, '', '');
    return [{ compare: (a, b) => compare(locale, options, a, b) },
      () => Object.assign({ usage: 'sort', sensitivity: 'variant', numeric: false, caseFirst: 'false' }, options)];
  }, []));
  method(Intl, 'PluralRules', kind('PluralRules', 'plurals', (locale, given) => {
    const type = (given && given.type) || 'cardinal';
    native.plural(locale, type === 'ordinal', 0);
    return [{ select: (value) => native.plural(locale, type === 'ordinal', Number(value)) }, () => ({ type })];
  }, ['selectRange']));
  method(Intl, 'RelativeTimeFormat', kind('RelativeTimeFormat', 'plurals', (locale, given) => {
    const style = (given && given.style) || 'long';
    const form = (given && given.numeric) || 'always';
    native.relative(locale, style, form === 'auto', 1, 'day');
    return [{ format: (value, unit) => native.relative(locale, style, form === 'auto', Number(value), String(unit)) },
      () => ({ style, numeric: form, numberingSystem: 'latn' })];
  }, ['formatToParts']));
  method(Intl, 'ListFormat', kind('ListFormat', 'plurals', (locale, given) => {
    const style = (given && given.style) || 'long';
    const type = (given && given.type) || 'conjunction';
    native.list(locale, type, style, '[]');
    return [{ format: (items) => native.list(locale, type, style, JSON.stringify(Array.from(items, String))) },
      () => ({ style, type })];
  }, ['formatToParts']));
  method(Intl, 'getCanonicalLocales', (list) => [].concat(list === undefined ? [] : list).map((tag) => native.canonical(String(tag))));
  Object.defineProperty(Intl, Symbol.toStringTag, { value: 'Intl', configurable: true });
  method(globalThis, 'Intl', Intl);
});
