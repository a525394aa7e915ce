// Pays an order: the server has made it with the host, the host's own sheet asks for the PIN.
// Resolves to true when it was paid, false when the user turned away.
async function pay(parameters) {
  try {
    await wx.requestPayment(parameters)
    return true
  } catch (error) {
    if (/cancel/.test(error.errMsg)) return false
    throw new Error(error.errMsg)
  }
}

// Asks for leave to say "your order is ready". A "no" is as good an answer as a "yes".
async function subscribe(templateId) {
  if (!templateId) return
  try {
    await wx.requestSubscribeMessage({ tmplIds: [templateId] })
  } catch (error) {
    console.info('no subscription', error.errMsg)
  }
}

module.exports = { pay, subscribe }
