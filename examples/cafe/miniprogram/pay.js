// Pays an order that the server has made on the host; the host's own sheet asks for the PIN.
// Resolves to true when it was paid, false when the user cancelled. errMsg is for programs: it is
// compared and logged, and what people read comes from strings.js.
async function pay(parameters) {
  try {
    await wx.requestPayment(parameters)
    return true
  } catch (error) {
    if (error.errMsg === 'requestPayment:fail cancel') return false
    throw error
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
