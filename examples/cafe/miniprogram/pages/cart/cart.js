const api = require('../../api')
const cart = require('../../cart')
const { pay, subscribe } = require('../../pay')
const { language, t, format, price } = require('../../strings')

Page({
  data: { t, lines: [], total: '', payLabel: '', note: '', busy: false },

  onLoad() {
    wx.setNavigationBarTitle({ title: t.titles.cart })
    this.show()
  },

  show() {
    const { lines, total } = cart.summary()
    this.setData({
      lines: lines.map(line => ({ ...line, shown: price(line.price * line.count), choices: this.choices(line.options) })),
      total: price(total),
      payLabel: format(t.pay, price(total))
    })
  },

  choices({ size, iced, sugar }) {
    const words = [size === 'large' ? t.large.replace(/\s*[（(].*/, '') : t.small]
    if (iced) words.push(t.iced)
    words.push(t.sugar + ' ' + sugar + '%')
    return words.join(' · ')
  },

  async step(e) {
    const { key, by } = e.currentTarget.dataset
    const line = this.data.lines.find(one => one.key === key)
    if (line.count + Number(by) === 0) {
      const { confirm } = await wx.showModal({ title: t.remove, content: format(t.removeAsk, line.name) })
      if (!confirm) return
    }
    cart.change(key, Number(by))
    this.show()
  },

  writeNote(e) {
    this.setData({ note: e.detail.value })
  },

  browse() {
    wx.switchTab({ url: '/pages/menu/menu' })
  },

  async pay() {
    if (this.data.busy) return
    this.setData({ busy: true })
    try {
      const { template_id } = await api.get('/config?language=' + language)
      await subscribe(template_id)
      wx.showLoading({ title: t.placing, mask: true })
      const { lines } = cart.summary()
      const order = await api.post('/orders', {
        note: this.data.note,
        language,
        lines: lines.map(({ id, options, count }) => ({ id, options, count }))
      })
      wx.hideLoading()
      cart.clear()
      // The order exists even if the payment fails or is cancelled.
      const paid = await pay(order.pay).catch(error => console.error('pay', error.errMsg))
      wx.showToast({ title: paid ? t.paid : t.cancelled, icon: paid ? 'success' : 'none' })
      wx.redirectTo({ url: '/pages/order/order?id=' + order.id })
    } catch (error) {
      wx.hideLoading()
      console.error('order', error.message || error.errMsg)
      wx.showModal({ content: t.orderFailed, showCancel: false })
      this.setData({ busy: false })
    }
  }
})
