// wx.worklet. In the vendor's client worklets run beside the page's pictures; here they are plain
// functions of the program. A shared value that is set to an animation has its last value at once, and
// the browser moves the styles that depend on it there in the animation's time. native.later(fn) runs
// fn after the code that is running now; native.style(scope, selector, style, ms, timing) sends a style;
// native.opener(scope) is what the page of a page or component was opened with; native.back() leaves the page.
(function (native) {
  'use strict';

  const animations = new WeakSet();
  const animation = (end) => {
    const made = { end };
    animations.add(made);
    return made;
  };

  let reader = null; // the updater that runs now: it depends on what it reads
  let due = null; // updaters that wait for the end of the code that is running now
  let motion = { ms: 0, css: 'linear' };
  const updaters = { list: new Map(), last: 0 };

  class Updater {
    constructor(scope, selector, fn, callback) {
      Object.assign(this, { scope, selector, fn, callback, gone: false });
    }
    run() {
      if (this.gone) return;
      const outer = reader;
      reader = this;
      let style;
      try {
        style = this.fn();
      } finally {
        reader = outer;
      }
      native.style(this.scope, this.selector, style || {}, motion.ms, motion.css);
    }
  }

  function invalidate(updaters, how) {
    if (!due) {
      due = new Map();
      native.later(() => {
        const list = due;
        due = null;
        for (const [updater, moved] of list) {
          motion = moved;
          updater.run();
        }
        motion = { ms: 0, css: 'linear' };
      });
    }
    for (const updater of updaters) due.set(updater, how);
  }

  class Shared {
    constructor(value) {
      Object.defineProperties(this, {
        _value: { value, writable: true },
        _readers: { value: new Set() },
        _ended: { value: null, writable: true },
      });
    }
    get value() {
      if (reader) this._readers.add(reader);
      return this._value;
    }
    set value(next) {
      stop(this, false);
      let how = { ms: 0, css: 'linear' };
      if (next !== null && typeof next === 'object' && animations.has(next)) {
        const { value, ms, css, done } = next.end(this._value);
        this._value = value;
        how = { ms, css };
        const timer = setTimeout(() => {
          this._ended = null;
          done(true);
        }, ms);
        this._ended = (finished) => {
          clearTimeout(timer);
          done(finished);
        };
      } else this._value = next;
      if (this._readers.size) invalidate(this._readers, how);
    }
  }

  function stop(shared, finished) {
    const ended = shared._ended;
    shared._ended = null;
    if (ended) ended(finished);
  }

  const call = (fn, ...args) => (typeof fn === 'function' ? fn(...args) : undefined);
  const number = (value, otherwise) => (Number.isFinite(Number(value)) ? Number(value) : otherwise);
  const endOf = (of, from) =>
    of !== null && typeof of === 'object' && animations.has(of)
      ? of.end(from)
      : { value: of, ms: 0, css: 'linear', done() {} };

  const bezier = (x1, y1, x2, y2) => {
    const at = (a, b, t) => 3 * a * t * (1 - t) * (1 - t) + 3 * b * t * t * (1 - t) + t * t * t;
    const curve = (x) => {
      let low = 0;
      let high = 1;
      for (let i = 0; i < 30; i++) {
        const t = (low + high) / 2;
        if (at(x1, x2, t) < x) low = t;
        else high = t;
      }
      return at(y1, y2, low);
    };
    curve.css = `cubic-bezier(${x1},${y1},${x2},${y2})`;
    curve.factory = () => curve; // the vendor's own programs take the function from it
    return curve;
  };
  const named = (fn, css) => Object.assign(fn, { css });
  const easings = {
    linear: named((t) => t, 'linear'),
    ease: bezier(0.42, 0, 1, 1),
    quad: named((t) => t * t, 'cubic-bezier(.11,0,.5,0)'),
    cubic: named((t) => t * t * t, 'cubic-bezier(.32,0,.67,0)'),
    poly: (n) => named((t) => t ** n, 'cubic-bezier(.5,0,.75,0)'),
    sin: named((t) => 1 - Math.cos((t * Math.PI) / 2), 'cubic-bezier(.12,0,.39,0)'),
    circle: named((t) => 1 - Math.sqrt(1 - t * t), 'cubic-bezier(.55,0,1,.45)'),
    exp: named((t) => 2 ** (10 * (t - 1)), 'cubic-bezier(.7,0,.84,0)'),
    elastic: (bounciness = 1) =>
      named((t) => 1 - Math.cos((t * Math.PI) / 2) ** 3 * Math.cos(t * bounciness * Math.PI), 'cubic-bezier(.36,0,.66,-.56)'),
    back: (s = 1.70158) => named((t) => t * t * ((s + 1) * t - s), 'cubic-bezier(.36,0,.66,-.56)'),
    bounce: named((t) => {
      for (const [from, shift, add] of [[1 / 2.75, 0, 0], [2 / 2.75, 1.5, 0.75], [2.5 / 2.75, 2.25, 0.9375], [Infinity, 2.625, 0.984375]]) {
        if (t < from) return 7.5625 * (t - shift / 2.75) ** 2 + add;
      }
      return 1;
    }, 'ease-out'),
    bezier,
    cubicBezier: bezier,
  };
  const turned = { linear: 'linear' };
  easings.in = (fn) => fn;
  easings.out = (fn) => named((t) => 1 - fn(1 - t), turned[fn.css] || 'ease-out');
  easings.inOut = (fn) =>
    named((t) => (t < 0.5 ? fn(2 * t) / 2 : 1 - fn(2 * (1 - t)) / 2), turned[fn.css] || 'ease-in-out');
  easings.ease.css = 'ease-in';

  // A page that was opened by a route of the program's own has a context of it. It comes as every page does, so
  // that its animation is at its end from the start.
  const builders = new Map();
  const contexts = new WeakMap(); // by what the page was opened with
  const openRoute = (type, opener, options) => {
    const builder = builders.get(type);
    if (!builder) return;
    const gesture = new Shared(0);
    const context = {
      primaryAnimation: new Shared(1),
      primaryAnimationStatus: new Shared(3), // completed
      secondaryAnimation: new Shared(0),
      secondaryAnimationStatus: new Shared(0), // dismissed
      userGestureInProgress: gesture,
      startUserGesture() { gesture.value = 1; },
      stopUserGesture() { gesture.value = 0; },
      didPop: () => native.back(),
    };
    contexts.set(opener, context);
    call(builder, context, options); // programs add to the context there
  };

  return {
    openRoute,
    router: {
      addRouteBuilder(type, builder) { builders.set(String(type), builder); },
      removeRouteBuilder(type) { builders.delete(String(type)); },
      getRouteContext: (scope) => contexts.get(native.opener(scope)),
    },
    worklet: {
      shared: (value) => new Shared(value),
      derived: (fn) => ({
        get value() {
          return fn();
        },
      }),
      timing: (to, options = {}, callback) =>
        animation(() => ({
          value: to,
          ms: number(options.duration, 300),
          css: (options.easing && options.easing.css) || 'cubic-bezier(.45,0,.55,1)',
          done: (finished) => call(callback, finished, to),
        })),
      spring: (to, options = {}, callback) =>
        animation(() => ({
          value: to,
          // A spring is at rest after some times of mass over damping.
          ms: Math.min(3000, Math.max(200, (number(options.mass, 1) / number(options.damping, 10)) * 8000)),
          css: 'cubic-bezier(.34,1.3,.64,1)',
          done: (finished) => call(callback, finished, to),
        })),
      decay: (options = {}, callback) =>
        animation((from) => {
          const velocity = number(options.velocity, 0);
          const left = 1 - Math.min(0.9999, number(options.deceleration, 0.998));
          let value = number(from, 0) + velocity / (1000 * left);
          if (Array.isArray(options.clamp)) value = Math.min(options.clamp[1], Math.max(options.clamp[0], value));
          // Until a tenth of a point a millisecond is left.
          const ms = Math.abs(velocity) > 1 ? Math.min(5000, Math.log(Math.abs(velocity)) / left) : 0;
          return { value, ms, css: 'cubic-bezier(.16,1,.3,1)', done: (finished) => call(callback, finished, value) };
        }),
      sequence: (...list) =>
        animation((from) => {
          let last = { value: from, ms: 0, css: 'linear', done() {} };
          let ms = 0;
          const dones = [];
          for (const one of list) {
            last = endOf(one, last.value);
            ms += last.ms;
            dones.push(last.done);
          }
          return { value: last.value, ms, css: last.css, done: (finished) => dones.forEach((done) => done(finished)) };
        }),
      repeat: (of, times = 2, reverse = false, callback) =>
        animation((from) => {
          const { value, ms, css } = endOf(of, from);
          const back = reverse && (times <= 0 || times % 2 === 0);
          return {
            value: back ? from : value,
            ms: ms * Math.max(1, times),
            css,
            done: (finished) => call(callback, finished, back ? from : value),
          };
        }),
      delay: (wait, of) =>
        animation((from) => {
          const end = endOf(of, from);
          return { ...end, ms: end.ms + number(wait, 0) };
        }),
      cancelAnimation: (shared) => {
        if (shared instanceof Shared) stop(shared, false);
      },
      runOnUI: (fn) => (...args) => native.later(() => call(fn, ...args)),
      runOnJS: (fn) => (...args) => native.later(() => call(fn, ...args)),
      Easing: easings,
      scrollViewContext: {
        scrollTo() {
          throw new Error('scrollViewContext.scrollTo: set scroll-top or scroll-into-view of the scroll-view');
        },
      },
    },
    apply(scope, selector, fn, options, callback) {
      const updater = new Updater(scope, selector, fn, callback);
      const first = () => {
        updater.run();
        call(callback, { styleId: updater.id });
      };
      updater.id = ++updaters.last;
      updaters.list.set(updater.id, updater);
      if (options && options.immediate === false) native.later(first);
      else first();
    },
    clear(scope, selector, ids, callback) {
      const wanted = Array.isArray(ids) && ids.length ? new Set(ids) : null;
      for (const [id, updater] of updaters.list) {
        if (updater.scope !== scope || updater.selector !== selector || (wanted && !wanted.has(id))) continue;
        updater.gone = true;
        updaters.list.delete(id);
      }
      native.later(() => call(callback));
    },
  };
});
