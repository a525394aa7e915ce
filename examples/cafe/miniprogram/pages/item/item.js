const cart = require('../../cart')
const { t, format, price } = require('../../strings')

Page({
  data: { t, item: null, sizes: [], size: 'small', iced: false, sugar: 50, count: 1, shown: '' },

  onLoad(query) {
    // Opened without an item, from an old link: the menu is the place to choose one.
    if (!query.item) return wx.switchTab({ url: '/pages/menu/menu' })
    const item = JSON.parse(decodeURIComponent(query.item))
    wx.setNavigationBarTitle({ title: item.name })
    const sizes = item.largeExtra
      ? [{ value: 'small', label: t.small }, { value: 'large', label: format(t.large, price(item.largeExtra)) }]
      : []
    this.setData({ item, sizes })
    this.showPrice()
  },

  showPrice() {
    const { item, size, count } = this.data
    const one = item.price + (size === 'large' ? item.largeExtra : 0)
    this.setData({ shown: price(one * count) })
  },

  chooseSize(e) {
    this.setData({ size: e.detail.value })
    this.showPrice()
  },

  chooseIce(e) {
    this.setData({ iced: e.detail.value })
  },

  chooseSugar(e) {
    this.setData({ sugar: e.detail.value })
  },

  step(e) {
    const count = Math.min(20, Math.max(1, this.data.count + Number(e.currentTarget.dataset.by)))
    this.setData({ count })
    this.showPrice()
  },

  add() {
    const { item, size, iced, sugar, count } = this.data
    cart.add(item, { size, iced, sugar }, count)
    wx.navigateBack()
  }
})
