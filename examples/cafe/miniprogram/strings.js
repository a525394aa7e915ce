// Texts of the café in English and Chinese, chosen by the language of the host.
const strings = {
  en: {
    greeting: 'Good to see you',
    tagline: 'Order ahead, skip the queue',
    cart: 'Your order',
    checkout: 'Checkout',
    addToCart: 'Add to order',
    size: 'Size', small: 'Small', large: 'Large (+ {0})',
    iced: 'With ice',
    sugar: 'Sugar',
    note: 'Anything we should know?',
    empty: 'Your order is empty',
    browse: 'See the menu',
    remove: 'Remove',
    removeAsk: 'Remove {0} from your order?',
    total: 'Total',
    pay: 'Pay {0}',
    placing: 'Placing your order',
    paid: 'Paid. We are on it!',
    cancelled: 'Not paid yet. You can pay later from the order.',
    noOrders: 'No orders yet',
    noOrdersHint: 'What you order appears here.',
    number: 'Pick-up number',
    notify: 'We will tell you when it is ready.',
    state: { pending: 'Waiting for payment', paid: 'Preparing', ready: 'Ready to collect', closed: 'Closed' },
    steps: ['Ordered', 'Preparing', 'Ready'],
    payNow: 'Pay now',
    orderFailed: 'Your order did not go through. Try again, or ask at the counter.',
    payFailed: 'The payment did not go through. Try again from this order.',
    offline: 'The café cannot be reached. Pull down to try again.',
    tabs: ['Menu', 'Orders'],
    titles: { menu: 'Teahouse Café', orders: 'Orders', cart: 'Your order', order: 'Order' }
  },
  zh: {
    greeting: '欢迎光临',
    tagline: '提前下单，到店即取',
    cart: '购物车',
    checkout: '去结算',
    addToCart: '加入购物车',
    size: '杯型', small: '中杯', large: '大杯（+ {0}）',
    iced: '加冰',
    sugar: '糖度',
    note: '有什么要叮嘱我们的？',
    empty: '购物车是空的',
    browse: '去看看菜单',
    remove: '移除',
    removeAsk: '把{0}从购物车移除？',
    total: '合计',
    pay: '支付 {0}',
    placing: '正在下单',
    paid: '支付成功，马上为您制作！',
    cancelled: '尚未支付，可稍后在订单中付款。',
    noOrders: '还没有订单',
    noOrdersHint: '您的订单会显示在这里。',
    number: '取餐号',
    notify: '做好后会通知您。',
    state: { pending: '待付款', paid: '制作中', ready: '请取餐', closed: '已关闭' },
    steps: ['已下单', '制作中', '可取餐'],
    payNow: '立即付款',
    orderFailed: '下单未成功，请重试或到柜台询问。',
    payFailed: '付款未成功，请在订单中重试。',
    offline: '暂时连不上咖啡馆，下拉重试。',
    tabs: ['菜单', '订单'],
    titles: { menu: '茶舍咖啡', orders: '订单', cart: '购物车', order: '订单详情' }
  }
}

const language = (wx.getAppBaseInfo().language || 'en').slice(0, 2) === 'zh' ? 'zh' : 'en'

function format(text, ...values) {
  return text.replace(/\{(\d)\}/g, (_, index) => values[index])
}

// Prices are whole minor units; they are divided only to show them.
function price(amount) {
  return '¥' + Math.floor(amount / 100) + '.' + String(amount % 100).padStart(2, '0')
}

module.exports = { language, t: strings[language], format, price }
