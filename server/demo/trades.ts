/** What a demo merchant does: a GB/T 4754-2017 class, how many of a thousand, hours (Beijing, minutes of the day), words for its name. */
export interface Trade {
  /** Section letter and class. */
  readonly category: string
  readonly share: number
  readonly opensMinute: number
  readonly closesMinute: number
  readonly word: string
}

const at = (hours: number, minutes = 0): number => hours * 60 + minutes
const trade = (category: string, share: number, opensMinute: number, closesMinute: number, word: string): Trade => ({
  category,
  share,
  opensMinute,
  closesMinute,
  word,
})

export const TRADES: readonly Trade[] = [
  trade('F5213', 70, at(7), at(23), '便利店'),
  trade('F5212', 26, at(7, 30), at(22), '生活超市'),
  trade('F5223', 120, at(6), at(19, 30), '果蔬店'),
  trade('F5224', 80, at(6), at(19), '鲜肉水产'),
  trade('F5221', 34, at(7), at(19), '粮油店'),
  trade('F5222', 36, at(7), at(21), '糕点房'),
  trade('F5226', 30, at(8, 30), at(21), '烟酒茶行'),
  trade('F5232', 62, at(9), at(21), '服饰店'),
  trade('F5233', 26, at(9), at(21), '鞋店'),
  trade('F5236', 16, at(9), at(20), '眼镜店'),
  trade('F5241', 22, at(7, 30), at(20, 30), '文具店'),
  trade('F5251', 34, at(8), at(21, 30), '大药房'),
  trade('F5274', 24, at(8, 30), at(20, 30), '通信店'),
  trade('F5281', 30, at(7, 30), at(19), '五金店'),
  trade('F5297', 12, at(9), at(21), '宠物用品'),
  trade('H6210', 78, at(10), at(22), '餐馆'),
  trade('H6220', 66, at(6, 30), at(21), '快餐店'),
  trade('H6291', 84, at(5, 30), at(20), '小吃铺'),
  trade('H6239', 24, at(9, 30), at(22, 30), '饮品店'),
  trade('H6231', 10, at(9), at(23), '茶馆'),
  trade('H6129', 8, 0, at(24), '旅馆'),
  trade('G6020', 22, at(8), at(20, 30), '快递驿站'),
  trade('J6621', 4, at(9), at(17), '银行网点'),
  trade('K7030', 18, at(8, 30), at(19, 30), '房产中介'),
  trade('O8040', 44, at(9, 30), at(21, 30), '美发店'),
  trade('O8030', 14, at(8, 30), at(20, 30), '洗衣店'),
  trade('O8060', 6, at(9), at(19), '照相馆'),
]

/** First words of shop names: places, seasons and wishes, no person. */
export const SHOP_WORDS = [
  '富民',
  '清河',
  '中街',
  '顺达',
  '惠民',
  '佳和',
  '鑫源',
  '万家',
  '如意',
  '春晖',
  '金穗',
  '康乐',
  '吉祥',
  '好邻居',
  '福满',
  '新悦',
  '四季',
  '南巷',
  '北苑',
  '阳光',
  '百惠',
  '悦享',
  '宏泰',
  '便民',
] as const
