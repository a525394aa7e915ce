// Pays an order that the server has made on the host; the host's own sheet asks for the PIN.
// Resolves to true when it was paid, false when the user cancelled.
async function pay(parameters) {
  try {
    await wx.requestPayment(parameters)
    return true
  } catch (error) {
    if (/cancel/.test(error.errMsg)) return false
    throw new Error(error.errMsg)
  }
}

// Asks for permission to send "your order is ready". The order continues with either answer.
async function subscribe(templateId) {
  if (!templateId) return
  try {
    await wx.requestSubscribeMessage({ tmplIds: [templateId] })
  } catch (error) {
    console.info('no subscription', error.errMsg)
  }
}

module.exports = { pay, subscribe }
