/** Signs of one kind. Each line is a sign and the words by which it is found, in English and Chinese. */
export interface EmojiGroup {
  id: string;
  /** Stands for the group. */
  sign: string;
  name: { en: string; zh: string };
  emoji: readonly { sign: string; words: string }[];
}

function group(id: string, en: string, zh: string, lines: string): EmojiGroup {
  const emoji = lines
    .trim()
    .split('\n')
    .map((line) => {
      const [sign = '', ...words] = line.trim().split(' ');
      return { sign, words: words.join(' ') };
    });
  return { id, sign: emoji[0]!.sign, name: { en, zh }, emoji };
}

/** What is offered; everything else can be typed. */
export const emojiGroups: readonly EmojiGroup[] = [
  group(
    'faces',
    'Faces',
    '表情',
    `😀 grin happy 笑 开心
    😄 smile happy 高兴
    😂 joy laugh tears 笑哭
    🤣 rofl laugh 大笑
    😊 blush smile 微笑
    🙂 slight smile 微笑
    😉 wink 眨眼
    😍 love eyes heart 喜欢 爱
    🥰 love hearts 爱
    😘 kiss 亲
    😋 yum tasty 好吃
    😎 cool sunglasses 酷
    🤩 star wow 哇
    🤔 think hmm 思考
    🤨 doubt eyebrow 怀疑
    😐 neutral 无语
    😏 smirk 坏笑
    🙄 roll eyes 白眼
    😴 sleep 睡
    😭 cry sob 哭
    😢 sad tear 难过
    😅 sweat relief 汗
    😱 scream shock 惊吓
    😳 flushed 脸红
    🥺 please 拜托 可怜
    😡 angry 生气
    🤯 mind blown 震惊
    🥳 party 庆祝
    😇 angel 天使
    🤗 hug 抱
    🤭 giggle 偷笑
    🤫 quiet 嘘
    🫡 salute 敬礼
    😮 wow surprise 惊讶
    🥱 yawn 困
    🤧 sneeze sick 感冒`,
  ),
  group(
    'hands',
    'Hands',
    '手势',
    `👍 thumbs up yes 赞 好
    👎 thumbs down no 踩
    👏 clap applause 鼓掌
    🙌 raise hooray 万岁
    🙏 thanks please pray 谢谢 拜托
    👋 wave hello bye 你好 再见
    💪 strong muscle 加油
    👌 ok 好的
    ✌️ peace victory 耶
    🤞 luck fingers 祝好运
    🤝 deal shake 握手
    👀 eyes look 看
    ✋ hand stop 停
    👉 right point 指
    🫶 heart hands 比心
    🤙 call 联系
    ✍️ write 写`,
  ),
  group(
    'hearts',
    'Hearts and signs',
    '心与符号',
    `❤️ heart love red 爱 心
    🧡 heart orange 橙心
    💛 heart yellow 黄心
    💚 heart green 绿心
    💙 heart blue 蓝心
    💜 heart purple 紫心
    🖤 heart black 黑心
    💔 broken heart 心碎
    💯 hundred 满分
    ✨ sparkles shine 闪
    ⭐ star 星
    🔥 fire hot 火
    💥 boom 爆
    ❓ question 问
    ❗ important 感叹
    ✅ check done 完成
    ❌ cross no 错
    ➕ plus 加
    💤 sleep 睡
    💢 anger 怒`,
  ),
  group(
    'party',
    'Party and play',
    '庆祝与娱乐',
    `🎉 party tada 庆祝
    🎊 confetti 彩纸
    🎈 balloon 气球
    🎂 cake birthday 生日 蛋糕
    🎁 gift 礼物
    🏆 trophy win 冠军
    🥇 gold medal 金牌
    🎮 game play 游戏
    🎲 dice 骰子
    🎯 target 命中
    🎵 music note 音乐
    🎶 music notes 音乐
    🎤 microphone sing 唱歌
    🎸 guitar 吉他
    🎹 piano 钢琴
    🎬 film 电影
    📷 camera 相机
    💻 computer 电脑
    📺 television 电视
    🚀 rocket 火箭
    ⚽ football 足球
    🏀 basketball 篮球`,
  ),
  group(
    'nature',
    'Nature',
    '自然',
    `☀️ sun 太阳
    🌙 moon 月亮
    🌈 rainbow 彩虹
    ☁️ cloud 云
    🌧️ rain 雨
    ❄️ snow cold 雪
    ⚡ lightning 闪电
    🌊 wave sea 海
    ⛰️ mountain 山
    🌸 blossom flower 花
    🌹 rose 玫瑰
    🌻 sunflower 向日葵
    🌲 tree 树
    🍀 clover luck 幸运
    🐦 bird 鸟
    🐱 cat 猫
    🐶 dog 狗
    🐼 panda 熊猫
    🦊 fox 狐狸
    🐰 rabbit 兔
    🐟 fish 鱼
    🦋 butterfly 蝴蝶
    🐝 bee 蜜蜂
    🐢 turtle 龟`,
  ),
  group(
    'food',
    'Food',
    '吃喝',
    `☕ coffee tea 咖啡
    🍵 tea 茶
    🍺 beer 啤酒
    🍻 cheers beers 干杯
    🍷 wine 酒
    🧋 bubble tea 奶茶
    🍜 noodles 面
    🍚 rice 饭
    🥟 dumpling 饺子
    🍣 sushi 寿司
    🍕 pizza 披萨
    🍔 burger 汉堡
    🍟 fries 薯条
    🍰 cake 蛋糕
    🍪 cookie 饼干
    🍫 chocolate 巧克力
    🍿 popcorn 爆米花
    🍎 apple 苹果
    🍉 melon 西瓜
    🍓 strawberry 草莓
    🍋 lemon 柠檬`,
  ),
];

/** Those that are reacted with most. */
export const quickEmoji: readonly string[] = ['👍', '❤️', '😂', '🎉', '😮', '🙏'];

/** Those whose words begin with what was typed. */
export function findEmoji(typed: string): string[] {
  const asked = typed.trim().toLowerCase();
  if (asked === '') return [];
  return emojiGroups.flatMap(({ emoji }) =>
    emoji
      .filter(({ sign, words }) => sign === asked || words.split(' ').some((word) => word.startsWith(asked)))
      .map(({ sign }) => sign),
  );
}
