// wx.cloud for programs, and the cloud of wx-server-sdk for functions. It runs in a session when the program first
// reads wx.cloud. native.call(name, options, capability, fields, shape) asks the host and completes the call with
// what shape makes of the answer; without a capability the call fails with fields.code and fields.reason.
(function (native) {
  'use strict';

  // What the vendor's errors are numbered.
  const WRONG_VALUE = -401003;
  const NOT_HERE = -502002;
  const CONFLICT = -502007;
  const FAILED = -1;

  class Refused {
    constructor(code, reason) {
      this.code = code;
      this.reason = reason;
    }
  }
  const refuse = (reason, code = WRONG_VALUE) => {
    throw new Refused(code, reason);
  };

  // call builds the fields of a call; what is wrong with them fails it.
  const call = (name, options, capability, build, shape) => {
    let fields;
    try {
      fields = build();
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      return native.call(name, options, '', e);
    }
    return native.call(name, options, capability, fields, shape);
  };

  // Values that documents cannot say themselves.

  class ServerDate {
    constructor(offset) {
      this.offset = offset;
    }
  }
  class Pattern {
    constructor(regexp, options) {
      this.regexp = regexp;
      this.options = options;
    }
  }
  class Command {
    constructor(operator, value) {
      this.operator = operator;
      this.value = value;
    }
  }
  class Update {
    constructor(operator, value) {
      this.operator = operator;
      this.value = value;
    }
  }

  // Expression is an operator of aggregations: $.sum('$price').
  class Expression {
    constructor(operator, value) {
      this.operator = operator;
      this.value = value;
    }
  }

  const MAX_DEPTH = 100; // as the host's: what is deeper refers to itself

  const isPlain = (v) =>
    v !== null && typeof v === 'object' && !Array.isArray(v) && !(v instanceof Date) && !(v instanceof RegExp) &&
    !(v instanceof ServerDate) && !(v instanceof Pattern) && !(v instanceof Command) && !(v instanceof Update) &&
    !(v instanceof Expression) && !(v instanceof Place);

  // encode makes of a value what travels to the host.
  const encode = (v, depth = 0) => {
    if (depth > MAX_DEPTH) refuse('the value is nested deeper than ' + MAX_DEPTH + ' levels, or refers to itself', -402001);
    if (v === null || typeof v === 'string' || typeof v === 'boolean') return v;
    if (typeof v === 'number') return Number.isFinite(v) ? v : refuse(v + ' cannot be stored');
    if (v === undefined || typeof v === 'function' || typeof v === 'symbol') return null;
    if (typeof v === 'bigint') return refuse('a BigInt cannot be stored: use a number or a string');
    if (v instanceof Date) {
      const time = v.getTime();
      return Number.isNaN(time) ? refuse('an invalid date cannot be stored') : { $date: time };
    }
    if (v instanceof ServerDate) return { $serverDate: v.offset };
    if (v instanceof Place) return v.toJSON();
    if (Array.isArray(v)) return v.map((item) => encode(item, depth + 1));
    if (v instanceof Command || v instanceof Update || v instanceof Expression) return refuse('a command cannot be stored');
    if (v instanceof Pattern || v instanceof RegExp) return refuse('a regular expression cannot be stored');
    if (v instanceof ArrayBuffer || ArrayBuffer.isView(v)) return refuse('bytes cannot be stored: use base64, or a file');
    if (typeof v.toJSON === 'function') return encode(v.toJSON(), depth + 1);
    const made = {};
    for (const key of Object.keys(v)) {
      const type = typeof v[key];
      if (type === 'undefined' || type === 'function' || type === 'symbol') continue;
      if (key === '' || key[0] === '$' || key.includes('.')) refuse('Invalid Key Name: ' + key);
      own(made, key, encode(v[key], depth + 1));
    }
    return made;
  };

  // own sets a field also when its name means something in the language.
  const own = (object, key, value) =>
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });

  // decode puts dates and places back into what the host has sent.
  const decode = (v) => {
    if (v === null || typeof v !== 'object') return v;
    if (Array.isArray(v)) {
      for (let i = 0; i < v.length; i++) v[i] = decode(v[i]);
      return v;
    }
    const keys = Object.keys(v);
    if (keys.length === 1 && keys[0] === '$date') return new Date(v.$date);
    const Kind = keys.length === 2 && Array.isArray(v.coordinates) && places[v.type];
    if (Kind) {
      const place = Kind.read(v.coordinates);
      if (place) return place;
    }
    for (const key of keys) own(v, key, decode(v[key]));
    return v;
  };

  // Places. Their coordinates are numbers in as many lists as the kind says.

  class Place {
    toString() {
      return JSON.stringify(this.toJSON());
    }
  }
  const isPair = (c) => Array.isArray(c) && c.length === 2 && c.every((n) => typeof n === 'number' && Number.isFinite(n));
  const places = {};
  const kind = (type, field, read, show) => {
    const Kind = function (...args) {
      if (!(this instanceof Kind)) return new Kind(...args);
      if (field === '') {
        const pair = args.length === 1 && args[0] ? args[0].coordinates : args;
        if (!isPair(pair) || Math.abs(pair[0]) > 180 || Math.abs(pair[1]) > 90) {
          throw new TypeError('Geo.Point needs a longitude from -180 to 180 and a latitude from -90 to 90');
        }
        [this.longitude, this.latitude] = pair;
        return;
      }
      const given = args[0];
      const parts = Array.isArray(given) ? given : given && Array.isArray(given.coordinates) ? given.coordinates.map(read) : null;
      if (!parts || parts.some((part) => !part)) throw new TypeError('Geo.' + type + ' needs a list, or GeoJSON');
      this[field] = parts;
    };
    Kind.prototype = Object.create(Place.prototype, { constructor: { value: Kind } });
    Kind.prototype.toJSON = function () {
      return { type, coordinates: show(field === '' ? this : this[field]) };
    };
    Kind.read = (coordinates) => {
      try {
        return new Kind({ coordinates });
      } catch {
        return null; // a document that only looks like a place
      }
    };
    places[type] = Kind;
    return Kind;
  };
  const coordinates = (list) => list.map((part) => part.toJSON().coordinates);
  const Point = kind('Point', '', null, (p) => [p.longitude, p.latitude]);
  kind('MultiPoint', 'points', (c) => Point.read(c), coordinates);
  const LineString = kind('LineString', 'points', (c) => Point.read(c), coordinates);
  kind('MultiLineString', 'lines', (c) => LineString.read(c), coordinates);
  const Polygon = kind('Polygon', 'lines', (c) => LineString.read(c), coordinates);
  kind('MultiPolygon', 'polygons', (c) => Polygon.read(c), coordinates);

  // Conditions become those of MongoDB, which the host reads.

  const list = (args) => (args.length === 1 && Array.isArray(args[0]) ? args[0] : args);
  const comparisons = {
    eq: (v) => v, neq: (v) => v, gt: (v) => v, gte: (v) => v, lt: (v) => v, lte: (v) => v, in: (v) => v, nin: (v) => v,
    exists: (v) => v, all: (v) => v, size: (v) => v, elemMatch: (v) => v, mod: (...args) => list(args), geoNear: (v) => v,
    geoWithin: (v) => v, geoIntersects: (v) => v,
  };
  for (const name of Object.keys(comparisons)) {
    Command.prototype[name] = function (...args) {
      return new Command('and', [this, new Command(name, comparisons[name](...args))]);
    };
  }
  for (const name of ['and', 'or', 'nor']) {
    Command.prototype[name] = function (...args) {
      return new Command(name, [this, ...list(args)]);
    };
  }
  Command.prototype.not = function (expression) {
    return expression === undefined ? new Command('not', this) : new Command('and', [this, new Command('not', expression)]);
  };

  const names = { neq: '$ne', geoNear: '$near' };
  const regexp = (v) => {
    const source = v instanceof RegExp ? v : v.regexp;
    if (source instanceof RegExp) return { $regex: source.source, $options: v.options || source.flags };
    return typeof source === 'string' ? { $regex: source, $options: v.options || '' } : refuse('db.RegExp needs regexp as a string');
  };

  // operators is what one command asks of one value.
  const operators = (command) => {
    const { operator, value } = command;
    const name = names[operator] || '$' + operator;
    switch (operator) {
      case 'and':
        return value.reduce((joined, part) => {
          const asked = part instanceof Command ? operators(part) : { $eq: encode(part) };
          for (const key of Object.keys(asked)) if (key in joined) refuse(key.slice(1) + ' is there twice for one element');
          return Object.assign(joined, asked);
        }, {});
      case 'or': case 'nor':
        return refuse(operator + ' cannot be used on the elements of a list: write the condition of the whole field');
      case 'not':
        return { $not: value instanceof Command ? operators(value) : { $eq: encode(value) } };
      case 'elemMatch':
        return { [name]: value instanceof Command ? operators(value) : conditions(value) };
      case 'geoNear':
        return { [name]: { ...encode({ ...value, geometry: null }), geometry: encode(value && value.geometry) } };
      case 'geoIntersects':
        return refuse('geoIntersects is not supported: use geoWithin or geoNear', NOT_HERE);
      default:
        return { [name]: encode(value) };
    }
  };

  // computed is encode for the stages of aggregations, in which names have a dollar and operators are values.
  const computed = (v, depth = 0) => {
    if (depth > MAX_DEPTH) refuse('the value is nested deeper than ' + MAX_DEPTH + ' levels, or refers to itself');
    if (v instanceof Expression) return { ['$' + v.operator]: computed(v.value, depth + 1) };
    if (Array.isArray(v)) return v.map((item) => computed(item, depth + 1));
    if (!isPlain(v) || typeof v.toJSON === 'function') return encode(v, depth);
    const made = {};
    for (const key of Object.keys(v)) if (v[key] !== undefined && typeof v[key] !== 'function') own(made, key, computed(v[key], depth + 1));
    return made;
  };

  // clauses are the conditions of one field, or of the whole document when path is ''.
  const clauses = (path, v, out) => {
    if (v instanceof Command && (v.operator === 'and' || v.operator === 'or' || v.operator === 'nor')) {
      const parts = v.value.map((part) => all(clauses(path, part, [])));
      if (parts.length === 0) refuse(v.operator + ' needs conditions');
      out.push({ ['$' + v.operator]: parts });
    } else if (v instanceof Command && v.operator === 'not') {
      out.push({ $nor: [all(clauses(path, v.value, []))] });
    } else if (path === '' && v instanceof Command && v.operator === 'expr') {
      out.push({ $expr: computed(v.value) });
    } else if (path !== '' && v instanceof Command) {
      out.push(own({}, path, operators(v)));
    } else if (path !== '' && v instanceof Expression) {
      out.push(own({}, path, { ['$' + v.operator]: encode(v.value) })); // $.gt(5) is as good as _.gt(5)
    } else if (path !== '' && (v instanceof RegExp || v instanceof Pattern)) {
      out.push(own({}, path, regexp(v)));
    } else if (isPlain(v) && (path === '' || Object.keys(v).length > 0)) {
      if (path.length > 1000) refuse('the condition refers to itself');
      for (const key of Object.keys(v)) {
        if (v[key] !== undefined) clauses(path === '' ? key : path + '.' + key, v[key], out);
      }
    } else if (path === '') {
      refuse('parameter.query should be object instead of ' + (v === null ? 'null' : typeof v));
    } else {
      out.push(own({}, path, { $eq: encode(v) }));
    }
    return out;
  };

  // all joins conditions. Where it can it makes one object, in which the host sees which documents are meant.
  const all = (parts) => {
    const joined = {};
    const rest = [];
    for (const part of parts) {
      const key = Object.keys(part)[0];
      if (Object.hasOwn(joined, key)) rest.push(part);
      else own(joined, key, part[key]);
    }
    if (rest.length === 0) return joined;
    return { $and: [joined, ...rest] };
  };
  const conditions = (query) => all(clauses('', query, []));

  const command = {};
  for (const name of Object.keys(comparisons)) {
    command[name] = (...args) => new Command(name, comparisons[name](...args));
  }
  for (const name of ['and', 'or', 'nor']) command[name] = (...args) => new Command(name, list(args));
  command.not = (expression) => new Command('not', expression);
  command.expr = (expression) => new Command('expr', expression);

  // Aggregations.

  const unwound = (v) => (typeof v === 'string' ? v : computed(v));
  const looked = (v) => {
    const made = computed({ ...v, pipeline: undefined });
    const within = v && v.pipeline;
    if (within instanceof Stages && within._wrong) throw within._wrong;
    if (within !== undefined) made.pipeline = within instanceof Stages ? within._stages : computed(within);
    return made;
  };
  const builders = {
    addFields: computed, bucket: computed, bucketAuto: computed, count: computed, geoNear: (v) => computed({ ...v, query: v && v.query && conditions(v.query) }),
    group: computed, limit: computed, lookup: looked, match: conditions, project: computed, replaceRoot: computed,
    sample: computed, skip: computed, sort: computed, sortByCount: computed, unwind: unwound,
  };
  // Stages is a chain of stages. What is wrong with one fails the call at its end.
  class Stages {
    constructor(end) {
      Object.defineProperty(this, '_stages', { value: [] });
      Object.defineProperty(this, '_wrong', { value: null, writable: true });
      this[end.name] = (options) => end.run(this, options);
    }
  }
  for (const name of Object.keys(builders)) {
    Stages.prototype[name] = function (value) {
      try {
        this._stages.push({ ['$' + name]: builders[name](value) });
      } catch (e) {
        if (!(e instanceof Refused)) throw e;
        this._wrong = this._wrong || e;
      }
      return this;
    };
  }
  // Of an operator that takes several values, they may be given as a list or one by one.
  function aggregate() {
    const made = {};
    for (const name of ('abs add addToSet allElementsTrue and anyElementTrue arrayElemAt arrayToObject avg ceil cmp concat concatArrays cond dateFromParts dateFromString ' +
      'dateToString dayOfMonth dayOfWeek dayOfYear divide eq exp filter first floor gt gte hour ifNull in indexOfArray indexOfBytes indexOfCP isArray isoDayOfWeek isoWeek ' +
      'isoWeekYear last let literal ln log log10 lt lte map max mergeObjects millisecond min minute mod month multiply not objectToArray or pow push range reduce reverseArray ' +
      'round second setDifference setEquals setIntersection setIsSubset setUnion size slice split sqrt stdDevPop stdDevSamp strLenBytes strLenCP strcasecmp substr substrBytes ' +
      'substrCP subtract sum switch toDate toDouble toInt toLong toLower toString toUpper trim trunc week year zip').split(' ')) {
      made[name] = (...args) => new Expression(name, args.length === 1 ? args[0] : args);
    }
    made.neq = (...args) => new Expression('ne', args.length === 1 ? args[0] : args);
    made.pipeline = () => new Stages({ name: 'done', run: (stages) => stages });
    return made;
  }

  // Updates.

  const pushed = (args, more) => {
    const only = args.length === 1 ? args[0] : null;
    if (!more.$position && isPlain(only) && Array.isArray(only.each)) {
      const made = { $each: encode(only.each) };
      for (const option of ['position', 'slice', 'sort']) {
        if (only[option] !== undefined) made['$' + option] = option === 'sort' ? only.sort : encode(only[option]);
      }
      return made;
    }
    return { $each: encode(list(args)), ...more };
  };
  Object.assign(command, {
    set: (v) => new Update('$set', () => encode(v)),
    remove: () => new Update('$unset', () => true),
    inc: (v) => new Update('$inc', () => encode(v)),
    mul: (v) => new Update('$mul', () => encode(v)),
    min: (v) => new Update('$min', () => encode(v)),
    max: (v) => new Update('$max', () => encode(v)),
    rename: (v) => new Update('$rename', () => encode(v)),
    bit: (v) => new Update('$bit', () => encode(v)),
    push: (...args) => new Update('$push', () => pushed(args, {})),
    unshift: (...args) => new Update('$push', () => ({ $each: encode(list(args)), $position: 0 })),
    pop: () => new Update('$pop', () => 1),
    shift: () => new Update('$pop', () => -1),
    addToSet: (v) => new Update('$addToSet', () => (isPlain(v) && Array.isArray(v.each) ? { $each: encode(v.each) } : encode(v))),
    pull: (v) => new Update('$pull', () => (v instanceof Command ? operators(v) : v instanceof RegExp || v instanceof Pattern
      ? regexp(v) : isPlain(v) ? conditions(v) : encode(v))),
    pullAll: (v) => new Update('$pullAll', () => encode(v)),
    project: { slice: (...args) => ({ $slice: args.length === 1 ? args[0] : args }) },
  });

  let operatorsOfAggregations;
  Object.defineProperty(command, 'aggregate', {
    enumerable: true,
    get: () => (operatorsOfAggregations = operatorsOfAggregations || aggregate()),
  });

  const changes = (data) => {
    if (!isPlain(data)) refuse('parameter.data should be object instead of ' + (data === null ? 'null' : typeof data));
    const made = {};
    const at = (operator, path, value) => own(Object.hasOwn(made, operator) ? made[operator] : own(made, operator, {})[operator], path, value);
    const walk = (object, path) => {
      if (path.length > 1000) refuse('the data refers to itself', -402001);
      for (const key of Object.keys(object)) {
        const v = object[key];
        const inner = path === '' ? key : path + '.' + key;
        if (v === undefined || typeof v === 'function') continue;
        if (v instanceof Update) at(v.operator, inner, v.value());
        else if (isPlain(v) && Object.keys(v).length > 0 && typeof v.toJSON !== 'function') walk(v, inner);
        else at('$set', inner, encode(v));
      }
    };
    walk(data, '');
    return made;
  };

  // The database.

  const projection = (fields, path = '', out = {}) => {
    for (const key of Object.keys(fields)) {
      const inner = path === '' ? key : path + '.' + key;
      if (isPlain(fields[key]) && !('$slice' in fields[key])) projection(fields[key], inner, out);
      else own(out, inner, fields[key]);
    }
    return out;
  };

  const unsupported = (what) => what + ' is not supported here; docs/cloud.md says what is';

  // watch asks the host to tell what a query finds. build makes the query.
  const KINDS = { add: ['enqueue', 'add'], update: ['update', 'update'], remove: ['dequeue', 'remove'] };
  const watch = (name, options, build) => {
    const { onChange, onError } = options || {};
    if (typeof onChange !== 'function' || typeof onError !== 'function') throw new TypeError(name + ': onChange and onError should be functions');
    let id = 0;
    let events = 0;
    const fail = (error) => {
      if (id) native.forget(id);
      id = 0;
      onError(error);
    };
    if (!native.listen) {
      native.later(() => fail(Object.assign(new Error(name + ':fail ' + NOT_HERE + ' functions do not watch'), { errCode: NOT_HERE })));
      return { close: () => Promise.resolve() };
    }
    id = native.listen((event) => {
      if (event.reason) {
        const message = name + ':fail ' + event.code + ' ' + event.reason;
        fail(Object.assign(new Error(message), { errCode: event.code, errMsg: message }));
        return;
      }
      const docs = decode(event.docs);
      const changed = event.first ? docs.map((doc) => ({ doc, queueType: 'init', dataType: 'init' })) : (event.changes || []).map(({ kind, doc, updated, removed }) => ({
        doc: decode(doc), queueType: KINDS[kind][0], dataType: KINDS[kind][1], ...(kind === 'update' ? { updatedFields: decode(updated), removedFields: removed || [] } : {}),
      }));
      onChange({ id: events++, docs, docChanges: changed.map((change, at) => ({ id: at, docId: change.doc._id, ...change })), type: event.first ? 'init' : undefined });
    });
    call(name, undefined, 'cloud.watch', () => ({ id, ...build() }), () => ({})).catch(fail);
    return {
      close() {
        if (!id) return Promise.resolve();
        const closed = id;
        native.forget(id);
        id = 0;
        return call(name + '.close', undefined, 'cloud.unwatch', () => ({ id: closed }), () => ({})).then(() => undefined);
      },
    };
  };

  class Query {
    constructor(db, name, asks) {
      Object.defineProperty(this, '_asks', { value: { collection: name, ...asks } });
      Object.defineProperty(this, '_db', { value: db });
    }
    _with(asks) {
      return new Query(this._db, this._asks.collection, { ...this._asks, ...asks });
    }
    where(query) {
      return this._with({ query: this._asks.query === undefined ? query : command.and([this._asks.query, query]) });
    }
    orderBy(field, direction) {
      return this._with({ order: [...(this._asks.order || []), [String(field), String(direction)]] });
    }
    limit(n) {
      return this._with({ limit: n });
    }
    skip(n) {
      return this._with({ skip: n });
    }
    field(fields) {
      return this._with({ fields });
    }
    _fields(more) {
      const { collection, query } = this._asks;
      const fields = { collection, ...more };
      if (query !== undefined) fields.where = conditions(query);
      return fields;
    }
    get(options) {
      return call('collection.get', options, 'cloud.get', () => {
        const { order, limit, skip, fields } = this._asks;
        if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) refuse('limit should be a positive integer');
        if (skip !== undefined && !(Number.isInteger(skip) && skip >= 0)) refuse('skip should be an integer that is not negative');
        const page = limit === undefined ? native.page : limit;
        return this._fields({ order, limit: page, skip, fields: fields && projection(fields) });
      }, (answer) => ({ data: decode(answer.documents) }));
    }
    count(options) {
      return call('collection.count', options, 'cloud.count', () => this._fields(), ({ total }) => ({ total }));
    }
    update(options) {
      return call('collection.update', options, 'cloud.update', () => {
        if (this._asks.query === undefined) refuse('update needs a condition: call where first');
        return this._fields({ update: changes(options && options.data) });
      }, ({ updated }) => ({ stats: { updated } }));
    }
    remove(options) {
      return call('collection.remove', options, 'cloud.remove', () => {
        if (this._asks.query === undefined) refuse('remove needs a condition: call where first');
        return this._fields();
      }, ({ removed }) => ({ stats: { removed } }));
    }
    watch(options) {
      return watch('collection.watch', options, () => {
        const { order, limit } = this._asks;
        if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) refuse('limit should be a positive integer');
        return this._fields({ order, limit });
      });
    }
  }

  class Collection extends Query {
    get collectionName() {
      return this._asks.collection;
    }
    doc(id) {
      return new Doc(this._db, this._asks.collection, id);
    }
    add(options) {
      return call('collection.add', options, 'cloud.add', () => {
        const data = options && options.data;
        const documents = (Array.isArray(data) && native.admin ? data : [data]).map((one) =>
          isPlain(one) ? encode(one) : refuse('parameter.data should be object instead of ' + (one === null ? 'null' : typeof one)));
        return { collection: this._asks.collection, documents };
      }, ({ ids }) => (ids.length === 1 ? { _id: ids[0] } : { _id: ids[0], _ids: ids }));
    }
    aggregate() {
      return new Stages({ name: 'end', run: ({ _stages: pipeline, _wrong: wrong }, options) =>
        call('collection.aggregate', options, 'cloud.aggregate', () => {
          if (wrong) throw wrong;
          return { collection: this._asks.collection, pipeline };
        }, ({ documents }) => ({ list: decode(documents) })) });
    }
  }

  class Doc {
    constructor(db, collection, id) {
      Object.defineProperty(this, '_asks', { value: { collection } });
      Object.defineProperty(this, '_db', { value: db });
      this._id = id;
    }
    field(fields) {
      const doc = new Doc(this._db, this._asks.collection, this._id);
      doc._asks.fields = fields;
      return doc;
    }
    _fields(more) {
      const type = typeof this._id;
      if (type !== 'string' && type !== 'number') refuse('docId must be string or number instead of ' + type);
      return { collection: this._asks.collection, where: { _id: { $eq: encode(this._id) } }, ...more };
    }
    get(options) {
      return call('document.get', options, 'cloud.get', () => {
        const { fields } = this._asks;
        return this._fields({ limit: 1, fields: fields && projection(fields) });
      }, ({ documents }) => {
        if (documents.length > 0) return { data: decode(documents[0]) };
        if (this._db.config.throwOnNotFound === false) return { data: null };
        return new Refused(FAILED, 'document with _id ' + this._id + ' does not exist');
      });
    }
    set(options) {
      return call('document.set', options, 'cloud.set', () => {
        const { collection } = this._fields();
        const data = options && options.data;
        if (!isPlain(data)) refuse('parameter.data should be object instead of ' + (data === null ? 'null' : typeof data));
        return { collection, id: this._id, document: encode(data) };
      }, ({ created }) => ({ _id: this._id, stats: { created: created ? 1 : 0, updated: created ? 0 : 1 } }));
    }
    update(options) {
      return call('document.update', options, 'cloud.update', () => this._fields({ update: changes(options && options.data) }),
        ({ updated }) => ({ stats: { updated } }));
    }
    remove(options) {
      return call('document.remove', options, 'cloud.remove', () => this._fields(), ({ removed }) => ({ stats: { removed } }));
    }
    watch(options) {
      return watch('document.watch', options, () => this._fields());
    }
  }

  const COMMITTED = 'it was committed';
  const ROLLED_BACK = 'it was rolled back';

  // Transaction is a list of steps, of which the host does all again with each call; see server/cloud/transaction.go.
  class Transaction {
    constructor() {
      for (const [name, value] of Object.entries({ _steps: [], _seen: {}, _over: '', _reason: undefined })) Object.defineProperty(this, name, { value, writable: true });
    }
    _call(name, step, shape, commit) {
      return call(name, undefined, 'cloud.transaction', () => {
        if (this._over) refuse('the transaction is over: ' + this._over, FAILED);
        const made = step && step();
        return { steps: made ? [...this._steps, made] : this._steps, seen: this._seen, ...(commit ? { commit: true } : {}) };
      }, (answer) => {
        Object.assign(this._seen, answer.seen);
        return shape(answer);
      });
    }
    // _step does one step and keeps it for the calls after.
    _step(name, build, shape) {
      let made;
      return this._call(name, () => (made = build()), (answer) => {
        // The _id that the host has made stays.
        this._steps.push(answer.id === undefined ? made : { ...made, document: { ...made.document, _id: answer.id } });
        return shape(answer);
      });
    }
    collection(name) {
      const at = (id) => {
        const type = typeof id;
        if (type !== 'string' && type !== 'number') refuse('docId must be string or number instead of ' + type);
        return { collection: name, id };
      };
      const object = (options) => {
        const data = options && options.data;
        return isPlain(data) ? encode(data) : refuse('parameter.data should be object instead of ' + (data === null ? 'null' : typeof data));
      };
      const remove = (id) => this._step('transaction.document.remove', () => ({ do: 'remove', ...at(id) }), ({ changed: removed }) => ({ stats: { removed } }));
      return {
        doc: (id) => ({
          get: () => this._step('transaction.document.get', () => ({ do: 'get', ...at(id) }),
            ({ document }) => (document ? { data: decode(document) } : new Refused(FAILED, 'document with _id ' + id + ' does not exist'))),
          set: (options) => this._step('transaction.document.set', () => ({ do: 'set', ...at(id), document: object(options) }),
            ({ created }) => ({ _id: id, stats: { created: created ? 1 : 0, updated: created ? 0 : 1 } })),
          update: (options) => this._step('transaction.document.update', () => ({ do: 'update', ...at(id), update: changes(options && options.data) }),
            ({ changed: updated }) => ({ stats: { updated } })),
          remove: () => remove(id),
          delete: () => remove(id),
        }),
        add: (options) => this._step('transaction.collection.add', () => ({ do: 'add', collection: name, document: object(options) }), ({ id }) => ({ _id: id })),
        where: () => refuseAll('transaction.where', 'a transaction works on documents by their _id: find them before it'),
      };
    }
    commit() {
      if (this._steps.length === 0 && !this._over) {
        this._over = COMMITTED;
        return Promise.resolve({ errMsg: 'transaction.commit:ok' });
      }
      const done = this._call('transaction.commit', null, () => ({}), true);
      this._over = this._over || COMMITTED;
      return done;
    }
    rollback(reason) {
      this._over = this._over || ROLLED_BACK;
      this._reason = reason;
      return Promise.resolve({ errMsg: 'transaction.rollback:ok' });
    }
  }
  // refuseAll is a query of which every call fails.
  const refuseAll = (name, reason) => {
    const fails = () => native.call(name, undefined, '', new Refused(NOT_HERE, reason));
    const query = { get: fails, update: fails, remove: fails, count: fails };
    for (const step of ['where', 'orderBy', 'limit', 'skip', 'field']) query[step] = () => query;
    return query;
  };
  const runTransaction = (work, times = 3) => new Promise((resolve, reject) => {
    if (typeof work !== 'function') throw new TypeError('runTransaction needs a function');
    const attempt = (left) => {
      const made = new Transaction();
      const failed = (error) => {
        made.rollback(error);
        if (error && error.errCode === CONFLICT && left > 1) attempt(left - 1);
        else reject(error);
      };
      new Promise((done) => done(work(made))).then((result) => {
        if (made._over === ROLLED_BACK) throw made._reason;
        return made.commit().then(() => resolve(result));
      }).catch(failed);
    };
    attempt(Math.min(10, times));
  });

  const RegExpOf = function (options) {
    return new Pattern((options || {}).regexp, (options || {}).options);
  };
  const database = (config = {}) => {
    const db = {
      config,
      command,
      Geo: places,
      RegExp: RegExpOf,
      serverDate: ({ offset = 0 } = {}) => new ServerDate(offset),
      collection: (name) => {
        if (typeof name !== 'string') throw new TypeError('collection: the name should be a string');
        return new Collection(db, name, {});
      },
    };
    return native.admin ? Object.assign(db, { runTransaction, startTransaction: () => Promise.resolve(new Transaction()) }) : db;
  };

  return { database };
});
