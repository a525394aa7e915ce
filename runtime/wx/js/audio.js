// Players. The shell plays; a player here keeps what the program set and what the shell reported.
// native.player(listener) gives a number, native.audio(order) tells the shell.
(function (native) {
  'use strict';
  const EVENTS = [
    'Canplay', 'Play', 'Pause', 'Stop', 'Ended', 'TimeUpdate', 'Error', 'Waiting', 'Seeking', 'Seeked',
    'Prev', 'Next',
  ];
  const REPORTED = { duration: 0, currentTime: 0, paused: true, buffered: 0 };

  function makePlayer(options, background) {
    const player = {};
    const listeners = {};
    const set = { ...options };
    const known = { ...REPORTED };
    let gone = false;
    const tell = (op, more) => {
      if (!gone) native.audio({ player: id, op, background, ...more });
    };
    const id = native.player((e) => {
      for (const name of Object.keys(REPORTED)) if (e[name] !== undefined) known[name] = e[name];
      const heard = listeners[e.event] || [];
      const result = e.event === 'Error' ? { errCode: e.errCode, errMsg: e.errMsg } : { errMsg: 'ok' };
      for (const fn of heard.slice()) fn(result);
    });
    for (const name of Object.keys(options)) {
      Object.defineProperty(player, name, {
        enumerable: true,
        get: () => set[name],
        set(value) {
          set[name] = value;
          tell('set', { name, value });
        },
      });
    }
    for (const name of Object.keys(REPORTED)) {
      Object.defineProperty(player, name, { enumerable: true, get: () => known[name] });
    }
    for (const name of EVENTS) {
      player['on' + name] = (fn) => {
        if (typeof fn === 'function') (listeners[name] || (listeners[name] = [])).push(fn);
      };
      player['off' + name] = (fn) => {
        listeners[name] = fn ? (listeners[name] || []).filter((l) => l !== fn) : [];
      };
    }
    player.play = () => tell('play');
    player.pause = () => tell('pause');
    player.stop = () => tell('stop');
    player.seek = (position) => tell('seek', { position: Number(position) || 0 });
    player.destroy = () => {
      tell('destroy');
      gone = true;
    };
    return player;
  }

  return {
    inner: () =>
      makePlayer(
        {
          src: '', startTime: 0, autoplay: false, loop: false, obeyMuteSwitch: true, volume: 1,
          playbackRate: 1, referrerPolicy: 'no-referrer',
        },
        false,
      ),
    background: () =>
      makePlayer(
        {
          src: '', startTime: 0, title: '', epname: '', singer: '', coverImgUrl: '', webUrl: '',
          protocol: 'http', playbackRate: 1,
        },
        true,
      ),
  };
});
