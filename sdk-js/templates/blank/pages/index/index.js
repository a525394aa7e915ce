Page({
  data: { taps: 0 },

  onLoad() {
    this.setData({ taps: wx.getStorageSync('taps') || 0 })
  },

  tap() {
    const taps = this.data.taps + 1
    this.setData({ taps })
    wx.setStorageSync('taps', taps)
  }
})
