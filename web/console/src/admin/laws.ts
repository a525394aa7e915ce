// The laws of the ledger in Chinese, by the names of their checks.
export const laws: Record<string, string | undefined> = {
  "zero-sum": "同一币种的所有余额之和为零。",
  balances: "账户余额等于其流水之和。",
  floors: "任何账户都不低于其下限（含冻结金额）。",
  chains: "流水编号连续无缺，每笔承接上一笔。",
  transfers: "每笔转账恰有两条流水：一方减少，另一方增加。",
  currencies: "转账双方账户币种与转账一致。",
  orphans: "每条流水都属于一笔转账与一个账户。",
  holds: "账户冻结金额等于其未结冻结之和。",
  captures: "已扣款的冻结恰有一笔等额转账。",
  orders: "已支付订单恰有一笔等额、付给收款方的转账；其他订单没有。",
  "bank-moves": "已结算的银行出入恰有一笔等额、与银行账户对应的转账。",
};
