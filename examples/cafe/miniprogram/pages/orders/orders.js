const api = require('../../api')
const { language, t, price } = require('../../strings')

Page({
  data: { t, loading: true, offline: false, orders: [] },

  onLoad() {
    wx.setNavigationBarTitle({ title: t.titles.orders })
  },

  onShow() {
    this.load()
  },

  async onPullDownRefresh() {
    await this.load()
    wx.stopPullDownRefresh()
  },

  async load() {
    try {
      const { orders } = await api.get('/orders')
      this.setData({
        loading: false,
        offline: false,
        orders: orders.map(order => ({
          ...order,
          shown: price(order.amount),
          summary: order.lines.map(line => line.name[language] + ' × ' + line.count).join(', '),
          pictures: order.lines.slice(0, 4).map(line => '/images/' + line.id + '.svg'),
          date: this.date(order.created_at)
        }))
      })
    } catch (error) {
      console.error('orders', error.message || error.errMsg)
      this.setData({ loading: false, offline: true })
    }
  },

  date(text) {
    const at = new Date(text)
    const two = n => String(n).padStart(2, '0')
    return at.getFullYear() + '-' + two(at.getMonth() + 1) + '-' + two(at.getDate()) + ' ' + two(at.getHours()) + ':' + two(at.getMinutes())
  },

  browse() {
    wx.switchTab({ url: '/pages/menu/menu' })
  }
})
