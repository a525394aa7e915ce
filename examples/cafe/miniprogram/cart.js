// The cart is kept in storage, so a reload does not lose it. A line is one item with one set of
// choices; its key distinguishes lines of the same item.
const KEY = 'cart'
const MOST = 20 // of one line

function lines() {
  return wx.getStorageSync(KEY) || []
}

function save(all) {
  wx.setStorageSync(KEY, all)
}

function keyOf(item, options) {
  return [item.id, options.size, options.iced ? 'iced' : 'hot', options.sugar].join('-')
}

function add(item, options, count = 1) {
  const all = lines()
  const key = keyOf(item, options)
  const found = all.find(line => line.key === key)
  if (found) {
    found.count = Math.min(MOST, found.count + count)
  } else {
    const { id, name, image, price } = item
    all.push({ key, id, name, image, price: price + (options.size === 'large' ? item.largeExtra : 0), options, count })
  }
  save(all)
}

function change(key, by) {
  const all = lines()
    .map(line => (line.key === key ? { ...line, count: Math.min(MOST, line.count + by) } : line))
    .filter(line => line.count > 0)
  save(all)
}

function clear() {
  wx.removeStorageSync(KEY)
}

function summary() {
  const all = lines()
  return {
    lines: all,
    count: all.reduce((sum, line) => sum + line.count, 0),
    total: all.reduce((sum, line) => sum + line.price * line.count, 0)
  }
}

module.exports = { add, change, clear, summary }
