// What the café sells. Prices are whole fen. Only these prices are charged: the mini program sends
// items and counts, never amounts.
const drink = (id, price, name, about) => ({ id, price, largeExtra: 400, name, about });
const bite = (id, price, name, about) => ({ id, price, largeExtra: 0, name, about });

export const currency = "CNY";

export const categories = [
  {
    id: "coffee",
    name: { en: "Coffee", zh: "咖啡" },
    items: [
      drink(
        "latte",
        2600,
        { en: "Latte", zh: "拿铁" },
        { en: "Double shot, silky milk", zh: "双份浓缩，丝滑牛奶" },
      ),
      drink(
        "americano",
        2000,
        { en: "Americano", zh: "美式咖啡" },
        { en: "Clean and dark", zh: "醇厚干净" },
      ),
      drink(
        "coldbrew",
        2800,
        { en: "Cold brew", zh: "冷萃咖啡" },
        { en: "Steeped for 16 hours", zh: "低温萃取十六小时" },
      ),
      drink(
        "cocoa",
        2400,
        { en: "Cocoa", zh: "热可可" },
        { en: "With marshmallows", zh: "配棉花糖" },
      ),
    ],
  },
  {
    id: "tea",
    name: { en: "Tea", zh: "茶" },
    items: [
      drink(
        "oolong",
        2200,
        { en: "Oolong", zh: "乌龙茶" },
        { en: "Roasted, from Anxi", zh: "安溪炭焙" },
      ),
      drink(
        "matcha",
        2800,
        { en: "Matcha latte", zh: "抹茶拿铁" },
        { en: "Stone-ground leaves", zh: "石磨抹茶" },
      ),
      drink(
        "lemontea",
        2200,
        { en: "Lemon tea", zh: "柠檬茶" },
        { en: "Pressed to order", zh: "现压鲜柠檬" },
      ),
      drink(
        "peach",
        2400,
        { en: "Peach iced tea", zh: "蜜桃冰茶" },
        { en: "With slices of peach", zh: "果肉鲜甜" },
      ),
    ],
  },
  {
    id: "bites",
    name: { en: "Bites", zh: "点心" },
    items: [
      bite(
        "croissant",
        1600,
        { en: "Croissant", zh: "可颂" },
        { en: "Baked this morning", zh: "今早新鲜出炉" },
      ),
      bite(
        "cheesecake",
        2800,
        { en: "Cheesecake", zh: "芝士蛋糕" },
        { en: "Slow-baked", zh: "低温慢烤" },
      ),
      bite("scone", 1400, { en: "Scone", zh: "司康" }, { en: "With raisins", zh: "葡萄干司康" }),
    ],
  },
];

export const items = new Map(
  categories.flatMap((category) => category.items).map((item) => [item.id, item]),
);
