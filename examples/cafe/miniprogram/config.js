// The address of the café's own server. A deployment replaces this file.
module.exports = { api: 'http://127.0.0.1:8081' }
