const api = require('../../api')
const cart = require('../../cart')
const { language, t, price } = require('../../strings')

Page({
  data: {
    t,
    loading: true,
    offline: false,
    categories: [],
    active: '',
    into: '',
    counts: {},
    count: 0,
    total: ''
  },

  onLoad() {
    wx.setNavigationBarTitle({ title: t.titles.menu })
    this.load()
  },

  // The cart may have changed on another page.
  onShow() {
    this.showCart()
  },

  async onPullDownRefresh() {
    await this.load()
    wx.stopPullDownRefresh()
  },

  async load() {
    try {
      const menu = await api.menu()
      const categories = menu.categories.map(category => ({
        id: category.id,
        name: category.name[language],
        items: category.items.map(item => ({
          ...item,
          name: item.name[language],
          about: item.about[language],
          image: '/images/' + item.id + '.svg',
          shown: price(item.price)
        }))
      }))
      this.setData({ categories, active: categories[0].id, loading: false, offline: false })
    } catch (error) {
      console.error('menu', error.message || error.errMsg)
      this.setData({ loading: false, offline: true })
    }
  },

  showCart() {
    const { lines, count, total } = cart.summary()
    const counts = {}
    for (const line of lines) counts[line.id] = (counts[line.id] || 0) + line.count
    this.setData({ counts, count, total: price(total) })
  },

  choose(e) {
    const { id } = e.currentTarget.dataset
    this.setData({ active: id, into: 'category-' + id })
  },

  find(id) {
    for (const category of this.data.categories) {
      const item = category.items.find(one => one.id === id)
      if (item) return item
    }
  },

  open(e) {
    const item = this.find(e.currentTarget.dataset.id)
    wx.navigateTo({ url: '/pages/item/item?item=' + encodeURIComponent(JSON.stringify(item)) })
  },

  add(e) {
    cart.add(this.find(e.currentTarget.dataset.id), { size: 'small', iced: false, sugar: 50 })
    wx.vibrateShort({ type: 'light' })
    this.showCart()
  },

  checkout() {
    if (this.data.count) wx.navigateTo({ url: '/pages/cart/cart' })
  }
})
