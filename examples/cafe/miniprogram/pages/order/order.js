const api = require('../../api')
const { pay } = require('../../pay')
const { language, t, price } = require('../../strings')

const POLL = 3000 // ms, until the order is ready; the message is sent anyway

Page({
  data: { t, order: null, percent: 0, offline: false },

  onLoad({ id }) {
    this.id = id
    wx.setNavigationBarTitle({ title: t.titles.order })
  },

  onShow() {
    this.load()
  },

  onHide() {
    clearTimeout(this.timer)
  },

  onUnload() {
    clearTimeout(this.timer)
  },

  async onPullDownRefresh() {
    await this.load()
    wx.stopPullDownRefresh()
  },

  async load() {
    clearTimeout(this.timer)
    try {
      const order = await api.get('/orders/' + this.id)
      this.setData({
        offline: false,
        percent: { pending: 8, paid: 55, ready: 100 }[order.state] || 0,
        order: {
          ...order,
          shown: price(order.amount),
          lines: order.lines.map(line => ({
            ...line,
            name: line.name[language],
            image: '/images/' + line.id + '.svg',
            shown: price(line.amount)
          }))
        }
      })
      if (order.state === 'pending' || order.state === 'paid') {
        this.timer = setTimeout(() => this.load(), POLL)
      }
    } catch (error) {
      console.error('order', error.message || error.errMsg)
      this.setData({ offline: true })
    }
  },

  async pay() {
    try {
      const order = await api.post('/orders/' + this.id + '/pay')
      const paid = await pay(order.pay)
      wx.showToast({ title: paid ? t.paid : t.cancelled, icon: paid ? 'success' : 'none' })
    } catch (error) {
      console.error('pay', error.message || error.errMsg)
      wx.showModal({ content: t.payFailed, showCancel: false })
    }
    this.load()
  },

  onShareAppMessage() {
    return { title: t.titles.menu, path: '/pages/menu/menu' }
  }
})
