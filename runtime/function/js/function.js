// What a cloud function has around it: the module wx-server-sdk, the globals of Node.js, and the call of main.
(function (native) {
  'use strict';

  const global = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  const lazily = (name, make) => {
    if (!native.mentions(name)) return;
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() {
        const value = make();
        global(name, value);
        return value;
      },
      set(value) {
        global(name, value);
      },
    });
  };
  lazily('Buffer', () => native.node().buffer.Buffer);
  lazily('process', () => native.node().process);
  lazily('setImmediate', () => native.node().timers.setImmediate);
  lazily('clearImmediate', () => clearTimeout);
  // Packages that have another way for browsers make functions of texts where there is no navigator.
  if (native.mentions('navigator')) global('navigator', { userAgent: 'Node.js/18', language: 'en-US', platform: 'linux', hardwareConcurrency: 1 });
  lazily('crypto', () => native.node().crypto);
  if (native.mentions('captureStackTrace')) {
    Object.defineProperty(Error, 'captureStackTrace', { writable: true, configurable: true,
      value: (target) => Object.defineProperty(target, 'stack', { value: new Error(target.message).stack, writable: true, configurable: true }) });
  }
  for (const name of ['fetch', 'Headers', 'Response', 'AbortController', 'AbortSignal']) lazily(name, () => native.streams()[name]);
  // As in Node.js, what a microtask throws ends the function.
  const microtask = queueMicrotask;
  global('queueMicrotask', (fn) => {
    if (typeof fn !== 'function') throw new TypeError('queueMicrotask needs a function');
    microtask(() => {
      try {
        fn();
      } catch (error) {
        native.threw(error);
      }
    });
  });
  if (native.mentions('__dirname')) global('__dirname', '/var/user');
  if (native.mentions('__filename')) global('__filename', '/var/user/index.js');

  // wx-server-sdk.

  const FAILED = -1;
  const refused = (name, reason, code = FAILED) => native.call(name, undefined, '', { code, reason });
  const cloud = native.cloud(native);

  const CURRENT = Symbol('DYNAMIC_CURRENT_ENV');
  const context = () => ({
    OPENID: native.openID, APPID: native.appID, ENV: 'teahouse', SOURCE: native.source, CLIENTIP: '', CLIENTIPV6: '',
  });

  const database = (config) => Object.assign(cloud.database(config), {
    createCollection: (name) => Promise.resolve({ errMsg: 'collection ' + name + ' is made when something is added to it' }),
  });

  const callFunction = (options = {}) => native.call('callFunction', options, 'cloud.call_function',
    { name: String(options.name), data: options.data === undefined ? {} : options.data },
    ({ result, request_id: requestID, failure }) => (failure ? { code: failure.code, reason: failure.message } : { result, requestID }));

  const bytesOf = (content) => {
    if (typeof content === 'string' || ArrayBuffer.isView(content) || content instanceof ArrayBuffer) {
      return native.node().buffer.Buffer.from(content);
    }
    return null;
  };
  const uploadFile = ({ cloudPath, fileContent } = {}) => {
    const bytes = bytesOf(fileContent);
    if (!bytes) return refused('uploadFile', 'fileContent should be a Buffer or a text: there are no streams and no file system', -401003);
    return native.call('uploadFile', undefined, 'cloud.upload', { cloud_path: String(cloudPath), data: bytes.toString('base64') },
      ({ file_id: fileID }) => ({ fileID, statusCode: 200 }));
  };
  const downloadFile = ({ fileID } = {}) => native.call('downloadFile', undefined, 'cloud.read', { file_id: String(fileID) },
    ({ data }) => ({ fileContent: native.node().buffer.Buffer.from(data, 'base64'), statusCode: 200 }));
  const eachFile = (name, capability, more) => ({ fileList } = {}) => {
    if (!Array.isArray(fileList) || fileList.length === 0) return refused(name, 'fileList should be a list of file IDs', -401003);
    return native.call(name, undefined, capability, { file_ids: fileList.map((one) => String(one && one.fileID !== undefined ? one.fileID : one)) },
      (answer) => ({
        fileList: answer.files.map((file) => ({
          fileID: file.file_id, status: file.found ? 0 : -503003, errMsg: file.found ? 'ok' : 'storage file not exists', ...more(file, answer),
        })),
      }));
  };

  // What belongs to the vendor's own services is refused by its name, when it is called.
  const notHere = (path) => new Proxy(function () {}, {
    get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : notHere(path + '.' + name)),
    apply: () => refused(path, 'it belongs to the vendor’s own services, which are not here', -604100),
  });

  const logger = () => {
    const line = (level) => (...values) => console[level](...values);
    return { log: line('log'), info: line('info'), warn: line('warn'), error: line('error') };
  };

  // What is wrong with the parameters of a call rejects its promise.
  const rejecting = (call) => (...values) => {
    try {
      return call(...values);
    } catch (error) {
      return Promise.reject(error);
    }
  };

  native.offer({
    DYNAMIC_CURRENT_ENV: CURRENT,
    init: () => undefined,
    updateConfig: () => undefined,
    getWXContext: context,
    database,
    callFunction: rejecting(callFunction),
    uploadFile: rejecting(uploadFile),
    downloadFile: rejecting(downloadFile),
    getTempFileURL: rejecting(eachFile('getTempFileURL', 'cloud.file_urls', (file, { max_age: maxAge }) => ({ tempFileURL: file.url || '', maxAge }))),
    deleteFile: rejecting(eachFile('deleteFile', 'cloud.delete_files', () => ({}))),
    logger,
    openapi: notHere('openapi'),
    cloudPay: notHere('cloudPay'),
    getOpenData: notHere('getOpenData'),
    getVoIPSign: notHere('getVoIPSign'),
  });

  // The call. An exception of main, or of a file that it needs, rejects as a promise of its own does.
  const event = native.event;
  const who = { appId: native.appID, openId: native.openID };
  if (event !== null && typeof event === 'object') {
    // A function that calls this one may pass on a userInfo that a user's program has made up: who it is for is never of it.
    const passed = native.source === 'wx_client' ? null : event.userInfo;
    if (passed === null || passed === undefined) event.userInfo = who;
    else if (typeof passed === 'object') Object.assign(passed, who);
  }
  const limits = {
    callbackWaitsForEmptyEventLoop: false, function_name: native.name, function_version: '$LATEST', request_id: native.requestID,
    time_limit_in_ms: native.timeout, memory_limit_in_mb: 64, environ: '', environment: '',
  };
  new Promise((resolve) => {
    const { main } = native.load();
    if (typeof main !== 'function') throw new TypeError('exports.main is not a function: a cloud function has exports.main = async (event, context) => { … }');
    resolve(main(event, limits));
  }).then((value) => native.returned(value)).catch((error) => native.threw(error));
});
