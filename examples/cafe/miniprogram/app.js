const { t } = require('./strings')

App({
  onLaunch() {
    t.tabs.forEach((text, index) => wx.setTabBarItem({ index, text }))
  }
})
