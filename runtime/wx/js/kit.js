// The kit makes the objects that some members of wx return. It runs in a session when the first
// such member is used. native.query(requests, callback, scope) sends a selector query.
// Values go to the platform as they are: it writes their JSON itself, whatever the program has made of the builtins.
(function (native) {
  'use strict';

  // An animation records steps. export() returns {actions: [{animates: [{type, args}], option:
  // {transformOrigin, transition: {duration, timingFunction, delay}}}]}, as the vendor's does; the
  // view applies each action in turn to the element whose `animation` attribute it is.
  const steps = [
    'matrix', 'matrix3d', 'rotate', 'rotate3d', 'rotateX', 'rotateY', 'rotateZ', 'scale', 'scale3d',
    'scaleX', 'scaleY', 'scaleZ', 'skew', 'skewX', 'skewY', 'translate', 'translate3d',
    'translateX', 'translateY', 'translateZ',
  ];
  const styles = {
    opacity: 'opacity', backgroundColor: 'background-color', width: 'width', height: 'height',
    left: 'left', right: 'right', top: 'top', bottom: 'bottom',
  };
  class Animation {
    constructor(options = {}) {
      this.actions = [];
      this.currentTransform = [];
      this.currentStyles = [];
      const { duration = 400, timingFunction = 'linear', delay = 0, transformOrigin = '50% 50% 0' } = options;
      // Its name and form are the vendor's: the notice bars of several libraries change its duration.
      this.option = { transition: { duration, timingFunction, delay }, transformOrigin };
    }
    step(options = {}) {
      const { transition, transformOrigin } = this.option;
      const o = { ...transition, transformOrigin, ...options };
      this.actions.push({
        animates: [...this.currentTransform, ...this.currentStyles],
        option: {
          transformOrigin: o.transformOrigin,
          transition: { duration: o.duration, timingFunction: o.timingFunction, delay: o.delay },
        },
      });
      this.currentStyles = [];
      return this;
    }
    export() {
      const actions = this.actions;
      this.actions = [];
      return { actions };
    }
  }
  for (const type of steps) {
    Animation.prototype[type] = function (...args) {
      const same = this.currentTransform.findIndex((t) => t.type === type);
      const step = { type, args };
      if (same >= 0) this.currentTransform[same] = step;
      else this.currentTransform.push(step);
      return this;
    };
  }
  for (const name of Object.keys(styles)) {
    Animation.prototype[name] = function (value) {
      const length = name !== 'opacity' && name !== 'backgroundColor' && typeof value === 'number';
      this.currentStyles.push({ type: 'style', args: [styles[name], length ? value + 'px' : value] });
      return this;
    };
  }

  class NodesRef {
    constructor(query, target) {
      this._query = query;
      this._target = target;
    }
    fields(fields, callback) {
      this._query._queue.push({ request: { ...this._target, fields: { ...fields } }, callback });
      return this._query;
    }
    boundingClientRect(callback) {
      return this.fields({ id: true, dataset: true, rect: true, size: true }, callback);
    }
    scrollOffset(callback) {
      return this.fields({ id: true, dataset: true, scrollOffset: true }, callback);
    }
    node(callback) { return this.fields({ node: true }, callback); }
    context(callback) { return this.fields({ context: true }, callback); }
    ref(callback) { return this.fields({ ref: true }, callback); }
  }
  class SelectorQuery {
    constructor(scope) {
      this._queue = [];
      this._scope = scope;
    }
    in(scope) {
      this._scope = scope;
      return this;
    }
    select(selector) { return new NodesRef(this, { selector: String(selector), all: false }); }
    selectAll(selector) { return new NodesRef(this, { selector: String(selector), all: true }); }
    selectViewport() { return new NodesRef(this, { selector: '', viewport: true, all: false }); }
    exec(callback) {
      const queue = this._queue.slice();
      native.query(queue.map((q) => q.request), (results) => {
        queue.forEach((q, i) => {
          if (typeof q.callback === 'function') q.callback(results[i] === undefined ? null : results[i]);
        });
        if (typeof callback === 'function') callback(results);
      }, this._scope);
      return this._queue.length ? new NodesRef(this, queue[queue.length - 1].request) : undefined;
    }
  }

  class EventChannel {
    constructor() { this._listeners = {}; }
    on(name, fn) { if (typeof fn === 'function') (this._listeners[name] || (this._listeners[name] = [])).push(fn); }
    once(name, fn) {
      if (typeof fn !== 'function') return;
      const wrapper = (...args) => { this.off(name, wrapper); fn(...args); };
      wrapper.original = fn;
      this.on(name, wrapper);
    }
    off(name, fn) {
      if (!fn) delete this._listeners[name];
      else {
        const rest = (this._listeners[name] || []).filter((l) => l !== fn && l.original !== fn);
        this._listeners[name] = rest;
      }
    }
    emit(name, ...args) { for (const fn of (this._listeners[name] || []).slice()) fn(...args); }
  }

  // An object for a drawing or playing context that Teahouse does not have: it accepts every call
  // and does nothing, so that the rest of the page works. Promises it returns reject.
  const absent = (reason) => {
    const broken = (ok, fail) => Promise.reject({ errMsg: reason }).then(ok, fail);
    const proxy = new Proxy(function () {}, {
      get(target, key) {
        if (key === 'then') return undefined;
        if (key === Symbol.toPrimitive) return () => 0;
        if (key === Symbol.iterator) return () => [][Symbol.iterator]();
        return member;
      },
      set: () => true,
    });
    // The result of a method may also be awaited.
    const answer = new Proxy(function () {}, {
      get(target, key) {
        if (key === 'then') return broken;
        if (key === 'catch') return (fail) => broken(undefined, fail);
        return proxy[key];
      },
      set: () => true,
      apply: () => answer,
    });
    const member = new Proxy(function () {}, {
      get: (target, key) => (key === 'then' ? undefined : proxy[key]),
      set: () => true,
      apply: () => answer,
    });
    return proxy;
  };

  // What the vendor answers when there is no advertisement to show.
  const NO_ADVERT = 1004;
  function advert(errMsg) {
    const failure = () => ({ errMsg, errCode: NO_ADVERT });
    const errors = [];
    const refuse = () => {
      native.later(() => errors.slice().forEach((fn) => fn(failure())));
      const refused = Promise.reject(failure());
      refused.catch(() => {}); // programs that only listen to onError do not wait for it
      return refused;
    };
    const made = { load: refuse, show: refuse, destroy() {} };
    for (const name of ['Load', 'Close', 'Hide', 'Resize']) {
      made['on' + name] = made['off' + name] = () => {};
    }
    made.onError = (fn) => void (typeof fn === 'function' && errors.push(fn));
    made.offError = (fn) => void errors.splice(0, errors.length, ...(fn ? errors.filter((e) => e !== fn) : []));
    native.later(() => errors.slice().forEach((fn) => fn(failure())));
    return made;
  }

  return {
    absent,
    advert,
    animation: (options) => new Animation(options),
    selectorQuery: (scope) => new SelectorQuery(scope),
    // A channel has two ends: an event that one end emits reaches the listeners of the other.
    channel(events) {
      const there = new EventChannel();
      const here = new EventChannel();
      for (const name of Object.keys(events || {})) there.on(name, events[name]);
      const end = (hear, speak) => ({
        on: (name, fn) => hear.on(name, fn),
        once: (name, fn) => hear.once(name, fn),
        off: (name, fn) => hear.off(name, fn),
        emit: (name, ...args) => speak.emit(name, ...args),
      });
      return [end(there, here), end(here, there)];
    },
    // Every session runs the released version, so there is never one to wait for.
    updateManager: () => ({
      onCheckForUpdate(fn) { if (typeof fn === 'function') native.later(() => fn({ hasUpdate: false })); },
      onUpdateReady() {},
      onUpdateFailed() {},
      applyUpdate() {},
    }),
    // A program runs on the server: what it measures of itself is the time of its own code.
    performance(started) {
      const observer = { observe() {}, disconnect() {} };
      return {
        timeOrigin: started, now: () => Date.now() - started, getEntries: () => [], getEntriesByName: () => [],
        getEntriesByType: () => [], setBufferSize() {}, createObserver: () => ({ ...observer }),
      };
    },
    idle: (fn) => setTimeout(() => typeof fn === 'function' && fn({ didTimeout: false, timeRemaining: () => 10 }), 0),
    cancelIdle: (id) => clearTimeout(id),
    logManager() {
      const write = (level, first) => (...args) => console[level](...first, ...args);
      const manager = (...first) => ({
        log: write('log', first), info: write('info', first), warn: write('warn', first), debug: write('debug', first),
        error: write('error', first), setFilterMsg() {}, addFilterMsg() {},
      });
      return {
        ...manager(),
        tag: (name) => manager(`[${name}]`),
        in: () => manager(), // the log names the page anyway
        getCurrentState: () => ({ size: 0, maxSize: 5120, logCount: 0, maxLogCount: 200 }), // nothing waits to be sent
      };
    },
  };
});
