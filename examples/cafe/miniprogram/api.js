// Calls the café's server. The first call logs in: the host returns a one-time code, which the
// server exchanges for the user's open ID.
const { api } = require('./config')

let token = ''

function send(method, path, data) {
  return new Promise((resolve, reject) => {
    wx.request({
      url: api + path,
      method,
      data,
      header: token ? { Authorization: 'Bearer ' + token } : {},
      timeout: 10000,
      success: res => resolve(res),
      fail: reject
    })
  })
}

async function login() {
  const { code } = await wx.login()
  const res = await send('POST', '/login', { code })
  if (res.statusCode !== 200) throw new Error('login failed: ' + res.statusCode)
  token = res.data.token
}

async function call(method, path, data) {
  if (!token) await login()
  let res = await send(method, path, data)
  if (res.statusCode === 401) {
    await login()
    res = await send(method, path, data)
  }
  if (res.statusCode >= 400) throw new Error((res.data && res.data.error) || 'HTTP ' + res.statusCode)
  return res.data
}

module.exports = {
  get: path => call('GET', path),
  post: (path, data) => call('POST', path, data),
  // The menu is for everyone; it needs no login.
  menu: async () => {
    const res = await send('GET', '/menu')
    if (res.statusCode !== 200) throw new Error('HTTP ' + res.statusCode)
    return res.data
  }
}
